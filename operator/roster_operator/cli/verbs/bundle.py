"""`roster-operator bundle`."""

from __future__ import annotations

import json
import zipfile
from contextlib import nullcontext
from pathlib import Path

import click

from roster_operator.cli import asking
from roster_operator.cli.resources import resources
from roster_operator.clock import SystemClock
from roster_operator.errors import InputError
from roster_operator.operations.bundle import Bundle
from roster_operator.operations.bundle import bundle as ask
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.wire import plain
from roster_operator.plurals import counted

_EXAMPLES = """\b
Examples:
  kubectl roster bundle springfield -n districts --to support.zip
  roster-operator bundle --file districts/ --ledger sqlite:///ledger.sqlite --to support.zip
"""


@click.command(epilog=_EXAMPLES)
@click.argument("districts", nargs=-1, metavar="[DISTRICT]...")
@asking.of_resources
@click.option("-A", "--all-namespaces", is_flag=True, help="Of all namespaces of the cluster, if no district is named.")
@asking.of_ledger
@click.option(
    "--to", "path", type=click.Path(path_type=Path), required=True, metavar="PATH", help="The ZIP file to write."
)
def bundle(
    *,
    districts: tuple[str, ...],
    paths: tuple[str, ...],
    kubeconfig: Path | None,
    namespace: str,
    all_namespaces: bool,
    ledger_url: str | None,
    path: Path,
) -> None:
    """Write a support archive of the DISTRICTs named, or of all: their settings, status and runs, and no person.

    It holds fields that are on a list, and nothing else: no label, no Secret, no name of a school. Look into it before
    you send it; it is a few files of JSON.
    """
    now = SystemClock().now()
    with asking.answering(), asking.queries_of(ledger_url) if ledger_url else nullcontext() as queries:
        if path.exists():
            raise InputError(f"{path} is there already. Name another file (--to).")
        found = resources(paths, kubeconfig, namespace, everywhere=all_namespaces)
        named = [found.one(DistrictName(name, namespace)) for name in districts]
        made = ask(named if districts else found.each(lambda each: each), queries, now)
        try:
            _write(made, path)
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}. Name another file (--to).") from None
    click.echo(f"{path}: {counted(len(made.districts), 'district[s]')}. No person is in it; look into it all the same.")


def _write(made: Bundle, path: Path) -> None:
    about = {name: value for name, value in plain(made).items() if name != "districts"}
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("about.json", json.dumps(about, indent=2))
        for district in made.districts:
            metadata = district.resource["metadata"]
            name = f"{metadata.get('namespace', '')}/{metadata['name']}.json"
            archive.writestr(name, json.dumps(plain(district), indent=2, ensure_ascii=False))
