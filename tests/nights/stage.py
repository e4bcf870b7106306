"""The operator for one random district: the real reconcile, a real ledger, and what is done to them by night."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from time import sleep
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from tests.nights.files import Delivery
from tests.nights.oneroster import oneroster
from tests.nights.powerschool import powerschool
from tests.nights.rows import Tables, dcid, id_of_course, name_of_school, title_of_course
from tests.nights.sis import AdmissionGate, Sis
from tests.nights.world import BOOKS, World
from tests.reconcile.district_harness import Scene

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.clock import Clock, FixedClock
from roster_operator.ledger.interface.sync import Run
from roster_operator.reconcile.contract import Result
from roster_operator.sources.oneroster import open_oneroster
from roster_operator.sources.oneroster.from_spec import oneroster_settings
from roster_operator.sources.powerschool import PowerSchoolSettings, open_powerschool
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.roster_files import RosterFiles

KINDS = ("OneRoster 1.1", "OneRoster 1.2", "OneRosterCSV", "PowerSchool")
_QUICK = RetryPolicy(retries=1, first_wait=0.001, longest_wait=0.002)


class JumpyClock(FixedClock):
    """Somebody corrects it by some hours while it is looked at."""

    def __init__(self, now: datetime, rng: Random) -> None:
        super().__init__(now)
        self._jumps = {rng.randint(1, 12): timedelta(hours=rng.choice([-3, -1, 2, 4])) for _ in range(2)}
        self._looks = 0

    def now(self) -> datetime:
        """See `Clock`."""
        self._looks += 1
        self._now += self._jumps.get(self._looks, timedelta())
        return super().now()


class Stage(Scene):
    """One district over many nights."""

    def __init__(self, rng: Random, folder: Path, ledger_url: str, kind: str) -> None:
        """`kind`: one of `KINDS`."""
        nowhere = SimpleNamespace(client_id="key", client_secret="secret", base_url="", school_ids=[])
        super().__init__(cast("Any", nowhere), ledger_url)
        self.ebooks = {name: {"title": name.title(), "editions": list(editions)} for name, editions in BOOKS.items()}
        self.kind = kind
        self.sis: Sis | Delivery
        source: dict[str, Any] = {"type": kind.partition(" ")[0], "secretRef": {"name": "sis"}}
        if kind == "OneRosterCSV":
            self.sis = Delivery(folder / "roster")
            self.open_source = partial(open_source, reach=Reach(RosterFiles(folder, shared=True)))
            source |= {"baseURL": f"file://{folder}/roster", "settleTime": "0s"}
        elif kind == "PowerSchool":
            self.sis = Sis(powerschool)
            self.open_source = _open_powerschool
            source |= {"baseURL": self.sis.url}
        else:
            version = kind.partition(" ")[2]
            self.sis = Sis(oneroster(version, totals=rng.random() < 0.7))
            self.open_source = _open_oneroster
            source |= {"baseURL": self.sis.url, "version": version, "auth": "OAuth2", "pageSize": 40, "concurrency": 2}
        zone = rng.choice(["UTC", "America/Chicago", "Asia/Kolkata"])
        self.spec = {
            "timeZone": zone,
            "district": "springfield",
            "retryInterval": "10s",
            "source": source,
            "matching": {
                "by": ["SourcedId", *rng.choice([["Username", "Email"], ["Email"], ["Username"], []])],
                "sameLogin": rng.choice(["OnePerson", "Refuse"]),
            },
        }

    def close(self) -> None:
        """End it all."""
        self.sis.close()
        super().close()

    def dawn(self, world: World, *, jumpy: bool) -> None:
        """The day of the district is the operator's, and what is chosen is in the spec."""
        noon = datetime.combine(world.day, time(12), ZoneInfo(self.spec["timeZone"])).astimezone(UTC)
        self.clock = JumpyClock(noon, world.rng) if jumpy else FixedClock(noon)
        chosen = {
            "live": world.live,
            "schools": [self._school(world, school) for school in sorted(world.chosen_schools)],
            "courses": [
                {**self._course(world, code), "ebooks": list(world.books[code])}
                for code in sorted(world.chosen_courses)
            ],
        }
        if any(self.spec.get(field) != value for field, value in chosen.items()):
            self.change_spec(**chosen)

    def _school(self, world: World, school: str) -> dict[str, str]:
        return {"name": name_of_school(school)} if school in world.by_name else {"id": _id(school, self.kind)}

    def _course(self, world: World, code: str) -> dict[str, str]:
        if code in world.by_name:
            return {"name": title_of_course(code).upper()}
        return {"id": _id(id_of_course(code), self.kind)} if code in world.by_id else {"code": code}

    def settled(self, *, plan_only: bool = False) -> str:
        """How a reconcile ends, once a database has noticed that whom it served is gone."""
        for _ in range(20):
            outcome = str(self.reconcile(plan_only=plan_only).outcome)
            if self.condition("Ready")[1] != "DistrictBusy":
                break
            sleep(0.05)
        return outcome

    def overtaken(self, fresh: Tables, request: int) -> Iterator[Result]:
        """Two reconciles: one stops at a request, one reads `fresh` tables meanwhile, and the first goes on."""
        assert isinstance(self.sis, Sis)
        gate = self.sis.gate = AdmissionGate(request)
        stale: list[Result] = []
        status = self.status
        first = threading.Thread(target=lambda: stale.append(self.reconcile()))
        first.start()
        while first.is_alive() and not gate.reached.wait(0.01):
            pass
        self.sis.tables = fresh
        self.status = status
        second = self.reconcile()
        status = self.status
        yield second
        gate.open()
        first.join()
        self.sis.gate = None
        self.status = status
        yield stale[0]

    def begin_run(self) -> None:
        """Somebody else took the next number."""
        next(self._runs)

    def approve(self) -> None:
        """What waits was seen, and is right."""
        self.change_spec(approval={"plan": self.status["plan"]["digest"]})

    def release_and_take_back(self) -> None:
        """The resource is deleted, with its licenses retained, and made again."""
        now = self.clock.now()
        self.ledger.release(f"districts/{self.name}", revoke=False, run=Run(f"release-{now}", now, now))
        self.status = {}


def _open_oneroster(integration: RosterIntegration, credentials: Any, clock: Clock, interruption: Any) -> Any:
    spec = integration.spec
    settings = replace(oneroster_settings(spec.source, ZoneInfo(spec.time_zone)), retries=_QUICK)
    return open_oneroster(settings, credentials, clock=clock, interruption=interruption)


def _open_powerschool(integration: RosterIntegration, credentials: Any, clock: Clock, interruption: Any) -> Any:
    spec = integration.spec
    settings = PowerSchoolSettings(spec.source.base_url, ZoneInfo(spec.time_zone), retries=_QUICK)
    return open_powerschool(settings, credentials, clock=clock, interruption=interruption)


def _id(name: str, kind: str) -> str:
    return dcid(name) if kind == "PowerSchool" else name
