"""Whether the SIS takes URL, key and secret: tried at once, as a sync would."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.clock import Clock
from roster_operator.errors import CredentialsMissing
from roster_operator.interruption import Interruption
from roster_operator.operations.wizard.offer import Offer, read_offer
from roster_operator.reconcile.contract import OpenSource
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.source import Notice, RosterSource


@dataclass(frozen=True, slots=True)
class Connected:
    """The SIS accepts the credentials."""

    not_shared: tuple[str, ...]
    """Sections that it does not share, each with what the district does."""
    notices: tuple[Notice, ...]

    @property
    def ready(self) -> bool:
        """Whether the roster can be read."""
        return not self.not_shared


@dataclass(frozen=True, slots=True)
class Opening:
    """What it takes to ask a SIS."""

    open_source: OpenSource
    clock: Clock

    def of(self, integration: RosterIntegration, credentials: Credentials | CredentialsMissing) -> RosterSource:
        """The SIS that a RosterIntegration names; raises `RosterOperatorError`."""
        if isinstance(credentials, CredentialsMissing):
            raise credentials
        interruption = Interruption(self.clock, integration.spec.timeout.total_seconds())
        return self.open_source(integration, credentials, self.clock, interruption)


def connect(
    integration: RosterIntegration, credentials: Credentials | CredentialsMissing, opening: Opening
) -> Connected:
    """Try them; raises `RosterOperatorError` with what is wrong, and who mends it."""
    with closing(opening.of(integration, credentials)) as source:
        report = source.probe()
    return Connected(tuple(f"{each.section}: {each.message}" for each in report.refused), report.notices)


def offer_of(
    integration: RosterIntegration,
    credentials: Credentials | CredentialsMissing,
    opening: Opening,
    grew: Callable[[int], None] = lambda _rows: None,
) -> Offer:
    """What the SIS has to choose from; `grew`: see `read_offer`. Raises `RosterOperatorError`."""
    with closing(opening.of(integration, credentials)) as source:
        source.probe(then_read=True)
        return read_offer(source, opening.clock.now(), grew)
