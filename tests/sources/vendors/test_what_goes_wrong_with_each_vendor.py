"""Each thing that goes wrong has its own reason, message and action, for every vendor, and removes nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.support.certificates import Authority
from tests.sources.support.opened import QUICK
from tests.sources.vendors.sis import by_access_token, credentials_of, signed, simulated_by, source_of, tokens_elsewhere

from district_simulator.library import SimulatedDistrict
from district_simulator.server import Binding
from roster_operator import vendors
from roster_operator.api import reasons
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import open_oneroster
from roster_operator.sources.oneroster.from_spec import oneroster_settings
from roster_operator.sources.source import RosterSource, Section
from roster_operator.sources.vendor_profile import profile_of

pytestmark = pytest.mark.slow

VENDORS = vendors.names()
SIGNED = tuple(filter(signed, VENDORS))
WITH_TOKENS = tuple(vendor for vendor in VENDORS if not signed(vendor) and not by_access_token(vendor))
AT_ONE_HOST = tuple(vendor for vendor in VENDORS if not tokens_elsewhere(vendor))
YEAR = timedelta(days=365)
ROUTE = {
    Section.ORGANIZATIONS: "schools",
    Section.SCHEDULES: "academicSessions",
    Section.COURSES: "courses",
    Section.CLASSES: "classes",
    Section.ENROLLMENTS: "enrollments",
    Section.TEACHERS: "teachers",
    Section.STUDENTS: "students",
}


def open_quickly(
    integration: RosterIntegration, credentials: Credentials, clock: Clock, interruption: Interruption
) -> RosterSource:
    """As the operator does, but with short waits between tries."""
    settings = replace(oneroster_settings(integration.spec.source), retries=QUICK)
    return open_oneroster(settings, credentials, clock=clock, interruption=interruption)


@contextmanager
def live_scene(vendor: str, folder: Path, binding: Binding | None = None) -> Iterator[Scene]:
    """A district that went live while all was well; it is asked for by the name localhost."""
    with SimulatedDistrict(students=60, schools=1, seed=7, vendor=simulated_by(vendor), binding=binding) as district:
        scene = Scene(district, f"sqlite:///{folder / 'ledger.sqlite'}")
        scene.open_source = open_quickly
        scene.credentials = credentials_of(district)
        source = source_of(district, vendor)
        scene.spec["source"] = {
            key: value.replace("127.0.0.1", "localhost") if key.endswith("URL") else value
            for key, value in source.items()
        }
        yield scene
        scene.close()


@dataclass(frozen=True)
class Mishap:
    """Something that goes wrong, and what the status says of it."""

    reason: str
    says: str
    source: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    secret: str = ""
    vendors: tuple[str, ...] = VENDORS


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


MISHAPS = {
    "the host does not exist": Mishap(
        reasons.SOURCE_UNREACHABLE,
        "cannot be resolved",
        {"baseURL": "https://sis.springfield.invalid", "tokenURL": None},
        vendors=AT_ONE_HOST,
    ),
    "nothing listens": Mishap(
        reasons.SOURCE_UNREACHABLE,
        "refuses the connection",
        {"baseURL": "http://localhost:{port}", "tokenURL": None},
        vendors=AT_ONE_HOST,
    ),
    "the path is wrong": Mishap(
        reasons.WRONG_URL,
        "District:",
        {"baseURL": "{base}/elsewhere"},
        vendors=(*WITH_TOKENS, *SIGNED),
    ),
    "a login page answers": Mishap(reasons.WRONG_URL, "web page", fault="login-page"),
    "the key is wrong": Mishap(reasons.CREDENTIALS_REJECTED, "refuses the {key}", secret="wrong"),
    "the scope is not known": Mishap(
        reasons.SCOPE_REJECTED,
        "spec.source.scope",
        {"scope": "gradebook.readonly"},
        vendors=tuple(vendor for vendor in WITH_TOKENS if vendor in AT_ONE_HOST),
    ),
    "the clock is wrong": Mishap(reasons.CLOCK_SKEWED, "60 minutes ahead", fault="clock-skew=3600", vendors=SIGNED),
    "the school year is empty": Mishap(reasons.SECTION_EMPTY, "current school year", fault="empty-school-year"),
    "the SIS is down": Mishap(reasons.SOURCE_UNREACHABLE, "HTTP 503", fault="error=503"),
    "the SIS wants rest": Mishap(
        reasons.SOURCE_RATE_LIMITED, "fewer requests", fault="rate-limit=1,form=none,times=99"
    ),
}


CASES = [(vendor, name) for vendor in VENDORS for name, mishap in MISHAPS.items() if vendor in mishap.vendors]


@pytest.fixture(scope="module")
def gone_live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with live_scene(request.param, tmp_path_factory.mktemp(request.param)) as scene:
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        yield scene


@pytest.mark.parametrize(("gone_live", "name"), CASES, indirect=["gone_live"])
def test_what_goes_wrong_is_told_and_removes_nothing(gone_live: Scene, name: str) -> None:
    mishap = MISHAPS[name]
    vendor = gone_live.spec["source"]["vendor"]
    words = profile_of(vendor).wording
    before = gone_live.licenses()
    with going_wrong(gone_live, mishap):
        assert gone_live.reconcile().outcome is not Outcome.SYNCED
        assert gone_live.condition("Synced") == ("False", mishap.reason)
        key = words.token if by_access_token(vendor) else words.key
        assert mishap.says.replace("{key}", key) in gone_live.message("Synced")
        assert gone_live.licenses() == before
    assert gone_live.reconcile().outcome is Outcome.SYNCED, "it heals when the cause is gone"
    assert gone_live.licenses() == before


@contextmanager
def going_wrong(scene: Scene, mishap: Mishap) -> Iterator[None]:
    spec, credentials = scene.spec, scene.credentials
    places = {"{base}": spec["source"]["baseURL"], "{port}": str(closed_port())}
    source = {**spec["source"], **mishap.source}
    for place, value in places.items():
        source = {key: text.replace(place, value) if isinstance(text, str) else text for key, text in source.items()}
    scene.change_spec(source={key: value for key, value in source.items() if value is not None})
    if mishap.secret:
        scene.credentials = credentials_of(scene.district, secret=mishap.secret)
    if mishap.fault:
        scene.district.fault(mishap.fault)
    try:
        yield
    finally:
        scene.district.clear_faults()
        scene.credentials = credentials
        scene.change_spec(source=spec["source"])


@pytest.mark.parametrize("gone_live", VENDORS, indirect=True)
@pytest.mark.parametrize("section", Section)
def test_a_section_without_permission_is_named_with_what_to_share(gone_live: Scene, section: Section) -> None:
    vendor = gone_live.spec["source"]["vendor"]
    missing = profile_of(vendor).missing_routes.value
    routes = {"teachers": "users", "students": "users", "schools": "orgs"} if ROUTE[section] in missing else {}
    before = gone_live.licenses()
    gone_live.district.fault(f"forbidden,on={routes.get(ROUTE[section], ROUTE[section])}")
    gone_live.reconcile()
    gone_live.district.clear_faults()
    assert gone_live.condition("SectionsShared") == ("False", reasons.SECTION_NOT_SHARED)
    assert profile_of(vendor).wording.share(section) in gone_live.message("SectionsShared")
    assert gone_live.licenses() == before


@pytest.mark.parametrize("vendor", ["Aeries", "ClassLink"])
def test_a_certificate_of_the_districts_own_needs_its_authority(vendor: str, tmp_path: Path) -> None:
    authority = Authority.create()
    authority.server_context(tmp_path, begins=-YEAR, ends=YEAR)
    certificate = tmp_path / "localhost.pem"
    with live_scene(vendor, tmp_path, Binding(certificate=certificate, key=certificate)) as scene:
        scene.reconcile()
        assert scene.condition("CredentialsValid") == ("False", reasons.TLS_FAILED)
        assert "ca.crt" in scene.message("CredentialsValid")
        assert isinstance(scene.credentials, Credentials)
        scene.credentials = replace(scene.credentials, ca_pem=authority.pem)
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
