"""`roster-operator run`, but for its clock; it also counts the statements that it sends to the database.

python -m benchmarks.fleet.operator '{"kubeconfig": ..., "ledger": ..., "workers": ..., "clock": {...}}'
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from typing import Any

import sqlalchemy
from benchmarks.fleet.clock import FastClock
from pydantic import SecretStr

from roster_operator.cli.main import load_command
from roster_operator.cli.run import SPARE_CONNECTIONS, leave
from roster_operator.clock import Clock, SystemClock
from roster_operator.controller.operator import Operator
from roster_operator.controller.settings import OperatorSettings
from roster_operator.ledger.store import open_ledger
from roster_operator.ops.logs import configure_logging
from roster_operator.reconcile.steps import reconcile
from roster_operator.sources.registry import open_source


def main() -> None:
    """Run until told to stop."""
    load_command("run")  # it sets up the garbage collector
    options = json.loads(sys.argv[1])
    configure_logging("INFO")
    clock: Clock = FastClock(**options.pop("clock")) if options.get("clock") else SystemClock()
    options.pop("clock", None)
    url = options.pop("ledger")
    settings = OperatorSettings(ledger=SecretStr(url), ops_host="127.0.0.1", **options)
    statements = _count_statements()
    ledger = open_ledger(url, pool_size=2 * settings.workers + SPARE_CONNECTIONS)
    operator = Operator(settings, reconcile=reconcile, ledger=ledger, open_source=open_source, clock=clock)
    operator.metrics.gauge("benchmark_statements", "Statements sent to the database.", lambda: statements.number)
    leave(asyncio.run(operator.run()))


class _Statements:
    """Counts what all threads send."""

    def __init__(self) -> None:
        self.number = 0
        self._lock = threading.Lock()

    def sent(self, *_: Any) -> None:
        """One more."""
        with self._lock:
            self.number += 1


def _count_statements() -> _Statements:
    statements = _Statements()
    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", statements.sent)
    return statements


if __name__ == "__main__":
    main()
