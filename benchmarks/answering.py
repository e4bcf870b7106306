"""Asks what people ask, in a process that stands for the service, and writes how long the answers took.

    python -m benchmarks.answering LEDGER_URL KEY_FILE MANIFESTS EVERY RESULT

It asks for every EVERYth person. RESULT becomes JSON: for each question, in milliseconds, the median, the longest
answer, and the CPU time of this process at the median. `benchmarks.answers` runs it, and looks at its memory.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.cli.resources import resources
from roster_operator.clock import SystemClock
from roster_operator.ledger.people import open_people
from roster_operator.ledger.queries import open_queries
from roster_operator.ledger.undo import open_undo
from roster_operator.operations.explain import Asked, explain
from roster_operator.operations.fleet import FleetRow, Order, Wanted, fleet, row_of
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.ports import Caller, DistrictName
from roster_operator.operations.upcoming import upcoming
from roster_operator.snapshot.key import SnapshotKey

EXPLAIN, UPCOMING, FLEET_FIRST, FLEET = "explain", "upcoming", "fleet, the first time", "fleet, afterwards"
DISTRICTS = 17_526
"""Of the United States' public schools."""
ASKED = 40
"""How many people, from all over the district, and times."""


def main() -> None:
    """Ask and write."""
    url, key_file, manifests, every, result = sys.argv[1:]
    importlib.import_module("roster_operator.service.app")
    integration = next(iter(yaml.safe_load_all(Path(manifests).read_text(encoding="utf-8"))))
    queries, people, undoing = open_queries(url), open_people(url), open_undo(url)
    key = SnapshotKey.read(Path(key_file).read_text(encoding="ascii"), key_file)
    now = SystemClock().now()
    inquiry = Inquiry(queries, people, Caller("bench", "os"), now, key, undoing)
    district = DistrictName("bench", "default")
    accounts = queries.known_accounts(queries.districts()[0].id)
    persons = [account.username for at, account in enumerate(accounts) if at % int(every) == 0][:ASKED]
    files = resources([manifests], None, "")
    parsed = files.one(district)
    took = {
        EXPLAIN: _each(lambda person: explain(inquiry, files, Asked(district, person)), persons),
        UPCOMING: _each(lambda _: upcoming(parsed, queries, {}, now), range(ASKED)),
    }
    rows: list[FleetRow] = []
    bodies = [_body(integration, number) for number in range(DISTRICTS)]
    took[FLEET_FIRST] = _each(
        lambda _: rows.extend(row_of(RosterIntegration.model_validate(body), now) for body in bodies), range(1)
    )
    took[FLEET] = _each(lambda order: fleet(rows, Wanted(contains="1"), order), [*Order] * 5)
    Path(result).write_text(json.dumps(took), encoding="utf-8")


def _each(ask: Callable[[Any], object], given: Iterable[Any]) -> tuple[float, float, float]:
    """Milliseconds of an answer: the median, the most, and the median of CPU time."""
    took, spent = [], []
    for one in given:
        started, before = time.perf_counter(), time.process_time()
        ask(one)
        spent.append(1000 * (time.process_time() - before))
        took.append(1000 * (time.perf_counter() - started))
    return statistics.median(took), max(took), statistics.median(spent)


def _body(integration: dict[str, Any], number: int) -> dict[str, Any]:
    """One district of many, as the API server lists it; with every third somebody has to do something."""
    since = f"2026-11-{1 + number % 28:02}T08:00:00Z"
    held = number % 3 == 0
    ready = {
        "type": "Ready",
        "status": "False" if held else "True",
        "reason": "RemovalsHeld" if held else "Synced",
        "message": "9 removals wait. Publisher: approve them." if held else "Nothing changed.",
        "lastTransitionTime": since,
    }
    status = {"conditions": [ready], "licenses": {"active": number}, "lastSyncTime": since}
    return {**integration, "metadata": {"name": f"d{number}", "namespace": "districts"}, "status": status}


if __name__ == "__main__":
    main()
