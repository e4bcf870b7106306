"""What an item of the checklist counts, one by one: persons, classes, rows, and what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.api.v1alpha1.status import CheckResult
from roster_operator.errors import Actor
from roster_operator.ledger.queries.records import QUESTION, RecordedQuestion
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_or_newcomer, unknown
from roster_operator.operations.ports import DistrictName
from roster_operator.reconcile.acting import actor_in
from roster_operator.reconcile.rules import page


@dataclass(frozen=True, slots=True)
class Raised:
    """One of those that an item counts."""

    id: str
    """Of the ledger's own: `explain` takes it for the person."""
    item: str
    account: int | None
    """Of the person, if they have one."""
    person: str | None
    """As the SIS calls them; None: it is about no person."""
    class_id: str | None
    """As the SIS calls it."""
    what: str | None
    """Something else that it is about, or why."""
    since: datetime
    """When a sync found it first."""
    school: str | None = None
    """Where it is put right: of somebody at several schools, the first."""


@dataclass(frozen=True, slots=True)
class AtSchool:
    """How much of an item there is at a school."""

    school: str
    """Its id; empty: no one school is known."""
    kept: int


@dataclass(frozen=True, slots=True)
class Details:
    """Of an item of the checklist, as the last sync left it."""

    name: str
    namespace: str
    item: str
    result: CheckResult | None
    """None: the status has no such item, only the ledger has."""
    count: int | None
    """How many there are in all."""
    message: str | None
    action: str | None
    acts: Actor | None
    """Who does what `action` says."""
    listed: tuple[Raised, ...]
    """The first of them; none of what is no single row or person."""
    kept: int
    """How many the ledger has one by one."""
    schools: tuple[AtSchool, ...] = ()
    """Of those that are kept one by one, where they are: those with most first."""
    page: str = ""
    """Where the documentation says what it is about, and where to click."""


def details(
    inquiry: Inquiry, integration: RosterIntegration, item: str, *, limit: int, school: str | None = None
) -> Details:
    """What is kept of an item; the access log is told of every account that is listed.

    Raises `UnknownName` for an item that neither the checklist nor the ledger has.
    """
    queries, owner = inquiry.queries, integration.key
    kept = queries.question_items(owner)
    checks = {check.name: check for check in integration.status.checklist}
    name = {known.casefold(): known for known in (*kept, *checks)}.get(item.casefold())
    if name is None:
        raise unknown("item", item, (*kept, *checks), where=f"in the checklist of {integration.name}")
    schools = queries.question_schools(owner, name)
    if school is not None and school not in schools:
        raise unknown("school", school, filter(None, schools), where=f"in the item {name} of {integration.name}")
    rows = queries.questions(owner, name, limit=limit, school=school)
    if any(row.person for row in rows):
        district = district_or_newcomer(queries, DistrictName(integration.name, integration.namespace))
        inquiry.look_at_several(district, (row.account for row in rows if row.person), "checklist")
    check = checks.get(name)
    return Details(
        name=integration.name,
        namespace=integration.namespace,
        item=name,
        result=check.result if check else None,
        count=check.count if check else None,
        message=check.message if check else None,
        action=check.action if check else None,
        acts=actor_in(check.action or "") if check else None,
        listed=tuple(map(raised, rows)),
        kept=kept.get(name, 0) if school is None else schools[school],
        schools=tuple(AtSchool(at, schools[at]) for at in sorted(schools, key=lambda at: (-schools[at], at))),
        page=page(name),
    )


def raised(row: RecordedQuestion) -> Raised:
    """A row of the ledger, as it is told of."""
    return Raised(
        id=f"{QUESTION}{row.id}",
        item=row.item,
        account=row.account,
        person=row.person or None,
        class_id=row.class_id or None,
        what=row.what or None,
        since=row.since,
        school=row.school or None,
    )
