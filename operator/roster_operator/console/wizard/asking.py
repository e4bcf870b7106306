"""What the wizard asks a SIS, beside the pages: credentials, what it offers, and a plan. Bounded in time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.clock import Clock
from roster_operator.console.wizard.visitors import Visitor
from roster_operator.errors import Interrupted, NoTLS, RosterOperatorError, SourceUnreachable, TLSFailed
from roster_operator.ledger.ledger import Ledger
from roster_operator.messages import gettext as _
from roster_operator.operations.wizard import connection, review
from roster_operator.operations.wizard.connection import Opening
from roster_operator.operations.wizard.draft import Draft, connection_of, integration_of
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.saved import Entered
from roster_operator.reconcile.contract import Environment, OpenSource
from roster_operator.reconcile.failures import failure_of
from roster_operator.service.admission import Admission
from roster_operator.service.threads import FairThreads
from roster_operator.sources.network import Network, Servers
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source

AnswerT = TypeVar("AnswerT")

INTERNET: Final = Network(Servers())
"""No server of the platform's own networks."""
_AT_A_TIME, _OF_ONE = 4, 2
"""Servers that are asked, and of these for one person; of whole rosters that are read:"""
_READ_AT_A_TIME: Final = 1
_MOST_WAITING, _MOST_OF_ONE = 16, 4
_TRIED_FOR: Final = timedelta(seconds=60)
_READ_FOR: Final = timedelta(minutes=10)
NOT_REACHED: Final = _(
    "The server of this URL cannot be reached from here. District: look whether the URL is right and the server "
    "answers from the internet. Platform: a server of your own network must be allowed (addresses.allow)."
)
"""The same words whatever is at an address, so that nobody finds out by them what listens where."""


def told(error: RosterOperatorError) -> str:
    """What is wrong, and who mends it."""
    return NOT_REACHED if isinstance(error, SourceUnreachable | NoTLS | Interrupted) else failure_of(error, ()).message


class Asking:
    """Of one console."""

    def __init__(self, ledger: Ledger, reach: Reach, clock: Clock) -> None:
        """`reach`: which servers may be asked; `ledger`: what plans are compared with."""
        self._ledger = ledger
        self._clock = clock
        self._open: OpenSource = partial(open_source, reach=reach)
        self._tries = FairThreads("wizard-try", _AT_A_TIME, _OF_ONE)
        self._reads = FairThreads("wizard-read", _READ_AT_A_TIME, _READ_AT_A_TIME)
        self._admission = Admission(_MOST_WAITING, _MOST_OF_ONE)

    def close(self) -> None:
        """Begin nothing more."""
        for threads in (self._tries, self._reads):
            threads.close()

    async def connect(self, visitor: Visitor, draft: Draft, entered: Entered) -> None:
        """Try them. Once the SIS takes them, they are the visitor's, and what it offers is read."""
        visitor.connected, visitor.not_shared, visitor.notices = False, (), ()
        try:
            integration = _patient(integration_of(connection_of(draft)), _TRIED_FOR)
            credentials = entered.credentials(integration.spec.source)
            opening = Opening(self._open, self._clock)
            found = await self._in(self._tries, visitor, lambda: connection.connect(integration, credentials, opening))
        except RosterOperatorError as error:
            visitor.problem, visitor.by_certificate = told(error), isinstance(error, TLSFailed)
            return
        visitor.connected, visitor.not_shared = True, found.not_shared
        visitor.notices = tuple(f"{each.message} {each.action}" for each in found.notices)
        if found.ready:
            visitor.entered = entered
            due = bool(draft.source.get("secretRef"))
            visitor.saved = replace(visitor.saved, offer=None, secret_due=due, client_id=entered.client_id)
            visitor.take(draft)

    async def read_offer(self, visitor: Visitor, entered: Entered) -> None:
        """What the SIS offers to choose from."""
        try:
            integration = _patient(integration_of(connection_of(visitor.draft)), _READ_FOR)
            credentials = entered.credentials(integration.spec.source)
            opening = Opening(self._open, self._clock)

            def read() -> Offer:
                return connection.offer_of(integration, credentials, opening, _into(visitor))

            offer = await self._in(self._reads, visitor, read)
        except RosterOperatorError as error:
            visitor.problem = told(error)
            return
        visitor.saved = replace(visitor.saved, offer=offer)

    async def review(self, visitor: Visitor, entered: Entered, ebooks: Mapping[str, EBook]) -> None:
        """Checklist and plan of the answers as they are now."""
        draft, grew = visitor.draft, _into(visitor)
        try:
            integration = _patient(integration_of(draft), _READ_FOR)
            credentials = entered.credentials(integration.spec.source)
            environment = Environment(
                self._clock, self._ledger, self._open, lambda: str(uuid.uuid4()), grew=lambda _people, rows: grew(rows)
            )
            found = await self._in(
                self._reads, visitor, lambda: review.review(integration, credentials, ebooks, environment)
            )
        except RosterOperatorError as error:
            visitor.problem = told(error)
            return
        if draft.spec == visitor.draft.spec:
            visitor.reviewed = found

    async def _in(self, threads: FairThreads, visitor: Visitor, work: Callable[[], AnswerT]) -> AnswerT:
        """Fairly: a server that does not answer keeps the person waiting who named it, and few others."""
        with self._admission.of_anybody(), self._admission.of(visitor.user):
            return await threads.run(visitor.user, work)


def _patient(integration: RosterIntegration, longest: timedelta) -> RosterIntegration:
    """The same, with as much time as a page has."""
    spec = integration.spec.model_copy(update={"timeout": min(integration.spec.timeout, longest)})
    return integration.model_copy(update={"spec": spec})


def _into(visitor: Visitor) -> Callable[[int], None]:
    def grew(rows: int) -> None:
        visitor.rows = rows

    return grew
