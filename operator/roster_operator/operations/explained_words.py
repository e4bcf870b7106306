"""What `explain` answers in words, so that commands and pages say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from roster_operator.errors import Actor
from roster_operator.messages import gettext as _
from roster_operator.operations.circumstances import Circumstance
from roster_operator.operations.explained import Broken, Explained, Has, Lacks, NextSync, NoReading, Waits

_NO_READING: Final = {
    NoReading.NO_KEY: _(
        "Why is not known: without the key of roster snapshots nobody is found in them. Platform: name "
        "its file with --snapshot-key-file."
    ),
    NoReading.NO_SNAPSHOT: _(
        "Why is not known: no reading of the roster is kept. Publisher: see spec.snapshot; the next sync keeps one."
    ),
    NoReading.OTHER_KEY: _(
        "Why is not known: the reading that is kept was written by another key. The next sync writes it anew."
    ),
    NoReading.NEVER_LINKED: _(
        "Why is not known: no sync has recognized this account as a person of the roster. "
        "Publisher: see the checklist, Matching."
    ),
}


_ACTORS: Final = {
    Actor.DISTRICT: _("District"),
    Actor.PUBLISHER: _("Publisher"),
    Actor.PLATFORM: _("Platform"),
}


class Reason(NamedTuple):
    """Why one enrollment, or none, does not give an eBook."""

    ebook: str
    edition: str
    next_sync: str
    class_id: str
    course: str
    school: str
    causes: str
    acts: str
    what: str
    """That they do."""


def whom(told: Explained) -> str:
    """Without a name."""
    if told.account is None:
        return _("A person without an account")
    return _("Account {account}", account=str(told.account))


def rests_on(told: Explained) -> str:
    """On what, and as of when."""
    if told.read is None:
        return _("by the ledger alone; day {day}", day=told.day)
    if told.live:
        return _("by the SIS as of {read}; day {day}", read=told.read, day=told.day)
    return _("by the roster as of {read}; day {day}", read=told.read, day=told.day)


def notes(told: Explained) -> Iterator[str]:
    """What concerns all that they have and lack; what two conditions of the district say alike once."""
    yield from dict.fromkeys((*notes_of_person(told), *map(_circumstance, told.circumstances)))


def notes_of_person(told: Explained) -> Iterator[str]:
    """What concerns this person alone."""
    if told.no_reading is not None:
        yield _NO_READING[told.no_reading]
    if told.unclear:
        yield _("Nobody can say all that they are entitled to, so they keep what they have.")
    for broken in told.unclear_because:
        told_of = {"causes": _causes(broken), "actor": actor_told(broken.acts), "remedy": broken.remedy}
        if broken.class_id:
            yield _("Class {class_id}: {causes}. {actor}: {remedy}", class_id=broken.class_id, **told_of)
        else:
            yield _("{causes}. {actor}: {remedy}", **told_of)
    for has in told.has:
        if has.absent:
            yield _(
                "Of {ebook} no more is said than that they are no longer listed. It goes once another complete "
                "reading says so, too (spec.guard.absentReads); in a freeze of spec.terms, when that is over.",
                ebook=has.ebook,
            )
        if has.waits is not None:
            yield _waiting(has, has.waits)


def _waiting(has: Has, waits: Waits) -> str:
    what = _("{ebook} ({why})", ebook=has.ebook, why=waits.why) if waits.why else has.ebook
    if waits.since is None:
        return _("The removal of {ebook} waits. If it is right: {command}", ebook=what, command=waits.approve)
    return _(
        "The removal of {ebook} waits since {since}. If it is right: {command}",
        ebook=what,
        since=waits.since,
        command=waits.approve,
    )


def _circumstance(each: Circumstance) -> str:
    since = f" since {_moment(each.since)}" if each.since is not None else ""
    acts = f"{each.acts}: " if each.acts is not None and f"{each.acts}:" not in each.message else ""
    return f"{each.what}{since}: {acts}{each.message}"


def actor_told(actor: Actor | None) -> str:
    """Who acts."""
    return _ACTORS[actor] if actor is not None else _("Nobody")


def reasons(lacks: Lacks) -> Iterator[Reason]:
    """The nearest to giving it first."""
    what, edition, coming = lacks.ebook, lacks.edition, str(lacks.next_sync)
    if lacks.next_sync is NextSync.GRANTS and lacks.entitled:
        told = _("The roster gives it. See the checklist, Matching; or sync now.")
        yield Reason(what, edition, coming, "", "", "", "NotGrantedYet", "Publisher", told)
    elif not lacks.because and lacks.next_sync is NextSync.GRANTS:
        told = _("Sync now: by the spec of today the roster gives it.")
        yield Reason(what, edition, coming, "", "", "", "SpecChanged", "", told)
    elif not lacks.because:
        told = _("Enroll them in a class at a school of spec.schools; the class's school counts, not the home school.")
        yield Reason(what, edition, coming, "", "", "", "NotEnrolled", "District", told)
    for broken in lacks.because:
        place = broken.class_id, broken.course, broken.school
        yield Reason(what, edition, coming, *place, _causes(broken), str(broken.acts or ""), broken.remedy)


def _causes(broken: Broken) -> str:
    return ", ".join((broken.cause, *broken.further))


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
