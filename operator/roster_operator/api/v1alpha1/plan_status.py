"""What a status says of a plan: what would change, and what became of its approval."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from roster_operator.api.wire import Count, EditionWord, Time, WireModel, Word, first, line

MAX_PLANNED_EBOOKS = 20
MAX_PLANNED_SCHOOLS = 10


class PlannedEBook(WireModel):
    """What the plan changes of one edition of an eBook."""

    name: Word
    """The EBook's name."""
    edition: EditionWord
    """Student or Teacher."""
    grants: Count = 0
    """Licenses to grant."""
    revocations: Count = 0
    """Licenses to remove."""
    replaced: Count | None = None
    """Of these, licenses from before go-live. Absent if there is none."""


class PlannedSchool(WireModel):
    """What the plan changes for the people of one school. A person of two schools counts in both."""

    id: Word
    """The school's sourcedId."""
    name: Word = ""
    """Its name in the SIS."""
    grants: Count = 0
    """Licenses to grant."""
    revocations: Count = 0
    """Licenses to remove."""


class RekeyStatus(WireModel):
    """Where ids count for nothing by themselves: how many people agree with the accounts, and by what."""

    both: Count = 0
    """By login and number: they keep account and licenses."""
    login: Count = 0
    """By login only: they keep them, too."""
    number: Count = 0
    """By number only: they keep them, too."""
    neither: Count = 0
    """Have the id of an account, and neither its login nor its number: see spec.matching.unconfirmed."""
    ambiguous: Count | None = None
    """Agree with several accounts, or several with one: they are left as they are. Absent if there is none."""
    moved: Count | None = None
    """Of those who agree, who come under another id. Absent if there is none."""
    unlisted: Count = 0
    """Accounts that would be nobody's any more: their people count as no longer listed."""


class PlanStatus(WireModel):
    """What the last sync planned: in setup mode, what going live would do; otherwise, what was done or waits."""

    digest: Annotated[str, Field(max_length=40), line(40)]
    """Identifies the removals of the plan, or all of its changes if it waits as a whole; spec.approval.plan names it to
    approve them."""
    grants: Count = 0
    """Licenses to grant."""
    revocations: Count = 0
    """Licenses to remove, those that wait included."""
    unchanged: Count = 0
    """Licenses that stay as they are, sticky ones left out."""
    elsewhere: Count | None = None
    """Of these, licenses from before go-live whose persons are at schools outside of the spec. Absent if there is
    none."""
    held: Count = 0
    """Changes that wait for approval: removals; or, if the plan waits as a whole, grants and rewritten accounts too."""
    unconfirmed: Count | None = None
    """Removals of people who are merely no longer listed: they go when another complete reading says so, too. Absent if
    there is none."""
    conflicts: Count = 0
    """Persons left as they are, because nobody can say which account is theirs; the checklist says why."""
    accounts_created: Count = 0
    """New accounts."""
    accounts_linked: Count = 0
    """Existing accounts recognized for the first time, by username or email."""
    rekey: RekeyStatus | None = None
    """Whom accounts belong to, by login and number instead of ids. Absent where ids are those of before."""
    by_ebook: Annotated[
        tuple[PlannedEBook, ...],
        Field(
            max_length=MAX_PLANNED_EBOOKS,
            json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "edition"]},
        ),
        first(MAX_PLANNED_EBOOKS),
    ] = ()
    """The same by eBook and edition: those of which most changes, 20 at most."""
    by_school: Annotated[
        tuple[PlannedSchool, ...],
        Field(
            max_length=MAX_PLANNED_SCHOOLS,
            json_schema_extra={"x-kubernetes-list-type": "atomic"},
        ),
        first(MAX_PLANNED_SCHOOLS),
    ] = ()
    """The same by school: those of which most changes, 10 at most."""


class ApprovalState(StrEnum):
    """What became of the approval that `spec.approval` gives."""

    VALID = "Valid"
    """The next sync that applies goes by it."""
    SPENT = "Spent"
    """A sync went by it: it is good for no other."""
    EXPIRED = "Expired"
    UNKNOWN = "Unknown"
    """It names no plan that was shown, or a plan as a whole that is another one by now."""


class ApprovalStatus(WireModel):
    """What the last sync made of spec.approval."""

    plan: Annotated[str, Field(max_length=80), line(80)]
    """The digest that it names."""
    state: ApprovalState
    """Valid: the next sync that applies goes by it. Spent: a sync went by it, and it is good for no other. Expired: its
    time is over; approve again. Unknown: it names no plan that was shown, or one as a whole that is another by now."""
    expires: Time | None = None
    """Until when it is, or was, good. Absent if it is unknown."""
