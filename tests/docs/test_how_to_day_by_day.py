"""The page for every day: each of its commands is typed, in its order, about a district to which that happened."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from click.testing import Result
from tests.docs.pages import blocks, rows, section, text_of
from tests.operations.conftest import LiveDistrict, call, live  # noqa: F401 - a fixture
from tests.operations.test_people import student  # noqa: F401 - a fixture

from district_simulator.library import SimulatedDistrict
from roster_operator.api import reasons
from roster_operator.operations.fleet import ACTORS
from roster_operator.reconcile.standing import OVERDUE, Forgotten

PAGE = text_of("docs/how-to/day-by-day.md")
GEOMETRY = [{"code": "MA101", "ebooks": ["geometry"]}]
NO_GUARD = {"districtPercent": 100, "schoolPercent": 100}


@pytest.fixture
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


@pytest.fixture
def ledger_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.sqlite'}"


def commands(title: str) -> Iterator[list[str]]:
    """Words of each command of a part, without `kubectl roster`."""
    for block in blocks(section(PAGE, title)):
        if block.language == "sh":
            for line in block.text.splitlines():
                program, plugin, *words = shlex.split(line)
                assert (program, plugin) == ("kubectl", "roster")
                yield words


def typed(live: LiveDistrict, words: list[str], **instead: str) -> Result:  # noqa: F811
    """A command of the page, about files and a ledger instead of a cluster; `instead`: of words of the page."""
    known = {"-A": "", "ann.lee": instead.pop("person", "ann.lee"), **instead}
    said = [known.get(word, word) for word in words]
    return call(*filter(None, said), "--file", live.folder, live.ledger)


def instead_of(pattern: str, word: str) -> dict[str, str]:
    """The word of the page that fits, and what is typed in its place."""
    return dict.fromkeys(re.findall(pattern, PAGE), word)


def test_each_morning_shows_who_must_act(live: LiveDistrict) -> None:  # noqa: F811
    expires = datetime.now(UTC) + timedelta(days=20)
    live.sync(source={**live_source(live), "credentialsExpire": f"{expires:%Y-%m-%d}"}, guard=NO_GUARD)
    acts, forgotten, expiring = [typed(live, words) for words in commands("Each morning")]
    assert {acts.exit_code, forgotten.exit_code, expiring.exit_code} == {0}
    assert "0 of 1 district." in acts.stdout, "it is the district's turn"
    assert "GuardOff" in forgotten.stdout
    assert "CredentialsExpire" in expiring.stdout
    named = {word for row in rows(section(PAGE, "Each morning")) for word in re.findall(r"`([A-Za-z]+)`", row[0])}
    known = {value for name, value in vars(reasons).items() if name.isupper()} | {OVERDUE, *Forgotten}
    assert named <= known, named - known
    assert set(re.findall(r"--acts (\w+)", PAGE)) <= set(ACTORS)


def live_source(live: LiveDistrict) -> dict[str, object]:  # noqa: F811
    manifest = yaml.safe_load((live.folder / "integration.yaml").read_text())
    found: dict[str, object] = manifest["spec"]["source"]
    return found


def test_what_waits_is_approved_by_what_the_page_says(live: LiveDistrict) -> None:  # noqa: F811
    digest = live.sync(courses=GEOMETRY)["plan"]["digest"]
    status, approve = commands("Approve what waits")
    shown = typed(live, status)
    assert (shown.exit_code, digest in shown.stdout) == (3, True)
    approved = typed(live, approve, **instead_of(r"plan-\w+", digest))
    assert approved.exit_code == 0, approved.output
    assert yaml.safe_load(approved.stdout)["spec"]["approval"]["plan"] == digest


def test_a_bad_night_is_undone_and_let_go_on(live: LiveDistrict) -> None:  # noqa: F811
    live.sync(courses=GEOMETRY, guard=NO_GUARD)
    history, look, undo, lift = commands("Undo a bad night")
    assert " RUN" in typed(live, history).stdout
    run = live.asked("history")["runs"][0]["runID"]
    shown = typed(live, look, **{"1f0c9a52": run})
    assert shown.exit_code == 0, shown.output
    (digest,) = re.findall(r"--digest (\S+)", shown.stdout)
    done = typed(live, undo, **{"1f0c9a52": run}, **instead_of(r"undo-\w+", digest))
    assert "Turned back the run" in done.stdout, done.output
    assert "Undone" in str(live.sync(courses=GEOMETRY, guard=NO_GUARD)["conditions"])
    assert "apply again what they plan" in typed(live, lift).stdout


def test_a_person_is_erased_and_the_certificate_names_nobody(
    live: LiveDistrict,  # noqa: F811
    student: dict[str, str],  # noqa: F811
) -> None:
    export, dry, erase, access = commands("Erase a person")
    name = student["username"]
    assert name in typed(live, export, person=name).stdout
    for words in (dry, erase):
        certificate = typed(live, words, person=name)
        assert certificate.exit_code == 0, certificate.output
        assert name not in certificate.stdout
    assert typed(live, export, person=name).exit_code == 2
    assert "erase" in typed(live, access).stdout


def test_what_is_to_come_names_the_day(live: LiveDistrict) -> None:  # noqa: F811
    for days, exit_code in ((20, 0), (-2, 3)):
        expires = datetime.now(UTC) + timedelta(days=days)
        live.sync(source={**live_source(live), "credentialsExpire": f"{expires:%Y-%m-%d}"})
        (upcoming,) = commands("Credentials that expire")
        told = typed(live, upcoming)
        assert told.exit_code == exit_code, told.output
        assert f"{expires:%Y-%m-%d}" in told.stdout
        assert "CredentialsExpire" in told.stdout
