"""`roster-operator explain`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from roster_operator.cli import asking, credentials, snapshot_key
from roster_operator.cli.rendering import columns, show
from roster_operator.cli.sis import sis
from roster_operator.cli.where import Where, of_district
from roster_operator.operations.explained import Explained, Has
from roster_operator.operations.explained_words import notes, reasons, rests_on, whom
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
    yield f"{whom(told)} of {told.district}, {rests_on(told)}"
    yield from notes(told)
    yield ""
    if told.has:
        yield columns(_HAS, map(_has, told.has))
    else:
        yield "They have no eBook."
    if told.lacks:
        yield ""
        yield columns(_LACKS, (reason for lacks in told.lacks for reason in reasons(lacks)))
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
