"""What is asked about a district's RosterIntegration: what is to come, what a change would do, consent, a bundle."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.api.v1alpha1.metadata import ObjectMeta
from roster_operator.errors import InputError
from roster_operator.operations import approve, bundle, importing, plan, promote, seats, upcoming
from roster_operator.operations.request import APPROVAL, LEDGER, SEE, SPEC, Permission, Ports, Request, at_most

MOST_DAYS: Final = 3_650
MOST_EBOOKS: Final = 1_000
"""Of one plan."""
_MOST_CERTIFICATES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingRequest(Request[upcoming.Upcoming]):
    """What will end or begin by itself: see `operations.upcoming`."""

    verb: ClassVar[str] = "upcoming"
    permission: ClassVar[Permission] = SEE
    result: ClassVar[type] = upcoming.Upcoming
    days: int = upcoming.AHEAD.days
    certificates: Mapping[str, datetime] = field(default_factory=dict)
    """Their ends, by name: whoever asks reads the Secret, as the service may not."""

    def __post_init__(self) -> None:
        """Refuses more than a page holds."""
        at_most(MOST_DAYS, self.days)
        if len(self.certificates) > _MOST_CERTIFICATES:
            raise InputError("These are too many certificates.")

    def answer(self, ports: Ports) -> upcoming.Upcoming:
        """With what the ledger knows, if there is one."""
        queries = ports.inquiry.queries if ports.inquiry else None
        integration = ports.resources.one(self.district)
        ahead = timedelta(days=self.days)
        return upcoming.upcoming(integration, queries, self.certificates, ports.clock.now(), ahead=ahead)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatsRequest(Request[seats.Seats]):
    """Seats, and how many wait for one: see `operations.seats`."""

    verb: ClassVar[str] = "seats"
    permission: ClassVar[Permission] = SEE
    result: ClassVar[type] = seats.Seats

    def answer(self, ports: Ports) -> seats.Seats:
        """By the spec of today and the ledger."""
        integration, queries = ports.resources.one(self.district), ports.ledger.queries
        district = next((each for each in queries.districts() if each.owner == integration.key), None)
        return seats.seats(integration, queries, district, ports.clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest(Request[plan.PlanTold]):
    """What another spec would change: see `operations.plan`."""

    verb: ClassVar[str] = "plan"
    permission: ClassVar[Permission] = SEE
    result: ClassVar[type] = plan.PlanTold
    heavy: ClassVar[bool] = True
    integration: RosterIntegration
    """As it is to be."""
    ebooks: tuple[EBook, ...] = ()
    """The publisher's, those that it names at least."""

    def __post_init__(self) -> None:
        """Refuses more than a publisher has, and the spec of another district."""
        if len(self.ebooks) > MOST_EBOOKS:
            raise InputError("These are too many eBooks. Send those that the spec names.")
        if self.integration.name != self.district.name:
            raise InputError(f"The RosterIntegration is called {self.integration.name}, and not {self.district.name}.")

    def answer(self, ports: Ports) -> plan.PlanTold:
        """By the last reading that the ledger keeps. Of the RosterIntegration counts the spec, and nothing else."""
        namespace = self.district.namespace or self.integration.namespace
        metadata = ObjectMeta(name=self.district.name, namespace=namespace, generation=1)
        integration = RosterIntegration(metadata=metadata, spec=self.integration.spec)
        ebooks = {each.name: each for each in self.ebooks}
        return plan.plan(integration, ebooks, ports.ledger, ports.clock, patience=ports.patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveRequest(Request[approve.Approval]):
    """Consent to a plan that waits, as a patch: see `operations.approve`. Nothing is changed."""

    verb: ClassVar[str] = "approve"
    permission: ClassVar[Permission] = APPROVAL
    result: ClassVar[type] = approve.Approval
    digest: str
    seconds: int = int(approve.GOOD_FOR.total_seconds())
    """For so long it is to be good."""

    def answer(self, ports: Ports) -> approve.Approval:
        """From the resource alone."""
        good_for = timedelta(seconds=self.seconds)
        return approve.approve(ports.resources.one(self.district), self.digest, ports.clock, good_for)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoteRequest(Request[promote.PromotionTold]):
    """Let all schools go live after those of the canary, as a patch: see `operations.promote`. Nothing is changed."""

    verb: ClassVar[str] = "promote"
    permission: ClassVar[Permission] = SPEC
    result: ClassVar[type] = promote.PromotionTold
    seen: str = ""

    def answer(self, ports: Ports) -> promote.PromotionTold:
        """From the resource alone."""
        return promote.promotion(ports.resources.one(self.district), ports.clock, seen=self.seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRequest(Request[bundle.Bundle]):
    """What somebody who helps needs to see: see `operations.bundle`."""

    verb: ClassVar[str] = "bundle"
    permission: ClassVar[Permission] = SEE
    result: ClassVar[type] = bundle.Bundle

    def answer(self, ports: Ports) -> bundle.Bundle:
        """Of this district; with its runs, if there is a ledger."""
        queries = ports.inquiry.queries if ports.inquiry else None
        return bundle.bundle([ports.resources.one(self.district)], queries, ports.clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest(Request[importing.ImportTold]):
    """Take in licenses that people have: see `operations.importing`."""

    verb: ClassVar[str] = "import"
    permission: ClassVar[Permission] = LEDGER
    result: ClassVar[type] = importing.ImportTold
    heavy: ClassVar[bool] = True
    file: str = field(repr=False)
    """The text of it."""
    digest: str = ""

    def answer(self, ports: Ports) -> importing.ImportTold:
        """In the ledger; the RosterIntegration says which district it is, and which eBooks it has."""
        integration = ports.resources.one(self.district)
        lines = io.StringIO(self.file, newline="")
        return importing.import_licenses(ports.ledger, integration, lines, digest=self.digest)
