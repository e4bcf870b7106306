"""Conditions of a RosterIntegration: what each type means, and how a new round of them joins the last.

Those of `STANDING` are always present, Unknown until first looked at. Those of `ABNORMAL` are present only while they
are True, as kstatus expects, so that Argo CD, Flux and `kubectl wait` read them right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from roster_operator.api import reasons
from roster_operator.api.wire import Code, Message, Time, WireModel

READY: Final = "Ready"
"""The integration does what its spec says: live, the licenses equal the roster; in setup mode, the plan is computed.

False with the reason of what failed or waits; Unknown before the first sync has ended.
"""
CREDENTIALS_VALID: Final = "CredentialsValid"
"""The SIS accepts the Secret's credentials. Looked at by every sync, and at once when the Secret changes."""
SECTIONS_SHARED: Final = "SectionsShared"
"""The SIS shares every section of the roster that is needed."""
MAPPINGS_RESOLVED: Final = "MappingsResolved"
"""Every school, course and eBook that the spec names exists."""
DATA_CLEAN: Final = "DataClean"
"""The roster's rows, and their match with existing accounts, raise no question; if False, the checklist says which.

Does not keep Ready from being True.
"""
SYNCED: Final = "Synced"
"""The licenses equal the roster of the last read. In setup mode False, with reason SetupMode."""
HELD: Final = "Held"
"""Removals wait for `spec.approval.plan`, or the plan as a whole, as its reason says. Only while True."""
STALLED: Final = "Stalled"
"""No retry will help: a person must act, as the message says. Only while True."""
RECONCILING: Final = "Reconciling"
"""A first sync, or the first of a new generation or request, is under way. Only while True."""
SUSPENDED: Final = "Suspended"
"""`spec.suspend` is true: no sync begins, and Ready stays what it was. Only while True."""
CREDENTIALS_EXPIRING: Final = "CredentialsExpiring"
"""`spec.source.credentialsExpire` is 30 days ahead, or less, or past. Looked at by every sync. Only while True."""

STANDING: Final = (READY, CREDENTIALS_VALID, SECTIONS_SHARED, MAPPINGS_RESOLVED, DATA_CLEAN, SYNCED)
ABNORMAL: Final = (HELD, STALLED, RECONCILING, SUSPENDED, CREDENTIALS_EXPIRING)
_ORDER: Final = {name: place for place, name in enumerate(STANDING + ABNORMAL)}


class ConditionStatus(StrEnum):
    """Whether a condition holds."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Condition(WireModel):
    """One aspect of the integration's state, as metav1.Condition."""

    type: Annotated[Code, Field(min_length=1)]
    """Ready, CredentialsValid, SectionsShared, MappingsResolved, DataClean, Synced, Held, Stalled, Reconciling,
    Suspended or CredentialsExpiring."""
    status: ConditionStatus
    """True, False or Unknown."""
    observed_generation: Annotated[int, Field(ge=0, json_schema_extra={"format": "int64"})] | None = None
    """The metadata.generation that this was found for."""
    last_transition_time: Time
    """When status last changed."""
    reason: Annotated[Code, Field(min_length=1)]
    """One word for the cause; docs/reference/rosterintegration.md says for each what to do."""
    message: Message
    """What is the matter, for the person who must act."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reconcile found about one condition; `merge` makes a Condition of it."""

    type: str
    status: ConditionStatus
    reason: str
    message: str = ""

    @property
    def holds(self) -> bool:
        """Whether the condition is True."""
        return self.status is ConditionStatus.TRUE


def found(type_: str, holds: bool | None, reason: str, message: str = "") -> Finding:
    """A finding; `holds` None is Unknown."""
    if holds is None:
        return Finding(type_, ConditionStatus.UNKNOWN, reason, message)
    return Finding(type_, ConditionStatus.TRUE if holds else ConditionStatus.FALSE, reason, message)


def merge(
    previous: Sequence[Condition], findings: Iterable[Finding], *, generation: int, now: datetime
) -> tuple[Condition, ...]:
    """The conditions after a round, in a fixed order.

    A finding replaces the condition of its type; `lastTransitionTime` moves only when the status does. Standing
    conditions that were not looked at stay as they were, or begin as Unknown. Abnormal ones that were not found, or
    found not True, go. Conditions of other actors stay.
    """
    before = {condition.type: condition for condition in previous}
    merged = {name: condition for name, condition in before.items() if name not in ABNORMAL}
    for name in STANDING:
        if name not in merged:
            unseen = found(name, None, reasons.NOT_YET_CHECKED, "Not looked at yet.")
            merged[name] = _condition(unseen, None, generation, now)
    for finding in findings:
        if finding.type in ABNORMAL and not finding.holds:
            merged.pop(finding.type, None)
        else:
            merged[finding.type] = _condition(finding, before.get(finding.type), generation, now)
    return tuple(sorted(merged.values(), key=lambda condition: _ORDER.get(condition.type, len(_ORDER))))


def find(conditions: Iterable[Condition], type_: str) -> Condition | None:
    """The condition of a type, if there is one."""
    return next((condition for condition in conditions if condition.type == type_), None)


def _condition(finding: Finding, before: Condition | None, generation: int, now: datetime) -> Condition:
    unchanged = before is not None and before.status == finding.status
    return Condition(
        type=finding.type,
        status=finding.status,
        observed_generation=generation,
        last_transition_time=before.last_transition_time if before and unchanged else now,
        reason=finding.reason,
        message=finding.message,
    )
