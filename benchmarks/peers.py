"""`make bench-peers`: 50,000 users read by the OneRoster clients of PyPI and by this operator, in CPU time.

    python -m benchmarks.peers PYTHON

PYTHON has the other clients installed. All read the same pages of 5,000 from the same server, each alone, in turn. The
result is a table in `build/bench`, which `make bench-docs` puts into docs/contribute/performance.md.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.districts import Size, pages, scratch_folder, served
from benchmarks.peer_clients import CLIENTS
from benchmarks.publish import keep
from benchmarks.results import machine

_SIZE = Size("peers", 47_200, 5)
_SCRIPT = Path(__file__).with_name("peer_clients.py")
_OURS = "roster-operator"
_PATIENCE = 600.0


def main() -> int:
    """Measure and print."""
    theirs = sys.argv[1]
    folder = pages(_SIZE)
    _add_roles(folder)
    records: dict[str, int] = {}
    seconds: dict[str, list[float]] = {}
    excuses: dict[str, str] = {}
    with scratch_folder() as scratch, served(folder, scratch) as (url, _):
        for _round in range(_SIZE.rounds):
            for name in CLIENTS:
                if name in excuses:
                    continue
                python = sys.executable if name == _OURS else theirs
                command = [python, str(_SCRIPT), name, url, str(_SIZE.page_size)]
                ran = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603
                if ran.returncode:
                    excuses[name] = _excuse(ran.stderr)
                    continue
                count, spent = ran.stdout.split()[-2:]
                records[name] = int(count)
                seconds.setdefault(name, []).append(float(spent))
    keep("peers", _table(records, seconds, excuses))
    return 0


def _excuse(errors: str) -> str:
    last = (errors.strip().splitlines() or ["it ended without a word"])[-1][:200]
    return "not installed, as it needs Python 3.12 or newer" if last.startswith("ModuleNotFoundError") else last


def _add_roles(folder: Path) -> None:
    """The users of OneRoster 1.2 have roles; one of the clients reads no others, and the rest do not mind."""
    mark = folder / "roles"
    if mark.exists():
        return
    for collection in ("users", "students", "teachers"):
        for path in (folder / collection).glob("*.json"):
            users: list[dict[str, Any]] = json.loads(path.read_bytes())["users"]
            for user in users:
                user["roles"] = [{"roleType": "primary", "role": user["role"], "org": user["orgs"][0]}]
            path.write_text(json.dumps({"users": users}, separators=(",", ":")), encoding="utf-8")
    mark.touch()


def _table(records: dict[str, int], seconds: dict[str, list[float]], excuses: dict[str, str]) -> list[str]:
    rates = {name: records[name] / statistics.median(spent) for name, spent in seconds.items()}
    best = max((rate for name, rate in rates.items() if name != _OURS), default=0.0)
    lines = [
        f"{machine()}; median of {_SIZE.rounds} interleaved runs.",
        "",
        "| client | records | CPU s | CPU s a million records | of the best peer's speed |",
        "|---|---|---|---|---|",
    ]
    for name, rate in sorted(rates.items(), key=lambda item: -item[1]):
        share = f"{rate / best:.1f}" if best else ""
        spent = statistics.median(seconds[name])
        lines.append(f"| {name} | {records[name]:,} | {spent:.2f} | {1e6 / rate:.1f} | {share} |")
    return lines + [f"| {name} | did not read them: {excuse} | | | |" for name, excuse in excuses.items()]


if __name__ == "__main__":
    sys.exit(main())
