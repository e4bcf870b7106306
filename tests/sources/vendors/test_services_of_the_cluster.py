"""A SIS that is a Service of the cluster may be asked in plain http, whoever made it and however one signs in there."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.vendors.sis import credentials_of, simulated_by, source_of

from district_simulator import AccessSettings
from district_simulator.library import SimulatedDistrict
from roster_operator import vendors
from roster_operator.api.v1alpha1 import AuthMethod
from roster_operator.reconcile.contract import Outcome

pytestmark = pytest.mark.slow

SERVICES = ["sis.districts.svc", "sis.districts.svc.cluster.local"]


@pytest.fixture(autouse=True)
def cluster_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of Services are known, and mean this machine."""
    resolve = socket.getaddrinfo

    def resolved(host: Any, *rest: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if host in SERVICES else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


def gone_live(district: SimulatedDistrict, folder: Path, service: str, **source: Any) -> None:
    """One sync that asks nobody but the Service, and gives what the roster says."""
    scene = Scene(district, f"sqlite:///{folder / 'ledger.sqlite'}")
    scene.credentials = credentials_of(district)
    written = source_of(district, **source)
    scene.spec["source"] = {
        name: value.replace("127.0.0.1", service) if isinstance(value, str) else value
        for name, value in written.items()
    }
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.licenses() == scene.expected()
    scene.close()


@pytest.mark.parametrize("vendor", vendors.names())
def test_every_vendor_is_read_from_a_service(vendor: str, tmp_path: Path) -> None:
    with SimulatedDistrict(students=60, schools=2, seed=7, vendor=simulated_by(vendor)) as district:
        gone_live(district, tmp_path, SERVICES[0], vendor=vendor)


@pytest.mark.parametrize("kind", ["PowerSchool", "OneRosterCSV"])
def test_every_type_of_source_is_read_from_a_service(kind: str, tmp_path: Path) -> None:
    vendor = {"PowerSchool": "PowerSchoolNative"}.get(kind, kind)
    with SimulatedDistrict(students=60, schools=2, seed=7, vendor=vendor) as district:
        scene = Scene(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        address = district.base_url.replace("127.0.0.1", SERVICES[0])
        scene.spec["source"] = {"type": kind, "baseURL": address, "secretRef": {"name": "sis"}}
        scene.spec["schools"] = [{"identifier" if kind == "PowerSchool" else "id": key} for key in district.school_ids]
        assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
        assert scene.licenses() == scene.expected()
        scene.close()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("auth", [each for each in AuthMethod if each is not AuthMethod.BEARER])
def test_every_way_to_sign_in_is_taken_by_a_service(auth: AuthMethod, service: str, tmp_path: Path) -> None:
    with SimulatedDistrict(students=60, schools=2, seed=7) as district:
        gone_live(district, tmp_path, service, auth=auth)


def test_a_service_that_takes_signatures_only_is_found_out(tmp_path: Path) -> None:
    with SimulatedDistrict(students=60, schools=2, seed=7, access=AccessSettings(auth="oauth1")) as district:
        gone_live(district, tmp_path, SERVICES[0])
