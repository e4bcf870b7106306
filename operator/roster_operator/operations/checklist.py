"""What to look at before a district goes live, and after: the items of its status, the gravest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roster_operator.api.v1alpha1 import Contacts, RosterIntegration
from roster_operator.api.v1alpha1.status import CheckResult
from roster_operator.errors import Actor
from roster_operator.reconcile.acting import actor_in
from roster_operator.reconcile.rules import page

_RANK: Final = {CheckResult.FAIL: 0, CheckResult.WARN: 1, CheckResult.PASS: 2}


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing that was looked at."""

    name: str
    result: CheckResult
    count: int | None
    """How many rows or people it is about."""
    message: str
    action: str | None
    acts: Actor | None
    """Who does what `action` says."""
    examples: tuple[str, ...] = ()
    """Some of the people whom it is about, by ids of the ledger's own."""
    last_week: int | None = None
    """How many it was about in a week before this one; None in the first week, and where all is well as it was."""
    page: str = ""
    """Where the documentation says what it is about, and where to click."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """Of a district."""

    name: str
    namespace: str
    live: bool
    ready: bool
    """Whether nothing stands in the way of going live."""
    items: tuple[ChecklistItem, ...]
    contacts: Contacts
    """Where those who act are reached."""
    asked: int = 0
    """The sum of what the items count, but for those that pass."""
    asked_last_week: int | None = None
    """The same in a week before this one; None in the first week."""

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of those that stand in the way."""
        return tuple(item.name for item in self.items if item.result is CheckResult.FAIL)


def checklist(integration: RosterIntegration) -> Checklist:
    """As the last sync left it."""
    items = [
        ChecklistItem(
            each.name,
            each.result,
            each.count,
            each.message,
            each.action,
            actor_in(each.action or ""),
            each.examples,
            each.last_week,
            page(each.name),
        )
        for each in sorted(integration.status.checklist, key=lambda each: _RANK[each.result])
    ]
    open_now = [item.count or 0 for item in items if item.result is not CheckResult.PASS]
    known = [item.last_week for item in items if item.last_week is not None]
    ready = bool(items) and all(item.result is not CheckResult.FAIL for item in items)
    return Checklist(
        integration.name,
        integration.namespace,
        integration.spec.live,
        ready,
        tuple(items),
        integration.spec.contacts,
        sum(open_now),
        sum(known) if known else None,
    )
