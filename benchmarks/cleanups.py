"""`make bench-cleanups`: what it takes to import the accounts of a large district from before, and to clean them up.

Twice as many accounts as SIZE has students: each has a login of another form, and one in twenty is a second one. They
are imported, cleaned up, and that is turned back, each by the command, on PostgreSQL and on SQLite.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.districts import SIZES, manifests, pages, scratch_folder
from benchmarks.ledgers import Ledger, PostgresLedger, SqliteLedger
from benchmarks.measure import PROGRAM, Measured, compile_program, process
from benchmarks.publish import keep
from benchmarks.results import machine
from hack.postgres import PrivatePostgres

from roster_operator.ledger.store import open_ledger

TITLES = ("ledger", "what", "time", "CPU time", "memory", "asked for")
_NOBODY = "http://127.0.0.1:9"
"""Where no SIS is: none is asked."""
_RULES = ("--domain", "old.example=new.example", "--domain", "older.example=new.example")


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--size", choices=SIZES, default=os.environ.get("SIZE", "small"))
    accounts = 2 * SIZES[arguments.parse_args().size].students
    compile_program()
    lines = [f"{accounts:,} accounts; {machine()}.", "", f"| {' | '.join(TITLES)} |", f"|{'---|' * len(TITLES)}"]
    with PrivatePostgres(durable=True) as server, scratch_folder() as scratch:
        manifest = manifests(SIZES["small"], pages(SIZES["small"]), _NOBODY, scratch)
        ledgers: dict[str, Ledger] = {
            "PostgreSQL": PostgresLedger(server),
            "SQLite": SqliteLedger(scratch / "ledger.sqlite"),
        }
        for name, ledger in ledgers.items():
            lines += [f"| {name} | {' | '.join(some)} |" for some in measured(ledger, manifest, scratch, accounts)]
            ledger.drop()
    keep("cleanups", lines)
    return 0


def measured(ledger: Ledger, manifest: Path, scratch: Path, accounts: int) -> Iterator[tuple[str, ...]]:
    """Rows of the table."""
    books = open_ledger(ledger.url)
    books.migrate()
    books.close()
    file = scratch / "licenses.csv"
    file.write_text("".join(_lines(accounts)), encoding="utf-8")
    where: list[str | Path] = ["--file", manifest, "--ledger", ledger.url]
    taking: list[str | Path] = ["import", "bench", file, *where]
    cleaning: list[str | Path] = ["cleanup", "bench", *_RULES, *where]
    yield f"import of {accounts:,} accounts", *_told(_done(ledger, taking), "60 s")
    ledger.analyze()
    yield "clean-up, shown", *_told(process([PROGRAM, *cleaning], ledger.watched()), "10 s")
    yield "clean-up, done", *_told(_done(ledger, [*cleaning, "--reason", "bench"]), "")
    run = _answer(["history", "bench", "--limit", "1", "--ledger", ledger.url])["runs"][0]["runID"]
    turning: list[str | Path] = ["undo", "bench", run, "--reason", "bench", "--ledger", ledger.url]
    yield "clean-up, turned back", *_told(_done(ledger, turning), "")


def _lines(accounts: int) -> Iterator[str]:
    yield "username,email,ebook,edition\n"
    for number in range(accounts):
        who = number - 1 if number % 20 == 1 else number
        domain = "older.example" if who != number else "old.example"
        yield f"USER{who:07}@{domain},user{who:07}@{domain},algebra,Student\n"


def _done(ledger: Ledger, command: list[str | Path]) -> Measured:
    """Carried out by the digest of what it shows."""
    return process([PROGRAM, *command, "--digest", _answer(command)["digest"]], ledger.watched())


def _answer(command: list[str | Path]) -> dict[str, Any]:
    printed = subprocess.run([PROGRAM, *command, "-o", "json"], check=True, capture_output=True)  # noqa: S603 - ours
    answer: dict[str, Any] = json.loads(printed.stdout)
    return answer


def _told(run: Measured, bound: str) -> tuple[str, str, str, str]:
    return f"{run.wall:.2f} s", f"{run.cpu + run.database_cpu:.2f} s", f"{run.memory:.0f} MiB", bound


if __name__ == "__main__":
    sys.exit(main())
