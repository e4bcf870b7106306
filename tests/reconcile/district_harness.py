"""A district, a ledger and a resource: everything but the cluster, and all of it real."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from tests.support.clocks import HurriedClock
from tests.support.ledgers import new_ledger

from district_simulator.library import SimulatedDistrict
from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.clock import Clock
from roster_operator.errors import CredentialsMissing
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Environment, OpenSource, Request, Result, Trigger
from roster_operator.reconcile.steps import reconcile
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.registry import open_source

License = tuple[str, str, str]

EBOOKS: dict[str, dict[str, Any]] = {
    "algebra": {"title": "Algebra"},
    "geometry": {"title": "Geometry"},
    "workbook": {"title": "Workbook", "editions": ["Student"]},
}
BOOKS_BY_CODE = {
    "MA101": ("algebra",),
    "MA102": ("algebra",),
    "MA103": ("algebra",),
    "MA104": ("geometry", "workbook"),
    "MA105": ("geometry", "workbook"),
}
COURSES = [{"code": code, "ebooks": list(books)} for code, books in BOOKS_BY_CODE.items()]


class Scene:
    """One RosterIntegration over time: change the roster or the spec, reconcile, look at licenses and status."""

    def __init__(self, district: SimulatedDistrict, ledger_url: str, *, clock: Clock | None = None) -> None:
        self.district = district
        self.clock = clock or HurriedClock()
        self.ledger_url = ledger_url
        self.ledger = new_ledger(ledger_url)
        self.engine = sa.create_engine(ledger_url.replace("postgresql://", "postgresql+psycopg://"))
        self.open_source: OpenSource = open_source
        self.name = "springfield"
        self.namespace = "districts"
        self.ebooks = dict(EBOOKS)
        self.credentials: Credentials | CredentialsMissing = Credentials(district.client_id, district.client_secret)
        self.spec: dict[str, Any] = {
            "live": True,
            "timeZone": "UTC",
            "retryInterval": "10s",
            "source": {"baseURL": district.base_url, "secretRef": {"name": "sis"}, "requestTimeout": "5s"},
            "schools": [{"id": school} for school in district.school_ids],
            "courses": COURSES,
        }
        self.status: dict[str, Any] = {}
        self.generation = 1
        self.annotations: dict[str, str] = {}
        self._runs = itertools.count(1)
        self.snapshot_key: SnapshotKey | None = SnapshotKey(b"0" * 32)

    def close(self) -> None:
        self.ledger.close()
        self.engine.dispose()

    def reconcile(
        self,
        *,
        plan_only: bool = False,
        interruption: Interruption | None = None,
        trigger: Trigger = Trigger.SCHEDULE,
    ) -> Result:
        """One reconcile; the status is kept for the next, as the API server would."""
        integration = RosterIntegration.model_validate(
            {
                "metadata": {
                    "name": self.name,
                    "namespace": self.namespace,
                    "uid": "uid-1",
                    "generation": self.generation,
                    "annotations": self.annotations,
                },
                "spec": self.spec,
                "status": self.status,
            }
        )
        request = Request(
            integration=integration,
            credentials=self.credentials,
            secret_version="version",
            ebooks=self._catalogue(),
            trigger=trigger,
            plan_only=plan_only,
        )
        environment = Environment(
            self.clock, self.ledger, self.open_source, lambda: f"run-{next(self._runs)}", self.snapshot_key
        )
        result = reconcile(request, environment, interruption or Interruption(self.clock, 60))
        self.status = result.status.to_wire()
        return result

    def change_spec(self, **fields: Any) -> None:
        """Apply a changed spec."""
        self.spec = {**self.spec, **fields}
        self.generation += 1

    def condition(self, name: str) -> tuple[str, str]:
        """Status and reason of a condition; empty if it is not there."""
        for condition in self.status.get("conditions", []):
            if condition["type"] == name:
                return condition["status"], condition["reason"]
        return "", ""

    def message(self, name: str) -> str:
        """A condition's message."""
        return str(next(c["message"] for c in self.status["conditions"] if c["type"] == name))

    def licenses(self) -> set[License]:
        """What the view for the eBook platform says: sourcedId, edition, eBook."""
        statement = (
            "SELECT accounts.sourced_id, active.edition, active.ebook FROM active_licenses AS active "
            "JOIN accounts ON accounts.id = active.account"
        )
        with self.engine.connect() as connection:
            return {(str(row[0]), str(row[1]), str(row[2])) for row in connection.execute(sa.text(statement))}

    def expected(self, schools: Iterable[str] | None = None) -> set[License]:
        """What the simulator says that it should be."""
        return _books_of(
            self.district.expected_licenses(list(schools or self.district.school_ids), list(BOOKS_BY_CODE)), self.ebooks
        )

    def expected_on(self, day: date) -> set[License]:
        """The same on another day than the district's own."""
        due = self.district.expected_licenses(self.district.school_ids, list(BOOKS_BY_CODE), day)
        return _books_of(due, self.ebooks)

    def rows(self) -> dict[str, int]:
        """How many rows each table holds."""
        tables = sa.inspect(self.engine).get_table_names()
        with self.engine.connect() as connection:
            return {
                table: connection.execute(sa.text(f'SELECT count(*) FROM "{table}"')).scalar_one() for table in tables
            }

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the ledger."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement))]

    def execute(self, statement: str, rows: Sequence[Mapping[str, Any]] = ()) -> None:
        """Write to the ledger as others may have."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), list(rows) or None)

    def _catalogue(self) -> dict[str, EBook]:
        return {
            name: EBook.model_validate({"metadata": {"name": name}, "spec": spec}) for name, spec in self.ebooks.items()
        }


def _books_of(due: Iterable[License], ebooks: Mapping[str, Mapping[str, Any]]) -> set[License]:
    """The licenses that courses lead to: sourcedId, edition, eBook."""
    return {
        (person, edition, ebook)
        for person, edition, code in due
        for ebook in BOOKS_BY_CODE[code]
        if edition in ebooks[ebook].get("editions", ("Student", "Teacher"))
    }
