"""`roster-operator bundle`."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from roster_operator.cli import asking
from roster_operator.cli.verbs.fleet import whole_fleet
from roster_operator.cli.where import Ask, Where, of_fleet
from roster_operator.errors import InputError, RosterOperatorError, UnknownName
from roster_operator.operations.bundle import Bundle
from roster_operator.operations.fleet import Order
from roster_operator.operations.fleet_requests import FleetRowsRequest
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.spec_requests import BundleRequest
from roster_operator.operations.wire import plain
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster bundle springfield -n districts --to support.zip
  roster-operator bundle --file districts/ --ledger sqlite:///ledger.sqlite --to support.zip
"""


@click.command(epilog=_EXAMPLES)
@click.argument("districts", nargs=-1, metavar="[DISTRICT]...")
@of_fleet
@click.option(
    "--to", "path", type=click.Path(path_type=Path), required=True, metavar="PATH", help="The ZIP file to write."
)
def bundle(
    *,
    districts: tuple[str, ...],
    where: Where,
    path: Path,
) -> None:
    """Write a support archive of the DISTRICTs named, or of all: their settings, status and runs, and no person.

    It holds fields that are on a list, and nothing else: no label, no Secret, no name of a school. Look into it before
    you send it; it is a few files of JSON.
    """
    with asking.answering():
        if path.exists():
            raise InputError(f"{path} is there already. Name another file (--to).")
        with where.asking(needs_ledger=False) as ask:
            named = [DistrictName(name, where.namespace) for name in districts] or _all_of(ask)
            if not named:
                raise InputError("There is no district of which there could be a bundle.")
            try:
                written = _write(_bundles(ask, named, all_named=bool(districts)), path)
            except OSError as error:
                raise InputError(f"{path} cannot be written: {error.strerror}. Name another file (--to).") from None
    click.echo(f"{path}: {counted(written, 'district[s]')}. No person is in it; look into it all the same.")


def _all_of(ask: Ask) -> list[DistrictName]:
    rows = whole_fleet(ask, FleetRowsRequest(order=Order.NAME)).rows
    return [DistrictName(row.name, row.namespace) for row in rows]


def _bundles(ask: Ask, districts: Sequence[DistrictName], *, all_named: bool) -> Iterator[Bundle]:
    """One by one, so that no answer is large. Who went since they were listed is left out."""
    for district in districts:
        try:
            yield ask(BundleRequest(district=district))
        except UnknownName:
            if all_named:
                raise


def _write(bundles: Iterator[Bundle], path: Path) -> int:
    """How many districts there are. No half archive is left."""
    written = 0
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            for bundle in bundles:
                if not written:
                    about = {name: value for name, value in plain(bundle).items() if name != "districts"}
                    archive.writestr("about.json", json.dumps(about, indent=2))
                for district in bundle.districts:
                    metadata = district.resource["metadata"]
                    name = f"{metadata.get('namespace', '')}/{metadata['name']}.json"
                    archive.writestr(name, json.dumps(plain(district), indent=2, ensure_ascii=False))
                    written += 1
    except RosterOperatorError:
        path.unlink(missing_ok=True)
        raise
    return written
