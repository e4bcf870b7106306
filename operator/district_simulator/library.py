"""A simulated district for tests: a real HTTP server in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from district_simulator import clock, truth
from district_simulator.changes import apply_change
from district_simulator.faults import Fault
from district_simulator.people import Person
from district_simulator.roster import DistrictSettings
from district_simulator.server import Binding, Server
from district_simulator.service import AccessSettings, Service, Stats
from district_simulator.vendors import VENDORS, Versions

_Answer = TypeVar("_Answer")


class SimulatedDistrict:
    """A district that is served while the `with` block runs.

    Faults and changes are written as on the command line: `fault("error=503,on=enrollments,page=2,times=1")`,
    `change("student-leaves:S1000003")`. All methods may be called from any thread.

    Changes name ids as the generator has them. All else takes and gives ids as the vendor's clients see them, but for
    blanks round them, and for PowerSchool's own API, whose numbers powerschool/keys.py explains.
    """

    def __init__(
        self,
        students: int = 120,
        *,
        schools: int | None = None,
        seed: int = 1,
        today: date | None = None,
        mathematics_courses: int = 7,
        faults: Sequence[str] = (),
        changes: Sequence[str] = (),
        vendor: str = "Generic",
        version: Versions | None = None,
        access: AccessSettings | None = None,
        prefix: str = "",
        binding: Binding | None = None,
    ) -> None:
        settings = DistrictSettings(
            today or clock.today(), students, schools, seed, mathematics_courses, real_time=today is None
        )
        self.vendor = VENDORS[vendor]
        self.access = access or self.vendor.access
        self.versions = self.vendor.versions(version)
        self.service = self.vendor.serve(settings, self.access, prefix, self.versions)
        self._binding = binding or Binding()
        self._loop = asyncio.new_event_loop()
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self.service.faults.active += [Fault.parse(text) for text in faults]
        for text in changes:
            apply_change(self.service.roster, text)

    @property
    def base_url(self) -> str:
        """What the district's administrator would paste; for OneRoster, the address without /ims/oneroster/v1p1."""
        return f"{self.root_url}{self.vendor.pasted[self.versions[0]]}"

    @property
    def root_url(self) -> str:
        """Where the district's own paths begin."""
        if self._server is None:
            raise RuntimeError("the district is not being served: use it in a with block")
        return f"{self._server.origin}{self.service.prefix}"

    @property
    def service_url(self) -> str:
        """The protocol's base: endpoints such as /enrollments are below it."""
        return f"{self.root_url}{self.service.service_path}"

    @property
    def token_url(self) -> str:
        """Where OAuth 2 tokens are issued."""
        query = "".join(f"?{name}=cpm" for name in self.vendor.token_query)
        return f"{self.root_url}{self.vendor.token_path}{query}"

    @property
    def client_id(self) -> str:
        """The OAuth 2 client id, which is also the OAuth 1.0a consumer key."""
        return self.access.client_id

    @property
    def client_secret(self) -> str:
        """The OAuth 2 client secret, which is also the OAuth 1.0a consumer secret."""
        return self.access.client_secret

    @property
    def school_ids(self) -> list[str]:
        """The sourcedIds of the schools."""
        roster = self.service.roster
        return [self._shown("org", roster.org(number + 1).sourced_id) for number in range(roster.shape.schools)]

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), name="simulated-district", daemon=True)
        self._thread.start()
        started.wait()
        self._server = Server(self._find, self._binding)
        self._await(self._server.start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._await(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join()
        self._loop.close()

    def change(self, *texts: str) -> None:
        """Apply changes to the roster."""
        for text in texts:
            self._call(partial(apply_change, self.service.roster, text))

    def fault(self, *texts: str) -> None:
        """Switch faults on, beside those that are."""
        faults = [Fault.parse(text) for text in texts]
        self._call(lambda: self.service.faults.active.extend(faults))

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self._call(self.service.faults.active.clear)

    def revoke_tokens(self) -> None:
        """Revoke every token issued so far."""
        self._call(self.service.issuer.revoke_all)

    def stats(self) -> dict[str, Any]:
        """Counts since the start or the last reset: requests by route, answers by status, rows, most_parallel."""
        return self._call(self.service.stats.as_dict)

    def reset_stats(self) -> None:
        """Start counting anew."""

        def anew() -> None:
            self.service.stats = Stats()

        self._call(anew)

    def persons(self) -> list[Person]:
        """The personal strings of everybody who is listed."""
        return self._call(lambda: list(self.service.persons()))

    def personal_strings(self) -> set[str]:
        """Everything that would give a listed person away: what must not be in a log, a status or a metric."""
        return self._call(lambda: truth.personal_strings(self.service.persons()))

    def expected_licenses(
        self, school_ids: Collection[str], course_codes: Collection[str], on: date | None = None
    ) -> set[truth.License]:
        """Who is due what on a day: (sourcedId, "Student" or "Teacher", course code)."""
        schools = [self._plain("org", school) for school in school_ids]
        due = self._call(lambda: truth.expected_licenses(self.service.roster, schools, course_codes, on))
        return {(self._shown("user", person), edition, code) for person, edition, code in due}

    def students_in(self, school_id: str, course_code: str) -> list[str]:
        """The sourcedIds of the students who are due a course in a school today."""
        school = self._plain("org", school_id)
        found = self._call(lambda: truth.students_in(self.service.roster, school, course_code))
        return [self._shown("user", person) for person in found]

    def classes_of(self, school_id: str, course_code: str) -> list[str]:
        """The sourcedIds of the classes of a course in a school."""
        school = self._plain("org", school_id)
        found = self._call(lambda: truth.classes_of(self.service.roster, school, course_code))
        return [self._shown("class", klass) for klass in found]

    def _shown(self, kind: str, plain: str) -> str:
        return self.service.ids().shown(kind, plain).strip()

    def _plain(self, kind: str, shown: str) -> str:
        return self.service.ids().plain(kind, shown)

    def _find(self, target: str) -> Service | None:
        return self.service if target.startswith(f"{self.service.prefix}/") else None

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.call_soon(started.set)
        self._loop.run_forever()

    def _await(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _call(self, act: Callable[[], _Answer]) -> _Answer:
        """Run on the server's own loop, so that no request sees half a change."""
        if self._thread is None:
            return act()

        async def run() -> _Answer:
            return act()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()
