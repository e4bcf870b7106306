"""The console beside a real API server, about a district that a sync has left in the ledger; and a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.browser.build import Browser, BrowserMissing, browser
from hack.controlplane.cluster import Cluster
from playwright.sync_api import BrowserContext, sync_playwright
from sqlalchemy import create_engine, select
from tests.cli.folders import EBOOK, SECRET, integration, statuses, write
from tests.operations.conftest import call
from tests.service.conftest import People, Served, console_kubeconfig, district, people, serve

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.snapshot_key import find_key
from roster_operator.ledger.schema import accounts

__all__ = ["console_kubeconfig", "district", "people", "serve"]

PEOPLE = "rosterintegrations/people"
GEOMETRY = [{"code": "MA101", "ebooks": ["geometry"]}]


@dataclass(frozen=True)
class Springfield:
    """A live district whose removals wait, and the console that shows it."""

    namespace: str
    url: str
    ledger: str
    login: str
    """Of a student who has a license."""
    tokens: dict[str, str]
    """`support` may see people, `viewer` may not, `stranger` may see nothing."""

    @property
    def path(self) -> str:
        return f"/namespaces/{self.namespace}/districts/springfield"


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as simulated:
        yield simulated


@pytest.fixture
def springfield(
    simulated: SimulatedDistrict,
    control_plane: Cluster,
    crds_installed: None,
    namespace: str,
    people: People,
    serve: Callable[..., Served],
    tmp_path: Path,
) -> Springfield:
    folder, ledger = tmp_path / "districts", f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    folder.mkdir()
    geometry = {**EBOOK, "metadata": {"name": "geometry"}, "spec": {"title": "Geometry"}}
    write(folder / "others.yaml", in_namespace(SECRET, namespace), EBOOK, geometry)
    specs: tuple[dict[str, Any], ...] = ({}, {"courses": GEOMETRY})
    for spec in specs:
        manifest = in_namespace(integration(simulated, **spec), namespace)
        write(folder / "integration.yaml", manifest)
        status = statuses(call("sync", "--file", folder, "--create", "--ledger", ledger))["springfield"]
    control_plane.kubectl("apply", "-f", "-", input=yaml.safe_dump(manifest))
    told = json.dumps({"status": {**status, "observedGeneration": 1}})
    patch = ("--subresource=status", "--type=merge", "-p", told)
    control_plane.kubectl("patch", "ri", "springfield", "-n", namespace, *patch)
    tokens = {
        "support": people.token(namespace, "support", "get", "list"),
        "viewer": people.token(namespace, "viewer", "get", "list"),
        "stranger": people.token(namespace, "stranger"),
    }
    people.grant(namespace, "support", "get", resources=PEOPLE)
    served = serve(ledger, key=find_key(None, ledger))
    return Springfield(namespace, served.url, ledger, login_of_a_student(ledger), tokens)


@pytest.fixture
def applying(
    springfield: Springfield,
    control_plane: Cluster,
    people: People,
    serve: Callable[..., Served],
) -> Iterator[Springfield]:
    """A console that may act as people; `publisher` may approve, `approver` may too but not change the resource."""
    namespace = springfield.namespace
    role, account = f"{namespace}-impersonate", f"--serviceaccount={namespace}:console"
    resources = ("--resource=users", "--resource=groups", "--resource=serviceaccounts")
    control_plane.kubectl("create", "clusterrole", role, "--verb=impersonate", *resources)
    control_plane.kubectl("create", "clusterrolebinding", role, f"--clusterrole={role}", account)
    tokens = {
        "publisher": people.token(namespace, "publisher", "get", "list", "patch"),
        "approver": people.token(namespace, "approver", "get", "list"),
    }
    for who in tokens:
        people.grant(namespace, who, "update", resources="rosterintegrations/approval")
    served = serve(springfield.ledger, key=find_key(None, springfield.ledger), applies=True)
    yield replace(springfield, url=served.url, tokens={**springfield.tokens, **tokens})
    control_plane.kubectl("delete", "clusterrolebinding", role)
    control_plane.kubectl("delete", "clusterrole", role)


def in_namespace(manifest: dict[str, Any], namespace: str) -> dict[str, Any]:
    return {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}}


def login_of_a_student(ledger: str) -> str:
    engine = create_engine(ledger)
    with engine.connect() as connection:
        found = connection.execute(select(accounts.c.username).order_by(accounts.c.id).limit(1)).scalar_one()
    engine.dispose()
    return str(found)


@pytest.fixture(scope="session")
def installed_browser() -> Browser:
    """Installed if need be: without one, these tests fail."""
    try:
        return browser(print)
    except BrowserMissing as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def open_browser(installed_browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`open_browser(**options) -> BrowserContext`. Ask for it last: beside it no event loop can run in this thread."""
    with sync_playwright() as playwright:
        program = str(installed_browser.program)
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium.new_context
        chromium.close()
