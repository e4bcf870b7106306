"""A district is set up in a browser, in the publisher's order and words: three values, and no Kubernetes."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.browser.build import Browser
from hack.controlplane.cluster import Cluster
from playwright.sync_api import BrowserContext, Page, expect
from tests.console.test_in_a_browser import found_by_axe, tab_to, watched_page
from tests.service.conftest import People, Served

from district_simulator.library import SimulatedDistrict
from roster_operator.ledger.store import open_ledger

SHOTS = os.environ.get("SCREENSHOTS")
BOOKS = {"algebra": "Algebra", "geometry": "Geometry"}
SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch"]}
SPEC = {"apiGroups": ["rostering.cpm.org"], "resources": ["rosterintegrations"]}


@dataclass(frozen=True)
class Setting:
    """A console where nobody has set anything up, and an SIS."""

    url: str
    namespace: str
    token: str
    sis: SimulatedDistrict
    ledger: str

    @property
    def wizard(self) -> str:
        return f"{self.url}/namespaces/{self.namespace}/districts/springfield/wizard"


@pytest.fixture(scope="module")
def sis() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=60, schools=2, seed=1, vendor="Aeries") as simulated:
        yield simulated


@pytest.fixture
def setting(
    control_plane: Cluster,
    crds_installed: None,
    namespace: str,
    people: People,
    serve: Callable[..., Served],
    sis: SimulatedDistrict,
    tmp_path: Path,
) -> Iterator[Setting]:
    ledger = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    made = open_ledger(ledger)
    made.migrate()
    made.close()
    for name, title in BOOKS.items():
        book = {"apiVersion": "rostering.cpm.org/v1alpha1", "kind": "EBook", "metadata": {"name": name}}
        control_plane.kubectl("apply", "-f", "-", input=yaml.safe_dump({**book, "spec": {"title": title}}))
    token = people.token(namespace, "admin")
    rules = [{**SPEC, "verbs": ["get", "list", "create", "patch"]}, SECRETS]
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "admin"}}
    control_plane.kubectl("apply", "-n", namespace, "-f", "-", input=yaml.safe_dump({**role, "rules": rules}))
    bound = ("--role=admin", f"--serviceaccount={namespace}:admin", "-n", namespace)
    control_plane.kubectl("create", "rolebinding", "admin", *bound)
    impersonating = f"{namespace}-impersonate"
    control_plane.kubectl("create", "clusterrole", impersonating, "--verb=impersonate", "--resource=serviceaccounts")
    account = (f"--clusterrole={impersonating}", f"--serviceaccount={namespace}:console")
    control_plane.kubectl("create", "clusterrolebinding", impersonating, *account)
    served = serve(ledger, applies=True, allowed=("127.0.0.1",))
    yield Setting(served.url, namespace, token, sis, ledger)
    control_plane.kubectl("delete", "clusterrolebinding", impersonating)
    control_plane.kubectl("delete", "clusterrole", impersonating)
    control_plane.kubectl("delete", "ebook", *BOOKS)


class Person:
    """Who goes through the pages, and looks at each as axe does."""

    def __init__(self, page: Page, browser: Browser, setting: Setting, width: int) -> None:
        self.page = page
        self.setting = setting
        self._browser = browser
        self._width = width
        self._seen = 0

    def look(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title, timeout=60_000)
        self._seen += 1
        if SHOTS:
            name = re.sub(r"\W+", "-", title)
            self.page.screenshot(
                path=f"{SHOTS}/wizard-{self._width}-{self._seen:02}-{name}.png", full_page=True, caret="initial"
            )
        assert found_by_axe(self.page, self._browser) == [], title
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self._width, f"{title} is {wide} px wide"
        assert self.page.locator("script, style, [style], [onclick]").count() == 0
        assert "demo-secret" not in self.page.content()
        assert "demo-secret" not in self.page.url

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).press("Enter")

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).press("Enter")

    def sign_in(self) -> None:
        self.page.goto(self.setting.url)
        self.page.get_by_label("Token", exact=True).fill(self.setting.token)
        self.press("Sign in")

    def connect(self, *, secret: str = "demo-secret") -> None:
        self.page.get_by_label("URL of your OneRoster API server").fill(self.setting.sis.base_url)
        self.page.get_by_label("Which system is it?").select_option("OneRoster/Aeries")
        self.page.locator("input[name=key]").fill("demo-key")
        self.page.locator("input[name=secret]").fill(secret)
        self.press("Save, and try them")

    def choose_all(self) -> None:
        """Schools, courses and eBooks."""
        self.follow("Next: schools")
        self.look("Step 2 of 6: Specifying schools to be processed")
        self.page.get_by_role("button", name=re.compile("^[+] include")).first.press("Enter")
        expect(self.page.get_by_role("button", name=re.compile("^Remove"))).to_have_count(1)
        self.look("Step 2 of 6: Specifying schools to be processed")
        self.follow("Next: Specifying courses to be processed")
        self.look("Step 3 of 6: Specifying courses to be processed")
        for count in (1, 2):
            self.page.get_by_role("button", name=re.compile("^[+] include")).first.press("Enter")
            expect(self.page.get_by_role("button", name=re.compile("^Remove"))).to_have_count(count)
        self.follow("Next: Assigning eBooks to courses")
        self.look("Step 4 of 6: Assigning eBooks to courses")
        self.page.get_by_role("link", name=re.compile("^change ")).first.press("Enter")
        self.look("Step 4 of 6: Assigning eBooks to courses")
        self.page.locator("select[name=book-0-0]").select_option("algebra")
        self.page.locator("button[name=another][value='0']").press("Enter")
        self.page.locator("select[name=book-0-1]").select_option("geometry")
        self.page.locator("select[name=book-1-0]").select_option("geometry")
        self.look("Step 4 of 6: Assigning eBooks to courses")
        self.press("Finish")

    def plan(self) -> None:
        self.look("Step 5 of 6: Checklist and plan")
        self.press("Read the roster, and make the plan")
        expect(self.page.get_by_role("link", name="Next: setup mode, or live")).to_be_visible(timeout=60_000)
        self.look("Step 5 of 6: Checklist and plan")
        self.follow("Next: setup mode, or live")
        self.look("Step 6 of 6: Enabling automated rostering")


@pytest.fixture
def person(
    setting: Setting, installed_browser: Browser, open_browser: Callable[..., BrowserContext]
) -> Callable[..., Person]:
    def begin(width: int = 390, scheme: str = "light") -> Person:
        context = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=True)
        page, _ = watched_page(context)
        return Person(page, installed_browser, setting, width)

    return begin


def objects(cluster: Cluster, setting: Setting) -> dict[str, Any]:
    """By kind."""
    found = cluster.kubectl("get", "ri,secret", "-n", setting.namespace, "-o", "json")
    return {each["kind"]: each for each in json.loads(found)["items"]}


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), *([(1280, "light")] if SHOTS else [])])
def test_a_newcomer_sets_up_a_district_and_applies_it_as_themselves(
    person: Callable[..., Person], setting: Setting, control_plane: Cluster, width: int, scheme: str
) -> None:
    newcomer = person(width, scheme)
    newcomer.sign_in()
    newcomer.page.goto(f"{setting.url}/wizard")
    newcomer.look("Set up a district")
    newcomer.page.get_by_label("Namespace").fill(setting.namespace)
    newcomer.page.get_by_label("Name of the district").fill("springfield")
    newcomer.press("Begin")
    newcomer.look("Set up springfield")
    newcomer.follow("Go on: Entering credentials")
    newcomer.look("Step 1 of 6: Entering credentials")
    newcomer.connect(secret="wrong")
    expect(newcomer.page.get_by_role("alert")).to_contain_text("District: ", timeout=60_000)
    newcomer.look("Step 1 of 6: Entering credentials")
    expect(newcomer.page.locator("input[name=secret]")).to_have_value("")
    newcomer.connect()
    expect(newcomer.page.get_by_role("status")).to_contain_text("accepts the credentials", timeout=60_000)
    newcomer.look("Step 1 of 6: Entering credentials")
    newcomer.choose_all()
    newcomer.plan()
    newcomer.press("Finish")
    newcomer.look("What becomes of springfield")
    assert objects(control_plane, setting) == {}
    newcomer.press("Apply it, as me")
    expect(newcomer.page.get_by_role("status")).to_have_text("Applied, as you.")
    newcomer.look("What becomes of springfield")
    made = objects(control_plane, setting)
    assert made["Secret"]["metadata"]["name"] == "springfield-sis"
    spec = made["RosterIntegration"]["spec"]
    assert (spec["live"], spec["source"]["vendor"], len(spec["schools"])) == (False, "Aeries", 1)
    assert sorted(len(course["ebooks"]) for course in spec["courses"]) == [1, 2]


def test_whoever_leaves_comes_back_to_their_answers_and_any_setting_can_be_changed(
    person: Callable[..., Person], setting: Setting, control_plane: Cluster
) -> None:
    newcomer = person()
    newcomer.sign_in()
    newcomer.page.goto(f"{setting.wizard}/schools")
    newcomer.look("Step 1 of 6: Entering credentials")
    newcomer.connect()
    newcomer.choose_all()
    newcomer.look("Step 5 of 6: Checklist and plan")
    again = person()
    again.sign_in()
    again.page.goto(setting.wizard)
    again.look("Set up springfield")
    again.follow("Go on: Checklist and plan")
    again.plan()
    again.page.get_by_label("Enable automated rostering?").select_option("no")
    again.press("Finish")
    again.look("What becomes of springfield")
    with again.page.expect_download() as downloaded:
        again.press("Download the folder")
    archive = zipfile.ZipFile(io.BytesIO(Path(str(downloaded.value.path())).read_bytes()))
    assert archive.namelist() == ["springfield/rosterintegration.yaml"]
    again.page.locator("select[name=secret]").select_option("plain")
    with again.page.expect_download() as downloaded:
        again.press("Download the folder")
    archive = zipfile.ZipFile(io.BytesIO(Path(str(downloaded.value.path())).read_bytes()))
    assert "demo-secret" in archive.read("springfield/secret.yaml").decode()
    again.press("Apply it, as me")
    expect(again.page.get_by_role("status")).to_have_text("Applied, as you.")
    again.page.goto(f"{setting.url}/namespaces/{setting.namespace}/districts/springfield")
    tab_to(again.page, "Change its settings")
    again.page.keyboard.press("Enter")
    expect(again.page.locator("main")).to_contain_text("you can change any setting")
    again.follow("open Specifying schools to be processed")
    again.look("Step 2 of 6: Specifying schools to be processed")
    again.page.get_by_role("button", name=re.compile("^[+] include")).first.press("Enter")
    expect(again.page.get_by_role("button", name=re.compile("^Remove"))).to_have_count(2)
    again.follow("Next: Specifying courses to be processed")
    again.follow("Next: Assigning eBooks to courses")
    again.press("Take these, and go on")
    again.plan()
    again.press("Finish")
    again.look("What becomes of springfield")
    expect(again.page.locator("main")).to_contain_text("What changes, as a patch")
    again.press("Apply it, as me")
    expect(again.page.get_by_role("status")).to_have_text("Applied, as you.")
    assert len(objects(control_plane, setting)["RosterIntegration"]["spec"]["schools"]) == 2
