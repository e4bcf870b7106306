"""The threads of one source, and waiting for them in a way that can be ended from outside."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final, ParamSpec, TypeVar

from roster_operator.errors import Interrupted
from roster_operator.interruption import Interruption

P = ParamSpec("P")
T = TypeVar("T")

_LOOK_UP: Final = 0.2
"""Seconds between two looks at the interruption while waiting."""


class Workers:
    """A small pool. Everything that may block runs here, so that its driver can always be told to stop."""

    def __init__(
        self, size: int, *, interruption: Interruption, each_look: Callable[[], None], abort: Callable[[], None]
    ) -> None:
        """`each_look` runs several times a second while waiting; `abort` makes blocked threads return."""
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix="roster-source")
        self._interruption = interruption
        self._each_look = each_look
        self._abort = abort

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin `work` as soon as a thread is free."""
        return self._pool.submit(work, *args, **kwargs)

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`; raises what it raises, or `Interrupted` before it is done."""
        future = self._pool.submit(work, *args, **kwargs)
        return self.first([future]).result()

    def first(self, futures: Collection[Future[T]]) -> Future[T]:
        """One of `futures` that is done; raises `Interrupted` if it is time to end before one is."""
        while True:
            done, _ = wait(futures, timeout=_LOOK_UP, return_when=FIRST_COMPLETED)
            if done:
                return next(iter(done))
            self._each_look()
            try:
                self._interruption.check()
            except Interrupted:
                self._abort()
                raise

    def close(self) -> None:
        """Drop what has not begun and break off what has."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._abort()
