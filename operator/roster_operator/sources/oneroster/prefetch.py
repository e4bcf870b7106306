"""Reading ahead: while one section's last pages are on their way, connections that are free fetch the next sections'.

A SIS that takes its time for each answer is read at the pace of its round trips, so none may be wasted: seven sections
have seven first pages, seven ends that must be confirmed, and seven times a few connections would wait for the slowest.
What was fetched early and is not asked for in the end is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.page_request import PageRequest
from roster_operator.sources.oneroster.routes import Route

AskEarly = Callable[[PageRequest[Any]], Future[Page[Any]]]
"""Fetches a page of a section, as large as the server gives it."""


@dataclass
class _Early:
    """A section that nobody has asked for yet."""

    section: str
    route: Route[Any]
    asked: int = 0
    """How many of its pages, in the order in which they will be asked for."""
    first: Future[Page[Any]] | None = None

    @property
    def is_known(self) -> bool:
        """Whether its first page has come, and with it what else there is."""
        return self.first is not None and self.first.done()

    def next(self) -> tuple[int, bool] | None:
        """Offset of the next page, and whether it is the one behind the end; None if that cannot be told yet."""
        if self.first is None:
            return 0, False
        if not self.is_known or self.first.cancelled() or self.first.exception() is not None:
            return None
        page = self.first.result()
        if page.total is None or not 0 < page.received <= page.total:
            return None
        offset = self.asked * page.received
        if offset < page.total:
            return offset, False
        return (page.total, True) if offset - page.received < page.total else None


class ReadAhead:
    """Of one source; used by the thread that drives it."""

    def __init__(self, kept: int, ask: AskEarly, much_waits: Callable[[], bool] = lambda: False) -> None:
        """`kept`: pages that may wait to be claimed, as they are in memory; none are asked for while `much_waits`.

        `ask` lets no more requests be under way than there may be.
        """
        self._kept = kept
        self._much_waits = much_waits
        self._ask = ask
        self._sections: list[_Early] = []
        self._fetched: dict[tuple[str, int, bool], Future[Page[Any]]] = {}

    def plan(self, section: str, route: Route[Any], first: Page[Any] | None = None) -> None:
        """A section will be read after those that were planned before; `first`: its first page, if it is here already.

        A route is read once.
        """
        if any(early.route.path == route.path for early in self._sections):
            return
        early = _Early(section, route)
        self._sections.append(early)
        if first is not None:
            fetched: Future[Page[Any]] = Future()
            fetched.set_result(first)
            self._keep(early, 0, False, fetched)

    def begin(self, path: str) -> None:
        """The section at `path` is being read now: what is left of those before it is dropped."""
        paths = [early.route.path for early in self._sections]
        if path in paths:
            del self._sections[: paths.index(path) + 1]
        kept = {path, *(early.route.path for early in self._sections)}
        for asked in [asked for asked in self._fetched if asked[0] not in kept]:
            self._fetched.pop(asked).cancel()

    def end_with(self, path: str) -> None:
        """Nothing is read after the section at `path`."""
        self._sections = [early for early in self._sections if early.route.path == path]

    def claim(self, path: str, offset: int, past_end: bool) -> Future[Page[Any]] | None:
        """The page, if it was asked for early."""
        return self._fetched.pop((path, offset, past_end), None)

    def fill(self) -> None:
        """Ask for what will be needed next: nothing is left to ask for of the section that is being read."""
        for early, offset, past_end in self._next():
            if len(self._fetched) >= self._kept or self._much_waits():
                return
            request = PageRequest(early.section, early.route, offset, past_end=past_end)
            self._keep(early, offset, past_end, self._ask(request))

    def _keep(self, early: _Early, offset: int, past_end: bool, page: Future[Page[Any]]) -> None:
        early.first = early.first or page
        early.asked += 1
        self._fetched[early.route.path, offset, past_end] = page

    def _next(self) -> Iterator[tuple[_Early, int, bool]]:
        """First pages first; of the rest nothing that would be claimed only after what is not known yet."""
        in_order = True
        for early in self._sections:
            while (wanted := early.next()) is not None and (in_order or wanted[0] == 0):
                yield early, *wanted
            in_order = in_order and early.is_known
