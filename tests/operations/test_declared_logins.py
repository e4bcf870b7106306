"""What people enter by hand is held against the form of logins that the spec declares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.operations.conftest import LiveDistrict, district_in
from tests.operations.test_importing import as_file, imported, told

from district_simulator.library import SimulatedDistrict

STAFF = {"loginFormat": {"domain": "springfield.example", "lowerCase": True, "people": "Staff"}}
GRANT = ("--ebook", "geometry", "--until", "2099-06-30")


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


@pytest.fixture
def live(simulated: SimulatedDistrict, tmp_path: Path, ledger_url: str) -> LiveDistrict:
    district = district_in(tmp_path / "live", simulated, ledger_url)
    district.sync(matching=STAFF)
    return district


def test_a_grant_that_would_make_an_account_of_another_form_is_refused(live: LiveDistrict) -> None:
    who = ("--file", live.folder, "--email", "coach@elsewhere.example")
    refused = live.ask("grant", *who, "--edition", "Teacher", *GRANT)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "spec.matching.loginFormat declares for springfield: an email at springfield.example" in refused.stderr
    assert "Publisher: or correct" in refused.stderr
    assert "elsewhere" not in refused.stderr
    assert live.ask("grant", *who, "--edition", "Student", *GRANT).exit_code == 0, "it is asked of staff alone"


def test_a_grant_of_the_form_is_shown(live: LiveDistrict) -> None:
    shown = live.ask(
        "grant", "--file", live.folder, "--email", "coach@springfield.example", "--edition", "Teacher", *GRANT
    )
    assert shown.exit_code == 0, shown.stderr


def test_an_import_tells_the_rows_and_takes_them(live: LiveDistrict) -> None:
    file = as_file(
        ("coach@springfield.example", "", "", "algebra", "Teacher", "true", "2099-06-30"),
        ("Aide@springfield.example", "", "", "algebra", "Teacher", "true", "2099-06-30"),
        ("guest", "", "", "algebra", "Student", "true", "2099-06-30"),
    )
    shown = told(live, file)
    assert (shown["licenses"], shown["otherForm"], shown["someOfOtherForm"]) == (3, 1, [2])
    assert "1 row has a login of another form" in imported(live, file).stdout
