"""The threads that answer, shared out among people: whoever asks much keeps nobody waiting behind all of it."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

MadeT = TypeVar("MadeT")


class FairThreads:
    """A thread that is free goes to whoever waits and has the fewest; nobody has more than a share.

    Of one event loop.
    """

    def __init__(self, name: str, most: int, most_of_one: int) -> None:
        """`most`: threads; `most_of_one`: of one person, so that a newcomer need not wait for their answers to end."""
        self._threads = ThreadPoolExecutor(most, thread_name_prefix=name)
        self._free = most
        self._most_of_one = most_of_one
        self._busy = Counter[str]()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def run(self, user: str, work: Callable[[], MadeT]) -> MadeT:
        """What `work` gives, for this person. Whoever gives up waiting frees the thread when the work has ended."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(user, deque()).append(turn)
        self._share_out()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._give_up(user, turn)
            else:
                self._give_back(user)
            raise
        begun = self._threads.submit(work)
        begun.add_done_callback(partial(self._ended, asyncio.get_running_loop(), user))
        return await asyncio.wrap_future(begun)

    def close(self) -> None:
        """Begin nothing any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _share_out(self) -> None:
        while self._free:
            waiting = [user for user in self._waiting if self._busy[user] < self._most_of_one]
            if not waiting:
                return
            user = min(waiting, key=self._busy.__getitem__)
            turns = self._waiting.pop(user)
            turn = turns.popleft()
            if turns:
                self._waiting[user] = turns  # behind the others who have as few
            if not turn.done():
                self._free -= 1
                self._busy[user] += 1
                turn.set_result(None)

    def _give_up(self, user: str, turn: asyncio.Future[None]) -> None:
        turns = self._waiting.get(user, deque())
        if turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[user]

    def _give_back(self, user: str) -> None:
        self._free += 1
        self._busy[user] -= 1
        if not self._busy[user]:
            del self._busy[user]
        self._share_out()

    def _ended(self, loop: asyncio.AbstractEventLoop, user: str, _begun: Future[MadeT]) -> None:
        """In whatever thread the work ended."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._give_back, user)
