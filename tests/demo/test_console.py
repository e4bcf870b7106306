"""`make console` opens pages with five districts in five states, lets a visitor in, and ends without a trace."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.docs.pages import ROOT

pytestmark = pytest.mark.slow

PATIENCE = 120.0
REASONS = {
    "springfield": "Synced",
    "shelbyville": "SetupMode",
    "ogdenville": "RemovalsHeld",
    "lakeview": "CredentialsRejected",
    "riverside": "DataQuestions",
}


@pytest.fixture(scope="module")
def opened(control_plane: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """The folder of a console that runs, its address, and the visitor's token; then it is interrupted, and is gone."""
    folder = tmp_path_factory.mktemp("console") / "demo"
    command = [sys.executable, "-m", "hack.demo.console", "--folder", str(folder)]
    said = folder.with_name("said")
    with said.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + PATIENCE
        while "Ctrl-C" not in said.read_text() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.2)
        newcomer = re.search(r"URL (\S+)  key (\S+)  secret (\S+)", said.read_text())
        assert newcomer, said.read_text()
        folder.with_name("newcomer").write_text("\n".join(newcomer.groups()))
        found = re.search(r"\$ open (\S+)\n.*token (\S+)\n", said.read_text(), re.DOTALL)
        assert found, said.read_text()
        yield folder, found[1], found[2]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, said.read_text()
        assert "nothing is left behind" in said.read_text()
        assert not folder.exists()
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{found[1]}/healthz")
    finally:
        process.kill()


@pytest.fixture(scope="module")
def visitor(opened: tuple[Path, str, str]) -> Iterator[httpx2.Client]:
    """A browser in which the visitor has pasted the token."""
    _, address, token = opened
    same_origin = {"Sec-Fetch-Site": "same-origin"}
    with httpx2.Client(base_url=address, headers=same_origin, follow_redirects=True, timeout=60) as browser:
        answer = browser.post("/sign-in", data={"token": token})
        assert answer.status_code == 200, answer.text
        yield browser


def test_the_list_has_every_district_in_its_state(visitor: httpx2.Client) -> None:
    rows = visitor.get("/districts").text.split("<tr>")
    for name, reason in REASONS.items():
        assert reason in next(row for row in rows if f">{name}<" in row)


@pytest.mark.parametrize("name", REASONS)
def test_each_district_has_its_page(visitor: httpx2.Client, name: str) -> None:
    assert visitor.get(f"/namespaces/districts/districts/{name}").status_code == 200


def test_the_student_that_it_names_can_be_explained(visitor: httpx2.Client) -> None:
    path = "/namespaces/districts/districts/springfield"
    mark = re.search(r'name="mark" value="(\w+)"', visitor.get(path).text)
    assert mark
    page = visitor.post(f"{path}/person", data={"mark": mark[1], "person": "S1000003"})
    assert (page.status_code, "What they have" in page.text) == (200, True)


def test_the_values_that_it_prints_set_up_a_sixth(opened: tuple[Path, str, str], visitor: httpx2.Client) -> None:
    url, key, secret = opened[0].with_name("newcomer").read_text().splitlines()
    wizard = "/namespaces/districts/districts/northhaven/wizard"
    mark = re.search(r'name="mark" value="(\w+)"', visitor.get(wizard).text)
    assert mark
    typed = {"mark": mark[1], "url": url, "system": "", "key": key, "secret": secret, "zone": "America/Chicago"}
    assert "accepts the credentials" in visitor.post(f"{wizard}/connection", data=typed).text
