"""What is asked about decisions by hand: see `operations.by_hand`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from roster_operator.ledger.by_hand.interface import Kind
from roster_operator.operations import by_hand
from roster_operator.operations.request import LICENSES, PEOPLE, Permission, Ports, Request, at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class _DecisionRequest(Request[by_hand.DecisionTold]):
    """Fields as `by_hand.Asked` has them."""

    permission: ClassVar[Permission] = LICENSES
    result: ClassVar[type] = by_hand.DecisionTold
    kind: ClassVar[Kind]
    person: str = field(default="", repr=False)
    ebook: str = ""
    edition: str = ""
    until: str = ""
    ends: bool = False
    reason: str = field(default="", repr=False)
    digest: str = ""

    def answer(self, ports: Ports) -> by_hand.DecisionTold:
        """In the ledger."""
        return by_hand.decide(ports.ledger, ports.resources, self.district, self._asked())

    def _asked(self, *, username: str = "", email: str = "") -> by_hand.Asked:
        return by_hand.Asked(
            kind=self.kind,
            person=self.person,
            username=username,
            email=email,
            ebook=self.ebook,
            edition=self.edition,
            until=self.until,
            ends=self.ends,
            reason=self.reason,
            digest=self.digest,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRequest(_DecisionRequest):
    """A license by hand."""

    verb: ClassVar[str] = "grant"
    kind: ClassVar[Kind] = Kind.GRANT
    username: str = field(default="", repr=False)
    email: str = field(default="", repr=False)

    def answer(self, ports: Ports) -> by_hand.DecisionTold:
        """In the ledger."""
        asked = self._asked(username=self.username, email=self.email)
        return by_hand.decide(ports.ledger, ports.resources, self.district, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRequest(_DecisionRequest):
    """A block by hand."""

    verb: ClassVar[str] = "block"
    kind: ClassVar[Kind] = Kind.BLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsRequest(Request[by_hand.Decisions]):
    """What people decided, and that stands."""

    verb: ClassVar[str] = "decisions"
    permission: ClassVar[Permission] = PEOPLE
    result: ClassVar[type] = by_hand.Decisions
    person: str = field(default="", repr=False)
    limit: int = 100

    def __post_init__(self) -> None:
        """Refuses more than anybody reads."""
        at_most(by_hand.MOST_DECISIONS, self.limit)

    def answer(self, ports: Ports) -> by_hand.Decisions:
        """From the ledger."""
        return by_hand.decisions(ports.ledger, self.district, person=self.person, limit=self.limit)
