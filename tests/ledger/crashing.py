"""A program that syncs and is killed before its n-th statement of `apply`, for n = 0, 1, 2 ...

Its arguments: the ledger's URL, and `whole` or `delta` for the kind of read that it plans by.
It forks for each n, says on standard output how the child ended, and goes on when it is told to by a line.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading

from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.ledger.ledger_harness import ALGEBRA, BY_ALL, CLAIM, GEOMETRY, NOW, gone, person, run

from roster_operator.errors import DistrictBusy
from roster_operator.ledger import open_ledger
from roster_operator.ledger.interface.district import DistrictState, Watermark
from roster_operator.ledger.interface.sync import Changes
from roster_operator.licensing.models import Hold

CHANGES = [
    person("ann", GEOMETRY),
    person("bob", email="new@d.example"),
    person("new", ALGEBRA),
    person("held", GEOMETRY, schools=("south",)),
    gone("gone"),
]
MARK = Watermark(inputs="i", scope="s", since=NOW, whole_since=NOW, until="", conflicts=0)
HOLD = Hold(schools=frozenset({"south"}))


def die_before(statement: int) -> None:
    """Kill this process with a signal that it cannot catch."""
    countdown = itertools.count()

    def kill(*_: object) -> None:
        if next(countdown) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", kill)
    event.listen(Engine, "commit", kill)


def sync(url: str, kind: str, statement: int) -> None:
    ledger = open_ledger(url)
    changes = Changes(CHANGES, BY_ALL, only_adds=kind == "delta")
    with ledger.plan(CLAIM, ledger.district(CLAIM), changes, live=True, now=NOW) as planned:
        die_before(statement)
        planned.apply(run(), Hold() if kind == "delta" else HOLD, DistrictState(watermark=MARK))


def patiently(url: str, kind: str, statement: int) -> None:
    """The database may take a moment to see that the last one died."""
    for _ in range(200):
        try:
            return sync(url, kind, statement)
        except DistrictBusy:
            threading.Event().wait(0.05)
    return None


def main() -> None:
    for statement in itertools.count():
        child = os.fork()
        if child == 0:
            patiently(sys.argv[1], sys.argv[2], statement)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}", flush=True)
        if not os.WIFSIGNALED(status) or not sys.stdin.readline():
            return


if __name__ == "__main__":
    main()
