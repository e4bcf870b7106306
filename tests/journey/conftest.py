"""The whole product at work: the command on PostgreSQL, a simulated SIS over HTTP, a real API server."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hack.processes import Child, free_ports
from tests.controller.conftest import Districts, districts, identity, start
from tests.controller.fakes import wait_until

from district_simulator.library import SimulatedDistrict

__all__ = ["districts", "identity", "start"]

COMMAND = [sys.executable, "-c", "from roster_operator.cli.main import main; main()", "run"]
SOURCES = Path(__file__).resolve().parents[2] / "operator"


class Store:
    """The ledger, seen from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()

    def licenses(self) -> int:
        count: int = self.ask("SELECT count(*) FROM licenses")[0][0]
        return count

    def runs(self, owner: str) -> int:
        owners = self.ask("SELECT owner FROM sync_runs JOIN districts ON districts.id = district_id")
        return owners.count((owner,))

    def sound(self) -> bool:
        """Whether each license is there once, and the journal and the runs say the same as the licenses."""
        journal = self.ask("""
            SELECT account_id, ebook, edition, sum(CASE change WHEN 'Granted' THEN 1 ELSE -1 END) FROM journal
             GROUP BY 1, 2, 3
        """)
        held = self.ask("SELECT account_id, ebook, edition FROM licenses")
        [(granted, revoked)] = self.ask("SELECT coalesce(sum(granted), 0), coalesce(sum(revoked), 0) FROM sync_runs")
        agree = sorted(row[:3] for row in journal if row[3] == 1) == sorted(held) and granted - revoked == len(held)
        return agree and len(set(held)) == len(held) and {row[3] for row in journal} <= {0, 1}

    @contextmanager
    def applying_stopped(self) -> Iterator[None]:
        """Nothing can end its apply meanwhile: it waits right before the journal, with all else written."""
        with closing(psycopg.connect(self.url)) as connection:
            connection.execute("LOCK TABLE journal IN SHARE MODE")
            yield

    def applies(self) -> bool:
        """Whether an apply has come to where `applying_stopped` stops it."""
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INTO journal%'"
        return bool(self.ask(waiting)[0][0])

    def unlocked(self) -> bool:
        """Whether no sync is in a transaction, not even one whose operator is gone."""
        return self.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


class Crew:
    """Operators on one ledger, one after the other or at once."""

    def __init__(self, kubeconfig: Path, namespace: str, store: Store, folder: Path) -> None:
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCES),
            "ROSTER_OPERATOR_LEDGER_URL": store.url,
            "ROSTER_OPERATOR_NAMESPACES": namespace,
            "ROSTER_OPERATOR_WORKERS": "4",
            "ROSTER_OPERATOR_LOG_LEVEL": "DEBUG",
            "ROSTER_OPERATOR_GRACE": "20s",
            "ROSTER_OPERATOR_ALLOW_ADDRESSES": "127.0.0.1",
            "ROSTER_OPERATOR_SHORTEST_INTERVAL": "10s",
            "ROSTER_OPERATOR_OPS_HOST": "127.0.0.1",
            "ROSTER_OPERATOR_KUBECONFIG": str(kubeconfig),
        }
        self._folder = folder
        self._hired: list[Child] = []
        self.ports: dict[int, str] = {}
        """Where each, by its process, tells how it is."""

    def hire(self, *, lease: bool = False, says: str = "serving", **options: str) -> Child:
        """Start an operator; it serves when this returns, or `says` something else. `lease`: it shares one."""
        log = self._folder / f"operator-{len(self._hired)}.log"
        port = str(free_ports(1)[0])
        more = {"ROSTER_OPERATOR_OPS_PORT": port, **{f"ROSTER_OPERATOR_{name}": text for name, text in options.items()}}
        if lease:
            more["ROSTER_OPERATOR_LEASE"] = f"{self._environment['ROSTER_OPERATOR_NAMESPACES']}/roster-operator"
        child = Child(COMMAND, log, environment={**self._environment, **more}, folder=self._folder)
        self.ports[child.pid] = port
        self._hired.append(child)
        wait_until(lambda: says in log.read_text() or not child.running, seconds=60)
        assert child.running, child.last_words()
        return child

    def logs(self) -> str:
        return "".join(child.log.read_text() for child in self._hired)

    def dismiss(self) -> None:
        for child in self._hired:
            child.stop(signal.SIGKILL)


@pytest.fixture
def store(postgres_ledger_url: str) -> Store:
    return Store(postgres_ledger_url)


@pytest.fixture
def sis() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=900, schools=2, seed=11) as district:
        yield district


@pytest.fixture
def crew(identity: Path, districts: Districts, store: Store, sis: SimulatedDistrict, tmp_path: Path) -> Iterator[Crew]:
    """Operators. Whatever happened to them, the ledger is sound in the end, and no person is in what they emitted."""
    crew = Crew(identity, districts.namespace, store, tmp_path)
    yield crew
    crew.dismiss()
    assert store.sound()
    written = [item.to_dict() for item in districts.core.list_namespaced_config_map(districts.namespace).items]
    written += [item.to_dict() for item in districts.events_api.list_namespaced_event(districts.namespace).items]
    written += [districts.get("springfield")] if districts.exists("springfield") else []
    emitted = crew.logs() + json.dumps(written, default=str)
    assert not [text for text in sis.personal_strings() if len(text) > 5 and text in emitted]


@pytest.fixture
def springfield(districts: Districts, sis: SimulatedDistrict) -> int:
    """A live district whose apply comes with the first sync; how many licenses are due."""
    algebra = f"algebra-{districts.namespace}"
    districts.create_ebook(algebra)
    districts.create_secret("springfield-sis", clientID=sis.client_id, clientSecret=sis.client_secret)
    districts.create(
        "springfield",
        secret=False,
        source={"baseURL": sis.base_url, "secretRef": {"name": "springfield-sis"}},
        live=True,
        schools=[{"id": school} for school in sis.school_ids],
        courses=[{"code": "MA101", "ebooks": [algebra]}],
    )
    return len(sis.expected_licenses(sis.school_ids, ["MA101"]))
