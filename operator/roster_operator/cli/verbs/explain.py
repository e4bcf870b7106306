"""`roster-operator explain`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from roster_operator.cli import asking, credentials, snapshot_key
from roster_operator.cli.rendering import columns, moment, show
from roster_operator.cli.sis import sis
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.explained import Broken, Explained, Has, Lacks, NextSync
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import ExplainRequest

_EXAMPLES = """\b
Examples:
  kubectl roster explain springfield -n districts --person jdoe
  roster-operator explain springfield --ledger sqlite:///ledger.sqlite --person account:4711 --ebook algebra
  roster-operator explain springfield --ledger postgresql://... --file districts/ --person jdoe --live
"""
_HAS = ("HAS", "EDITION", "ORIGIN", "SINCE (UTC)", "UNTIL (UTC)", "BY CLASS", "NEXT SYNC")
_LACKS = ("LACKS", "EDITION", "NEXT SYNC", "CLASS", "COURSE", "SCHOOL", "CAUSE", "WHO ACTS", "WHAT THEY DO")
_NO_READING = {
    "NoKey": "Why is not known: without the key of roster snapshots nobody is found in them. Platform: name its file "
    "with --snapshot-key-file.",
    "NoSnapshot": "Why is not known: no reading of the roster is kept. Publisher: see spec.snapshot; the next sync "
    "keeps one.",
    "OtherKey": "Why is not known: the reading that is kept was written by another key. The next sync writes it anew.",
    "NeverLinked": "Why is not known: no sync has recognized this account as a person of the roster. Publisher: see "
    "the checklist, Matching.",
}


@click.command(epilog=_EXAMPLES)
@of_district
@click.option("--person", required=True, metavar="WHO", help="account:ID, login, email, sourcedId or number.")
@click.option(
    "--ebook", default="", metavar="NAME", help="Of this eBook alone, whether or not they have to do with it."
)
@click.option(
    "--live",
    "ask_sis",
    is_flag=True,
    help="Ask the SIS about them now, and say what it tells otherwise. Needs --ledger.",
)
@click.option(
    "--host",
    "hosts",
    envvar=credentials.HOST_VARIABLE,
    multiple=True,
    metavar="HOST",
    help="With --live: see `sync`; several times.",
)
@click.option(
    "--roster-files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --live: see `sync`.",
)
@snapshot_key.OPTION
@asking.with_output
def explain(
    *,
    wanted: DistrictName,
    where: Where,
    person: str,
    ebook: str,
    ask_sis: bool,
    hosts: tuple[str, ...],
    roster_files: Path | None,
    snapshot_key_file: Path | None,
    output: str,
) -> None:
    """Say which eBooks a person of a DISTRICT has, and by which class; which they lack, and what breaks the chain.

    It rests on the last reading of the roster, and says of when that is, or with --live on what the SIS tells now. What
    the next sync does is judged by the spec of today. Nothing is changed; the access log is told who looked at whom.
    """
    with asking.answering():
        request = ExplainRequest(district=wanted, person=person, ebook=ebook, live=ask_sis)
        asked = sis(where.paths, where.kubeconfig, hosts, roster_files) if ask_sis else None
        result = where.find(request, key_file=snapshot_key_file, sis=asked)
    show(result, output, lambda told: "\n".join(_lines(told)))


def _lines(told: Explained) -> Iterator[str]:
    source = "the SIS" if told.live else "the roster"
    read = f"{source} as of {moment(told.read)} UTC" if told.read is not None else "the ledger alone"
    whom = f"Account {told.account}" if told.account is not None else "A person without an account"
    yield f"{whom} of {told.district}, by {read}; day {told.day.isoformat()}"
    if told.no_reading is not None:
        yield _NO_READING[told.no_reading]
    if told.unclear:
        yield "Nobody can say all that they are entitled to, so they keep what they have."
    for broken in told.unclear_because:
        place = f"Class {broken.class_id}: " if broken.class_id else ""
        yield f"  {place}{_causes(broken)}. {broken.acts or 'Nobody'}: {broken.remedy}"
    for each in told.circumstances:
        since = f" since {moment(each.since)} UTC" if each.since is not None else ""
        acts = f"{each.acts}: " if each.acts is not None and f"{each.acts}:" not in each.message else ""
        yield f"{each.what}{since}: {acts}{each.message}"
    for has in told.has:
        if has.waits is not None:
            since = f" since {moment(has.waits.since)} UTC" if has.waits.since is not None else ""
            why = f" ({has.waits.why})" if has.waits.why else ""
            yield f"The removal of {has.ebook}{why} waits{since}. If it is right: {has.waits.approve}"
    yield ""
    if told.has:
        yield columns(_HAS, map(_has, told.has))
    else:
        yield "They have no eBook."
    if told.lacks:
        yield ""
        yield columns(_LACKS, (row for lacks in told.lacks for row in _rows(lacks)))
    if told.questions:
        yield ""
        yield columns(
            ("THE CHECKLIST ASKS", "CLASS", "WHAT", "SINCE (UTC)"),
            ((each.item, each.class_id, each.what, each.since) for each in told.questions),
        )
    if told.differs:
        yield ""
        yield "The SIS tells otherwise than the last reading did; the next sync reads it."
        yield columns(("CLASS", "THEN", "NOW"), ((each.class_id, each.then, each.now) for each in told.differs))


def _has(has: Has) -> tuple[object, ...]:
    coming = f"{has.next_sync} (its removal waits)" if has.waits is not None else str(has.next_sync)
    return has.ebook, has.edition, has.origin, has.since, has.until, ", ".join(has.classes), coming


def _rows(lacks: Lacks) -> Iterator[tuple[str, ...]]:
    what, edition, coming = lacks.ebook, lacks.edition, str(lacks.next_sync)
    if lacks.next_sync is NextSync.GRANTS and lacks.entitled:
        told = "The roster gives it. See the checklist, Matching; or sync now."
        yield what, edition, coming, "", "", "", "NotGrantedYet", "Publisher", told
    elif not lacks.because:
        told = (
            "Sync now: by the spec of today the roster gives it."
            if lacks.next_sync is NextSync.GRANTS
            else "Enroll them in a class at a school of spec.schools; the class's school counts, not the home school."
        )
        cause, acts = ("SpecChanged", "") if lacks.next_sync is NextSync.GRANTS else ("NotEnrolled", "District")
        yield what, edition, coming, "", "", "", cause, acts, told
    for broken in lacks.because:
        place = broken.class_id, broken.course, broken.school
        yield what, edition, coming, *place, _causes(broken), str(broken.acts or ""), broken.remedy


def _causes(broken: Broken) -> str:
    return ", ".join((broken.cause, *broken.further))
