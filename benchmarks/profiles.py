"""`make bench-profiles`: where the CPU time of each case goes, as a table a case and as a flame graph in `build/`.

    python -m benchmarks.profiles PY_SPY [--size SIZE]

py-spy looks at the program from outside, so that threads that wait for the interpreter are seen too. The tables go to
`build/bench-profiles.json`, which `make bench-docs` puts into docs/contribute/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.__main__ import CONNECTIONS
from benchmarks.districts import PERCENT, SIZES, manifests, pages, scratch_folder, served
from benchmarks.ledgers import PostgresLedger
from benchmarks.measure import PROGRAM
from benchmarks.publish import PROFILES
from benchmarks.results import FIRST, ONE_PERCENT, SAME
from hack.postgres import PrivatePostgres

_RATE = 400
_ROWS = 14
_FRAME = re.compile(r"^(?P<name>\S+) \((?P<file>.*?)(?::\d+)?\)$")


def main() -> int:
    """Profile first, the same, and one percent changed, on PostgreSQL."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("py_spy", type=Path)
    arguments.add_argument("--size", choices=SIZES, default=os.environ.get("SIZE", "large"))
    given = arguments.parse_args()
    size = SIZES[given.size]
    before, after = pages(size), pages(size, PERCENT)
    tables: dict[str, list[str]] = {}
    with (
        PrivatePostgres(durable=True) as server,
        scratch_folder() as scratch,
        served(before, scratch) as (url, _),
        served(after, scratch) as (changed_url, _),
    ):
        as_is = manifests(size, before, url, scratch, CONNECTIONS)
        changed = manifests(size, after, changed_url, scratch, CONNECTIONS)
        ledger = PostgresLedger(server)
        PROFILES.parent.mkdir(exist_ok=True)
        for case, manifest in ((FIRST, as_is), (SAME, as_is), (ONE_PERCENT, changed)):
            stacks = _looked_at(given.py_spy, manifest, ledger.url, PROFILES.parent / f"profile-{_slug(case)}")
            tables[f"profile-{_slug(case)}"] = _table(stacks)
            print(f"\n{case}, {size.students:,} students")
            print("\n".join(tables[f"profile-{_slug(case)}"]))
    PROFILES.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    return 0


def _slug(case: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", case.lower()).strip("-")


def _looked_at(py_spy: Path, manifest: Path, ledger: str, result: Path) -> list[tuple[list[str], int]]:
    """Stacks and how often each was seen with the interpreter in its hands; the flame graph's data is kept."""
    folded = result.with_suffix(".folded")
    command = [str(py_spy), "record", "--gil", "--threads", "--function", f"--rate={_RATE}", "--format=raw"]
    command += [
        f"--output={folded}",
        "--",
        sys.executable,
        PROGRAM,
        "sync",
        "--create",
        f"--file={manifest}",
        f"--ledger={ledger}",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    lines = folded.read_text(encoding="utf-8").splitlines()
    return [(stack.split(";"), int(count)) for stack, _, count in (line.rpartition(" ") for line in lines)]


def _table(stacks: Iterable[tuple[list[str], int]]) -> list[str]:
    """The functions that are worth a look: seconds in the function itself, and with what it calls."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for frames, count in stacks:
        names = [_short(frame) for frame in frames[1:]]
        if any("_find_and_load" in name for name in names):
            names = ["imports, at the start of the program"]
        if not names:
            continue
        own[names[-1]] += count
        whole.update(dict.fromkeys(names, count))
    total = sum(own.values()) or 1
    lines = [
        f"{total / _RATE:.2f} s with the interpreter's lock held, a look every {1000 / _RATE:.1f} ms.",
        "",
        "| function | itself s | share | with calls s |",
        "|---|---|---|---|",
    ]
    for name, count in own.most_common(_ROWS):
        lines.append(f"| `{name}` | {count / _RATE:.2f} | {100 * count / total:.0f} % | {whole[name] / _RATE:.2f} |")
    return lines


def _short(frame: str) -> str:
    """`module: function` without folders of the machine."""
    found = _FRAME.match(frame)
    if found is None:
        return frame
    file = re.sub(r"^.*?(?:site-packages/|python3\.\d+/|operator/roster_operator/)", "", found["file"])
    return f"{file.removesuffix('.py')}: {found['name']}"


if __name__ == "__main__":
    sys.exit(main())
