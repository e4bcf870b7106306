"""What the console keeps of people who are setting up a district: answers for a day, credentials for half an hour.

All of it is in memory: a console that is started anew asks again. It is kept by person, so nobody comes to what
somebody else has typed in, whatever their permissions.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from roster_operator.clock import Clock
from roster_operator.messages import gettext as _
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wizard.draft import Draft, begin
from roster_operator.operations.wizard.review import Review
from roster_operator.operations.wizard.saved import Entered, Saved
from roster_operator.ops.logs import describe
from roster_operator.service.refusals import Refused

logger = logging.getLogger(__name__)

ANSWERS_KEPT: Final = timedelta(hours=24)
CREDENTIALS_KEPT: Final = timedelta(minutes=30)
"""Without a page of the wizard."""
MOST: Final = 200
MOST_OF_ONE: Final = 10
"""Districts that one person sets up at a time; what was left longest goes first."""
_PATIENCE: Final = 20.0
"""Seconds that a page waits for what is being read, before it says how far it is."""


@dataclass(slots=True)
class Visitor:
    """One person about one district."""

    user: str
    saved: Saved
    seen: datetime
    entered: Entered | None = field(default=None, repr=False)
    """The credentials: here, and nowhere else."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed on the first page, but for secrets; shown again until the SIS takes it."""
    problem: str = ""
    """Why the last thing that was tried did not work."""
    not_shared: tuple[str, ...] = ()
    """Of the last try: sections that the SIS does not share."""
    connected: bool = False
    """Whether the SIS took the credentials, in this conversation."""
    by_certificate: bool = False
    """Whether the server's certificate is what the last try stumbled over."""
    notices: tuple[str, ...] = ()
    reviewed: Review | None = None
    """The plan of the answers as they are."""
    rows: int = 0
    """That were read so far, of what is being read."""
    job: asyncio.Task[None] | None = None

    @property
    def draft(self) -> Draft:
        """The answers."""
        return self.saved.draft

    def take(self, draft: Draft) -> None:
        """Answers of a step. A plan is one of the answers that it was made of."""
        if draft.spec != self.saved.draft.spec:
            self.reviewed = None
        self.saved = self.saved.with_draft(draft)

    @property
    def busy(self) -> bool:
        """Whether the SIS is being asked."""
        return self.job is not None and not self.job.done()

    def begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """Ask the SIS: one thing at a time. Raises `Refused`."""
        if self.busy:
            raise Refused(HTTPStatus.CONFLICT, _("The SIS is still being asked. Wait for that, and try again."))
        self.rows, self.problem = 0, ""
        self.job = asyncio.ensure_future(self._done(work))

    async def wait(self) -> bool:
        """For what is being asked, a while; whether it has come to an end."""
        if self.job is not None:
            await asyncio.wait([self.job], timeout=_PATIENCE)
        return not self.busy

    async def _done(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Refused as refused:
            self.problem = refused.message
        except Exception as error:  # noqa: BLE001 - nobody else would notice
            logger.error("a defect: the wizard %s", describe(error))  # noqa: TRY400 - the text may hold data
            self.problem = _("The console failed. Platform: see its log.")


class Visitors:
    """Of one console."""

    def __init__(self, clock: Clock) -> None:
        """`clock`: by which they are forgotten."""
        self._clock = clock
        self._found: dict[tuple[str, DistrictName], Visitor] = {}

    def find(self, user: str, district: DistrictName) -> Visitor | None:
        """Whoever was here before; what they typed in counts for as long as it is kept."""
        self._forget()
        found = self._found.pop((user, district), None)
        if found is not None:
            found.seen = self._clock.now()
            self._keep((user, district), found)
        return found

    def begin(self, user: str, district: DistrictName, saved: Saved | None = None) -> Visitor:
        """Anew, whatever was there; whoever was gone longest makes room."""
        self._forget()
        self._found.pop((user, district), None)
        mine = [key for key in self._found if key[0] == user]
        if len(mine) >= MOST_OF_ONE:
            self._drop(mine[0])
        if len(self._found) >= MOST:
            often = Counter(who for who, _ in self._found).most_common(1)[0][0]
            self._drop(next(key for key in self._found if key[0] == often))
        visitor = Visitor(user, saved or Saved(begin(district)), self._clock.now())
        self._keep((user, district), visitor)
        return visitor

    def end(self, user: str, district: DistrictName) -> None:
        """Forget all of it."""
        self._drop((user, district))

    def _keep(self, key: tuple[str, DistrictName], visitor: Visitor) -> None:
        """Behind the others; credentials go in time, though nobody may open a page then."""
        self._found[key] = visitor
        asyncio.get_running_loop().call_later(CREDENTIALS_KEPT.total_seconds() + 1, self._forget)

    def _forget(self) -> None:
        now = self._clock.now()
        for key, visitor in [*self._found.items()]:
            if now - visitor.seen > ANSWERS_KEPT:
                self._drop(key)
            elif now - visitor.seen > CREDENTIALS_KEPT:
                visitor.entered = None

    def _drop(self, key: tuple[str, DistrictName]) -> None:
        visitor = self._found.pop(key, None)
        if visitor is not None and visitor.job is not None:
            visitor.job.cancel()
