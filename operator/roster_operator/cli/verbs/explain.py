"""`roster-operator explain`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from roster_operator.cli import asking, snapshot_key
from roster_operator.cli.rendering import columns, moment, show
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.explain import Broken, Explained, Lacks
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import ExplainRequest

_EXAMPLES = """\b
Examples:
  kubectl roster explain springfield -n districts --person jdoe
  roster-operator explain springfield --ledger sqlite:///ledger.sqlite --person account:4711 --ebook algebra
"""
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
@click.option(
    "--person", required=True, metavar="WHO", help="account:ID, question:ID, login, email, sourcedId or number."
)
@click.option(
    "--ebook", default="", metavar="NAME", help="Of this eBook alone, whether or not they have to do with it."
)
@snapshot_key.OPTION
@asking.with_output
def explain(
    *, wanted: DistrictName, where: Where, person: str, ebook: str, snapshot_key_file: Path | None, output: str
) -> None:
    """Say which eBooks a person of a DISTRICT has, and by which class; which they lack, and what breaks the chain.

    It rests on the last reading of the roster, and says of when that is. The access log is told who looked at whom.
    """
    with asking.answering():
        request = ExplainRequest(district=wanted, person=person, ebook=ebook)
        result = where.find(request, key_file=snapshot_key_file)
    show(result, output, lambda told: "\n".join(_lines(told)))


def _lines(told: Explained) -> Iterator[str]:
    read = f"the roster as of {moment(told.read)} UTC" if told.read is not None else "the ledger alone"
    whom = f"Account {told.account}" if told.account is not None else "A person without an account"
    yield f"{whom} of {told.district}, by {read}; day {told.day.isoformat()}"
    if told.no_reading is not None:
        yield _NO_READING[told.no_reading]
    if told.unclear:
        yield "Nobody can say all that they are entitled to, so they keep what they have."
    yield ""
    if told.has:
        yield columns(
            ("HAS", "EDITION", "ORIGIN", "SINCE (UTC)", "BY CLASS", "NOTE"),
            (
                (has.ebook, has.edition, has.origin, has.since, ", ".join(has.classes), _note(has.removal_waits))
                for has in told.has
            ),
        )
    else:
        yield "They have no eBook."
    if told.lacks:
        yield ""
        yield columns(
            ("LACKS", "EDITION", "CLASS", "CAUSE", "WHO ACTS", "WHAT THEY DO"),
            (row for lacks in told.lacks for row in _rows(lacks)),
        )
    if told.questions:
        yield ""
        yield columns(
            ("THE CHECKLIST ASKS", "CLASS", "WHAT", "SINCE (UTC)"),
            ((each.item, each.class_id, each.what, each.since) for each in told.questions),
        )


def _note(waits: bool) -> str:
    return "its removal waits" if waits else ""


def _rows(lacks: Lacks) -> Iterator[tuple[str, ...]]:
    if lacks.entitled:
        what = "The roster gives it. See the checklist, Matching; or sync now."
        yield lacks.ebook, lacks.edition, "", "NotGrantedYet", "Publisher", what
    elif not lacks.because:
        what = "Enroll them in a class at a school of spec.schools."
        yield lacks.ebook, lacks.edition, "", "NotEnrolled", "District", what
    for broken in lacks.because:
        yield lacks.ebook, lacks.edition, broken.class_id, _causes(broken), str(broken.acts or ""), broken.remedy


def _causes(broken: Broken) -> str:
    return ", ".join((broken.cause, *broken.further))
