"""`explain` says why a person has what they have, and lacks what they lack, without asking the SIS."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.operations.conftest import LiveDistrict

from roster_operator import vendors
from roster_operator.cli.asking import inquiry_of
from roster_operator.cli.resources import resources
from roster_operator.clock import SystemClock
from roster_operator.errors import Actor, InputError
from roster_operator.licensing.causes import Cause
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.remedies import REMEDIES
from roster_operator.operations.request import Ports
from roster_operator.operations.requests import ExplainRequest
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.sources.powerschool.messages import WORDS as POWERSCHOOL
from roster_operator.sources.terminology import Words
from roster_operator.sources.vendor_profile import profile_of

ROOT = Path(__file__).parents[2]


def query(live: LiveDistrict, statement: str) -> list[Any]:
    engine = create_engine(live.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        found = connection.execute(text(statement))
        rows = list(found) if found.returns_rows else []
    engine.dispose()
    return rows


@pytest.fixture
def explained(live: LiveDistrict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveDistrict:
    """Live, with a snapshot, whatever database its ledger is in."""
    key = tmp_path / "key"
    key.write_text(SnapshotKey(b"e" * 32).written, encoding="ascii")
    monkeypatch.setenv("ROSTER_OPERATOR_SNAPSHOT_KEY_FILE", str(key))
    live.sync(interval="25h")
    return live


def somebody(live: LiveDistrict) -> tuple[int, str, str]:
    """Account, login and sourcedId of a student with a license."""
    [row] = query(
        live,
        "SELECT accounts.id, username, sourced_id FROM accounts JOIN licenses ON licenses.account_id = accounts.id "
        "WHERE kind = 'Student' AND username <> '' ORDER BY accounts.id LIMIT 1",
    )
    return int(row[0]), str(row[1]), str(row[2])


def test_what_a_person_has_is_told_with_the_class_that_gives_it(explained: LiveDistrict) -> None:
    account, login, _ = somebody(explained)
    told = explained.asked("explain", "--person", login.upper())
    assert told["account"] == account
    assert "noReading" not in told
    assert all(has["classes"] and has["since"] for has in told["has"])
    [(seen, verb)] = query(explained, "SELECT account_id, verb FROM access_log")
    assert (seen, verb) == (account, "explain")


def test_what_they_lack_is_told_with_who_acts(explained: LiveDistrict) -> None:
    account, login, sourced_id = somebody(explained)
    query(explained, f"UPDATE accounts SET sourced_id = 'somebody-else' WHERE id = {account}")
    told = explained.asked("explain", "--person", login, "--ebook", "algebra")
    assert [lacks["edition"] for lacks in told["lacks"]] == ["Teacher"]
    table = explained.ask("explain", "--person", login, "--ebook", "algebra").stdout
    assert "NotEnrolled" in table
    assert "District" in table
    assert sourced_id not in table
    assert login not in table


def test_of_a_student_the_other_edition_is_not_for_them(explained: LiveDistrict) -> None:
    _, login, _ = somebody(explained)
    told = explained.asked("explain", "--person", login)
    causes = {because["cause"] for lacks in told["lacks"] for because in lacks["because"]}
    assert causes <= {"OtherEdition", "CourseNotMapped", "EnrollmentEnded", "EnrollmentNotBegun"}


def test_who_never_had_a_license_is_found_by_the_id_that_the_sis_has_for_them(explained: LiveDistrict) -> None:
    account, _, sourced_id = somebody(explained)
    query(explained, f"UPDATE accounts SET sourced_id = NULL WHERE id = {account}")
    told = explained.asked("explain", "--person", sourced_id)
    assert "account" not in told
    assert [lacks["entitled"] for lacks in told["lacks"] if lacks["edition"] == "Student"] == [True]
    assert explained.ask("explain", "--person", "nobody-at-all").exit_code == 2


@pytest.mark.parametrize("ignored", [False, True], ids=["filter", "filter ignored"])
def test_the_sis_is_asked_about_one_person(explained: LiveDistrict, *, ignored: bool) -> None:
    _, login, sourced_id = somebody(explained)
    told = explained.asked("explain", "--person", login)
    simulated = explained.simulated
    simulated.fault(*(["ignore-filter"] if ignored else []))
    try:
        simulated.reset_stats()
        now = explained.asked("explain", "--person", login, "--live", "--file", explained.folder)
        assert now["live"] is True
        assert now["differs"] == []
        assert {has["ebook"]: has["classes"] for has in now["has"]} == {
            has["ebook"]: has["classes"] for has in told["has"]
        }
        assert [has["nextSync"] for has in now["has"]] == ["Keeps"] * len(now["has"])
        simulated.change(f"student-leaves:{sourced_id}")
        gone = explained.asked("explain", "--person", login, "--live", "--file", explained.folder)
        assert {has["nextSync"] for has in gone["has"]} == {"Removes"}
        assert gone["differs"]
    finally:
        simulated.clear_faults()


def test_without_the_ebooks_in_the_files_the_spec_of_today_is_not_known(explained: LiveDistrict) -> None:
    _, login, _ = somebody(explained)
    told = explained.asked("explain", "--person", login, "--file", explained.folder / "integration.yaml")
    assert [each["what"] for each in told["circumstances"]] == ["SpecNotKnown"]
    assert "The files hold no EBook: name those with the EBooks too" in told["circumstances"][0]["message"]
    assert {has["nextSync"] for has in told["has"]} == {"Keeps"}


def test_the_sis_is_asked_only_by_whoever_has_its_credentials(explained: LiveDistrict, tmp_path: Path) -> None:
    _, login, _ = somebody(explained)
    alone = tmp_path / "alone"
    shutil.copytree(explained.folder, alone, ignore=shutil.ignore_patterns("secret*"))
    result = explained.ask("explain", "--person", login, "--live", "--file", alone)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Secret districts/sis" in result.stderr
    request = ExplainRequest(district=DistrictName("springfield"), person=login, live=True)
    with inquiry_of(explained.url) as inquiry, pytest.raises(InputError, match="which the console may not read"):
        request.answer(Ports(resources([str(alone)], None, ""), inquiry, SystemClock()))


def test_one_connection_is_enough_so_that_two_who_ask_do_not_wait_for_each_other(explained: LiveDistrict) -> None:
    _, login, _ = somebody(explained)
    request = ExplainRequest(district=DistrictName("springfield"), person=login)
    with inquiry_of(explained.url, SnapshotKey(b"e" * 32)) as inquiry:
        ports = Ports(resources([str(explained.folder)], None, ""), inquiry, SystemClock())
        district = inquiry.queries.districts()[0].id
        with inquiry.queries.snapshot(district):
            assert request.answer(ports).no_reading is None


def test_without_its_key_or_a_snapshot_the_ledger_alone_answers(
    explained: LiveDistrict, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, login, _ = somebody(explained)
    other = tmp_path / "other"
    other.write_text(SnapshotKey.new().written, encoding="ascii")
    assert explained.asked("explain", "--person", login, "--snapshot-key-file", other)["noReading"] == "OtherKey"
    query(explained, "DELETE FROM snapshot_chunks")
    query(explained, "DELETE FROM snapshots")
    told = explained.asked("explain", "--person", login)
    assert told["noReading"] == "NoSnapshot"
    assert told["has"]
    assert "no reading of the roster is kept" in explained.ask("explain", "--person", login).stdout


def test_every_cause_has_somebody_who_acts_and_the_page_agrees() -> None:
    page = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
    for cause in Cause:
        [row] = [line for line in page.splitlines() if line.startswith(f"| `{cause}` |")]
        actor = REMEDIES[cause].acts
        assert (f"| {actor}: " in row) if actor is not None else ("| nobody" in row), cause
    assert {remedy.acts for remedy in REMEDIES.values()} <= {None, *Actor}


@pytest.mark.parametrize("words", [*(profile_of(name).wording for name in vendors.names()), POWERSCHOOL])
def test_what_a_product_says_of_causes_is_of_causes_that_there_are(words: Words) -> None:
    for cause in words.causes:
        said = REMEDIES[Cause(cause)].said_for(Cause(cause), words)
        assert said.endswith(words.causes[cause])
        assert "{section}" not in said
