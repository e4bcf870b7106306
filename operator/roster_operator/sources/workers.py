"""The threads of one source, and waiting for them in a way that can be ended from outside."""

from __future__ import annotations

import contextvars
import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar, TypeVarTuple, Unpack

from roster_operator.errors import Interrupted
from roster_operator.interruption import Interruption
from roster_operator.plurals import counted

P = ParamSpec("P")
T = TypeVar("T")
RequestT = TypeVarTuple("RequestT")

logger = logging.getLogger(__name__)

_LOOK_UP: Final = 0.2
"""Seconds between two looks at the interruption while waiting."""
_LAST_MOMENT: Final = 5.0
"""Seconds for threads to return when a source is closed; only a name that is being resolved takes longer."""


class Workers:
    """A small pool. Everything that may block runs here, so that its driver can always be told to stop."""

    def __init__(
        self,
        size: int,
        *,
        interruption: Interruption,
        each_look: Callable[[], None],
        end: Callable[[], None],
        last_moment: float = _LAST_MOMENT,
    ) -> None:
        """`interruption` is the source's own part of the sync's, and is stopped when the source is closed.

        `each_look` runs several times a second while waiting; `end` makes blocked threads return, for good, for which
        they have `last_moment` seconds.
        """
        self._size = size
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix="roster-source")
        self._interruption = interruption
        self._each_look = each_look
        self._end = end
        self._last_moment = last_moment
        self._under_way: set[Future[Any]] = set()

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin `work` as soon as a thread is free; what is logged and traced there belongs to this sync."""
        future = self._pool.submit(contextvars.copy_context().run, partial(work, *args, **kwargs))
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`; raises what it raises, or `Interrupted` before it is done."""
        return self.first([self.submit(work, *args, **kwargs)]).result()

    def each(
        self,
        ask: Callable[[Unpack[RequestT]], T],
        requests: Iterable[tuple[*RequestT]],
        *,
        on_idle: Callable[[], None] | None = None,
    ) -> Iterator[T]:
        """What `ask` answers to each of `requests`, one in each thread at a time, in the order of the answers.

        `on_idle` is called before each wait in which there is nothing more to ask for.
        """
        todo = iter(requests)
        under_way: set[Future[T]] = set()
        try:
            while True:
                for request in todo:
                    under_way.add(self.submit(ask, *request))
                    if len(under_way) >= self._size:
                        break
                if not under_way:
                    return
                if on_idle is not None and len(under_way) < self._size:
                    on_idle()
                done = self.first(under_way)
                under_way.remove(done)
                yield done.result()
        finally:
            for future in under_way:
                future.cancel()

    def hold(
        self, check: Callable[[Unpack[RequestT]], bool], requests: Iterable[tuple[*RequestT]], *, at_once: int
    ) -> bool:
        """Whether `check` is true for each of `requests`; once it is not, no more of them are begun.

        `at_once` threads take them one after the other by themselves: where a server is quick, to come back to the
        driver in between would cost as much as its answer.
        """
        todo = deque(requests)

        def go_on() -> bool:
            try:
                while (request := _next(todo)) is not None:
                    if not check(*request):
                        return False
                return True
            finally:
                todo.clear()

        under_way = {self.submit(go_on) for _ in range(min(at_once, len(todo)))}
        try:
            while under_way:
                done = self.first(under_way)
                under_way.remove(done)
                if not done.result():
                    return False
            return True
        finally:
            todo.clear()

    def first(self, futures: Collection[Future[T]]) -> Future[T]:
        """One of `futures` that is done, failures last; raises `Interrupted` if it is time to end before one is."""
        while True:
            done, _ = wait(futures, timeout=_LOOK_UP, return_when=FIRST_COMPLETED)
            if done:
                return min(done, key=lambda future: future.exception() is not None)
            self._each_look()
            try:
                self._interruption.check()
            except Interrupted:
                self._end()
                raise

    def close(self) -> None:
        """Drop what has not begun, break off what has, and give it a moment to return.

        Sockets must not be closed before: a thread that waits for one would go on waiting, for whichever socket gets
        its number next.
        """
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._interruption.stop()
        self._end()
        _, going_on = wait(list(self._under_way), timeout=self._last_moment)
        if going_on:
            STRAYS.add(going_on, self._interruption)
            logger.warning(
                "%s of a source went on when its sync had ended; roster_operator_stray_threads counts them",
                counted(len(going_on), "thread[s]"),
            )


class Strays:
    """Threads that went on when their sync had ended. Nobody can end them but whoever ends the process.

    Thread-safe; one for the process, as threads are.
    """

    def __init__(self) -> None:
        """There are none."""
        self._since: dict[Future[Any], tuple[float, Interruption]] = {}
        self._lock = threading.Lock()

    def add(self, threads: Iterable[Future[Any]], interruption: Interruption) -> None:
        """They are known until they end; `interruption` of their sync tells the time."""
        for thread in threads:
            with self._lock:
                self._since[thread] = interruption.now, interruption
            thread.add_done_callback(self._ended)

    def count(self, *, older: float = 0.0) -> int:
        """How many there are; `older`: than so many seconds."""
        with self._lock:
            since = list(self._since.values())
        return sum(interruption.now - began >= older for began, interruption in since)

    def _ended(self, thread: Future[Any]) -> None:
        with self._lock:
            self._since.pop(thread, None)


STRAYS: Final = Strays()


def _next(todo: deque[T]) -> T | None:
    """The first of what is left, if anything is; other threads may take it meanwhile."""
    try:
        return todo.popleft()
    except IndexError:
        return None
