"""What `explain` answers in words, so that commands and pages say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from roster_operator.operations.explained import Broken, Explained, Lacks, NextSync, NoReading

_NO_READING: Final = {
    NoReading.NO_KEY: "Why is not known: without the key of roster snapshots nobody is found in them. Platform: name "
    "its file with --snapshot-key-file.",
    NoReading.NO_SNAPSHOT: "Why is not known: no reading of the roster is kept. Publisher: see spec.snapshot; the next "
    "sync keeps one.",
    NoReading.OTHER_KEY: "Why is not known: the reading that is kept was written by another key. The next sync writes "
    "it anew.",
    NoReading.NEVER_LINKED: "Why is not known: no sync has recognized this account as a person of the roster. "
    "Publisher: see the checklist, Matching.",
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
    return f"Account {told.account}" if told.account is not None else "A person without an account"


def rests_on(told: Explained) -> str:
    """On what, and as of when."""
    source = "the SIS" if told.live else "the roster"
    read = f"{source} as of {_moment(told.read)}" if told.read is not None else "the ledger alone"
    return f"by {read}; day {told.day.isoformat()}"


def notes(told: Explained) -> Iterator[str]:
    """What concerns all that they have and lack; what two conditions of the district say alike once."""
    yield from dict.fromkeys(_notes(told))


def _notes(told: Explained) -> Iterator[str]:
    if told.no_reading is not None:
        yield _NO_READING[told.no_reading]
    if told.unclear:
        yield "Nobody can say all that they are entitled to, so they keep what they have."
    for broken in told.unclear_because:
        place = f"Class {broken.class_id}: " if broken.class_id else ""
        yield f"  {place}{_causes(broken)}. {broken.acts or 'Nobody'}: {broken.remedy}"
    for each in told.circumstances:
        since = f" since {_moment(each.since)}" if each.since is not None else ""
        acts = f"{each.acts}: " if each.acts is not None and f"{each.acts}:" not in each.message else ""
        yield f"{each.what}{since}: {acts}{each.message}"
    for has in told.has:
        if has.absent:
            yield (
                f"Of {has.ebook} no more is said than that they are no longer listed. It goes once another complete "
                "reading says so, too (spec.guard.absentReads); in a freeze of spec.terms, when that is over."
            )
        if has.waits is not None:
            since = f" since {_moment(has.waits.since)}" if has.waits.since is not None else ""
            why = f" ({has.waits.why})" if has.waits.why else ""
            yield f"The removal of {has.ebook}{why} waits{since}. If it is right: {has.waits.approve}"


def reasons(lacks: Lacks) -> Iterator[Reason]:
    """The nearest to giving it first."""
    what, edition, coming = lacks.ebook, lacks.edition, str(lacks.next_sync)
    if lacks.next_sync is NextSync.GRANTS and lacks.entitled:
        told = "The roster gives it. See the checklist, Matching; or sync now."
        yield Reason(what, edition, coming, "", "", "", "NotGrantedYet", "Publisher", told)
    elif not lacks.because and lacks.next_sync is NextSync.GRANTS:
        told = "Sync now: by the spec of today the roster gives it."
        yield Reason(what, edition, coming, "", "", "", "SpecChanged", "", told)
    elif not lacks.because:
        told = "Enroll them in a class at a school of spec.schools; the class's school counts, not the home school."
        yield Reason(what, edition, coming, "", "", "", "NotEnrolled", "District", told)
    for broken in lacks.because:
        place = broken.class_id, broken.course, broken.school
        yield Reason(what, edition, coming, *place, _causes(broken), str(broken.acts or ""), broken.remedy)


def _causes(broken: Broken) -> str:
    return ", ".join((broken.cause, *broken.further))


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
