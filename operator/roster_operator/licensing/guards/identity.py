"""Whether the persons of a roster are those whom the ledger knows. An id is an id of one source only."""

from __future__ import annotations

from typing import Final

from roster_operator.api import reasons
from roster_operator.licensing.guards.case import THE_PLAN, Case, Verdict
from roster_operator.licensing.models import Recognition
from roster_operator.licensing.rekey import Rekey, few
from roster_operator.plurals import counted

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
    """Another server may give the same ids to other people, unless everybody who can be told agrees."""
    readings, rekey = case.two_readings, case.plan.rekey
    if readings is None or rekey is None or readings[0].ids_of.may_be(readings[1].source):
        return None
    before, now = readings[0].ids_of, readings[1].source
    return Verdict(
        THE_PLAN,
        f"the source was {before} and is {now} now, and {_agreement(rekey)}",
        "Publisher: put the former source back; or use a new RosterIntegration if it is another district; approve only "
        f"if it is the same one. {_REKEYED}",
        reasons.SOURCE_CHANGED,
    )


def identities_changed(case: Case) -> Verdict | None:
    """The same source, and the same ids; but they seem to have been given to others."""
    people, rekey = case.plan.recognition, case.plan.rekey
    if rekey is not None:
        return Verdict(
            THE_PLAN,
            f"{_agreement(rekey)}. The ids may be other people's now",
            "District: check that the server holds this district's roster, and whether ids were given anew. Publisher: "
            f"approve only if they were. {_REKEYED}",
            reasons.IDENTITIES_CHANGED,
        )
    if people.changed <= few(people.known or people.present):
        return None
    return Verdict(
        THE_PLAN,
        f"{counted(people.changed, 'person[ has|s have] the id from before')}, and another login and number, or all "
        f"of these that were known; {_confirmed(people)}. The ids may be other people's now",
        "The next full read shows what to approve.",
        reasons.IDENTITIES_CHANGED,
        approvable=False,
    )


_REKEYED: Final = (
    "Then whoever agrees keeps account and licenses; whoever has an id that was known, and neither its login nor its "
    "number, is new, and the account is that of somebody no longer listed (spec.matching.unconfirmed: SameAccount if "
    "they are the same people)."
)


def _agreement(rekey: Rekey) -> str:
    """For messages."""
    found = rekey.agreement
    told = f"{found.both} by login and number, {found.login} by login only, {found.number} by number only"
    silent = f" ({found.silent} have nothing to compare)" if found.silent else ""
    ambiguous = f", {found.ambiguous} by what fits several" if found.ambiguous else ""
    gone = f"; {counted(rekey.retired, 'account[s] would be nobody')}'s any more" if rekey.retired else ""
    moved = f"; {counted(found.moved, 'of them come[s|] under another id')}" if found.moved else ""
    return f"people agree with the accounts: {told}, {found.neither} by neither{silent}{ambiguous}{moved}{gone}"


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


def _confirmed(people: Recognition) -> str:
    """For messages."""
    if not people.known:
        present = counted(people.present, "person[s]")
        return f"of {present} only {people.confirmed} are recognized by login, email or number"
    known = counted(people.known, "person[s] with licenses")
    return f"of {known} only {people.confirmed} are confirmed by login, email or number"
