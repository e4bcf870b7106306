"""Whether the persons of a roster are those whom the ledger knows. An id is an id of one source only."""

from __future__ import annotations

from typing import Final

from roster_operator.api import reasons
from roster_operator.licensing.guards.case import THE_PLAN, Case, Verdict
from roster_operator.licensing.models import Recognition
from roster_operator.plurals import counted
from roster_operator.roster.quality import Question

_FEW: Final = 2
_FEW_PERCENT: Final = 5
"""So many persons, or so many percent of them, may change all that identifies them at once."""
_NEWCOMERS: Final = 10
"""So many persons may come, though few of those are left who are known."""


def licenses_missing(case: Case) -> Verdict | None:
    """The operator was pointed at another ledger, or what was in this one is gone: accounts would get new numbers."""
    forgotten = case.forgotten
    if forgotten is None:
        return None
    had = counted(forgotten.licenses, "license[s]")
    where = "is another one, and holds" if forgotten.other_ledger else "holds"
    return Verdict(
        THE_PLAN,
        f"the district had {had} at the last sync, and the ledger {where} none of them",
        "Platform: point the operator at the former ledger, or restore it. Publisher: approve only if the district is "
        "to begin anew, with new accounts.",
        reasons.LICENSES_MISSING,
    )


def undone(case: Case) -> Verdict | None:
    """A person has the last word until they, or another one, lift it."""
    if case.undone is None:
        return None
    told = case.undone
    return Verdict(
        THE_PLAN,
        f"{told.by} turned back the sync {told.run_id} on {told.day} ({told.reason}), and nothing is to change until "
        "that is lifted",
        "Publisher: once the cause is mended, lift it (roster-operator undo --lift), or approve what a sync would do.",
        reasons.UNDONE,
    )


def source_changed(case: Case) -> Verdict | None:
    """Another server may give the same ids to other people, until nearly everybody is confirmed to be themselves."""
    readings, people = case.two_readings, case.plan.recognition
    if readings is None or readings[0].source.may_be(readings[1].source):
        return None
    if not (people.known or people.linked) or _is_recognised(people, case.questions.get(Question.LEFT_AS_IS, 0)):
        return None
    before, now = readings[0].source, readings[1].source
    return Verdict(
        THE_PLAN,
        f"the source was {before} and is {now} now, and {_confirmed(people)}",
        "Publisher: put the former source back; or use a new RosterIntegration if it is another district; approve only "
        "if it is the same one.",
        reasons.SOURCE_CHANGED,
    )


def identities_changed(case: Case) -> Verdict | None:
    """The same source, and the same ids; but they seem to have been given to others."""
    people = case.plan.recognition
    if people.changed <= _few(people.known or people.present):
        return None
    return Verdict(
        THE_PLAN,
        f"{counted(people.changed, 'person[ has|s have] the id from before')}, and another login and number, or all "
        f"of these that were known; {_confirmed(people)}. The ids may be other people's now",
        "District: check that the server holds this district's roster, and whether ids were given anew. Publisher: "
        "approve only if they are the same persons.",
        reasons.IDENTITIES_CHANGED,
    )


def strangers_come(case: Case) -> Verdict | None:
    """Many come whom nobody knows, while most of those who are known are no longer on the roster.

    If the spec selects less, those who are known were meant to go, and who comes is a stranger all the same. Another
    school in the place of one brings others, of whom nobody can tell; another course brings others to the same schools,
    where those who are known are listed still, but for the first weeks of a term.
    """
    plan, people = case.plan, case.plan.recognition
    if plan.accounts_created <= _NEWCOMERS or 2 * people.confirmed >= people.known or case.evidence is None:
        return None
    change = case.spec_change
    other_schools = change.schools_removed and change.schools_added
    other_people = other_schools or (change.adds and case.settling) or 2 * people.confirmed >= people.present
    if change.removes and other_people:
        return None
    return Verdict(
        THE_PLAN,
        f"{counted(plan.accounts_created, 'person[s] come[s|] whom nobody knows')}, and {_confirmed(people)}",
        "District: check that the server holds this district's roster, and the right school year. Publisher: approve "
        "only if these are new people of this district.",
        reasons.ROSTER_IN_QUESTION,
    )


def strangers_prevail(case: Case) -> Verdict | None:
    """In a school where many were known yesterday, more come in one night whom nobody knows than are known there.

    Not by a course that the spec did not select, and not in the first weeks of a term: then rosters fill. Of a school
    that it did not select, nobody was known.
    """
    if case.settling or case.spec_change.courses_added:
        return None
    limits = case.limits
    floor = max(_NEWCOMERS, limits.floor)
    found = [
        each
        for each in case.plan.newcomers
        if each.known > floor
        and each.coming > max(floor, each.there)
        and limits.exceeded(each.coming, each.coming + each.there, limits.school_percent)
    ]
    if not found:
        return None
    most = max(found, key=lambda each: each.coming)
    where = f"school {_named(case, most.school)}" if most.school else "schools that were served before"
    return Verdict(
        THE_PLAN,
        f"{counted(most.coming, 'person[s] come[s|]')} to {where} whom nobody knows, in one night, beside {most.there} "
        "who are known there",
        "District: check that these are people of this school, and that the classes are this year's. Publisher: "
        "approve if they are.",
        reasons.ROSTER_IN_QUESTION,
    )


def _named(case: Case, school: str) -> str:
    name = case.school_names.get(school)
    return f"{name} with id {school}" if name else school


def _is_recognised(people: Recognition, left: int) -> bool:
    """Whether nearly everybody who could be confirmed is; `left`: persons of whom nobody looked who they are."""
    if not people.known:
        return 2 * people.confirmed >= people.present
    both = min(people.known, people.present)
    confirmed = people.confirmed - left
    return both - confirmed <= _few(both) and 2 * confirmed >= both and people.changed <= _few(people.known)


def _few(persons: int) -> int:
    return max(_FEW, persons * _FEW_PERCENT // 100)


def _confirmed(people: Recognition) -> str:
    """For messages."""
    if not people.known:
        present = counted(people.present, "person[s]")
        return f"of {present} only {people.confirmed} are recognised by login, email or number"
    known = counted(people.known, "person[s] with licenses")
    return f"of {known} only {people.confirmed} are confirmed by login, email or number"
