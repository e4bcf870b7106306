"""What a question is: what it names, which permission it takes, and the ports from which it is answered.

The questions themselves are in `requests`, `spec_requests` and `fleet_requests`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar

from roster_operator.clock import Clock
from roster_operator.errors import InputError
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.ports import DistrictName, Resources, Sis

ResultT = TypeVar("ResultT")


class Permission(NamedTuple):
    """What Kubernetes' RBAC must allow: a verb on RosterIntegrations, or on a subresource that exists for this only."""

    verb: str
    subresource: str = ""

    def __str__(self) -> str:
        """As a Role has it."""
        return f"{self.verb} rosterintegrations{'/' if self.subresource else ''}{self.subresource}"


SEE: Final = Permission("get")
"""Everything that names no person."""
SPEC: Final = Permission("patch")
"""Change the spec, and set a district up."""
LIST: Final = Permission("list")
"""The same of all districts of a namespace, or of all namespaces."""
PEOPLE: Final = Permission("get", "people")
"""What one person has and had, if only by the number of their account."""
EXPORT: Final = Permission("create", "exports")
"""A person's data, to be given to somebody."""
APPROVAL: Final = Permission("update", "approval")
"""Approve what waits."""
LICENSES: Final = Permission("update", "licenses")
"""Grant, extend, end and block single licenses."""
LEDGER: Final = Permission("update", "ledger")
"""Change what syncs have left."""
ERASE: Final = Permission("delete", "people")
"""Erase people."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What answers are made from."""

    resources: Resources
    inquiry: Inquiry | None
    """The ledger, and who asks; None: there is no ledger."""
    clock: Clock
    patience: float = math.inf
    """Seconds that an answer may take."""
    sis: Sis | None = None
    """How to ask a SIS; None: nobody here has its credentials."""

    @property
    def ledger(self) -> Inquiry:
        """The one that a request needs."""
        if self.inquiry is None:
            raise InputError("This needs the ledger: name it with --ledger (ROSTER_OPERATOR_LEDGER_URL).")
        return self.inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(ABC, Generic[ResultT]):
    """Something that is asked."""

    verb: ClassVar[str]
    permission: ClassVar[Permission]
    result: ClassVar[type]
    heavy: ClassVar[bool] = False
    """Whether an answer takes as much memory as a sync: a service gives one at a time."""

    @abstractmethod
    def answer(self, ports: Ports) -> ResultT:
        """What is found; raises `RosterOperatorError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Question[ResultT]):
    """Something that is asked about one district."""

    district: DistrictName


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRequest(Question[ResultT]):
    """Something that is asked about all districts that whoever asks may list."""

    namespace: str = ""
    """Of one namespace; empty: of all."""


def at_most(most: int, limit: int) -> None:
    """Raise `InputError` unless the limit is one."""
    if not 1 <= limit <= most:
        raise InputError(f"The limit must be from 1 to {most}.")
