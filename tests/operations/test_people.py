"""A person's data: exported with where they came from and who looked; erased so that no sync brings them back."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import yaml
from tests.operations.conftest import LiveDistrict, call
from tests.operations.test_changes import rows


@pytest.fixture
def student(live: LiveDistrict) -> dict[str, Any]:
    """Somebody with a book."""
    found = rows(live, "SELECT id, sourced_id, username, email FROM accounts WHERE email <> '' ORDER BY id LIMIT 1")
    return dict(zip(("account", "sourcedID", "username", "email"), found[0], strict=True))


def left_of(live: LiveDistrict, student: dict[str, Any]) -> dict[str, int]:
    """Rows in which the person can be found, by table."""
    account, key = student["account"], student["sourcedID"]
    return {
        "accounts": len(rows(live, f"SELECT 1 FROM accounts WHERE id = {account} OR sourced_id = '{key}'")),
        "licenses": len(rows(live, f"SELECT 1 FROM licenses WHERE account_id = {account}")),
        "overrides": len(rows(live, f"SELECT 1 FROM overrides WHERE account_id = {account}")),
        "person_states": len(rows(live, f"SELECT 1 FROM person_states WHERE key = '{key}'")),
    }


def test_an_export_has_all_that_is_kept_and_who_looked(live: LiveDistrict, student: dict[str, Any]) -> None:
    live.ask("changes", "--person", student["username"])
    told = live.asked("export", "--person", student["email"])
    assert {key: told["person"][key] for key in student} == student
    assert told["person"]["schools"] == [live.simulated.school_ids[0]]
    assert [each["ebook"] for each in told["person"]["licenses"]] == ["algebra"]
    assert [each["change"] for each in told["changes"]] == ["Granted"]
    assert [each["verb"] for each in told["looks"]] == ["export", "changes"]
    assert set(told["cameFrom"]) == {"account", "licenses", "schools", "questions", "changes", "looks"}


def test_an_erased_person_does_not_come_back_by_a_sync(live: LiveDistrict, student: dict[str, Any]) -> None:
    others = rows(live, f"SELECT count(*) FROM licenses WHERE account_id <> {student['account']}")
    certificate = live.asked("erase", "--person", student["username"], "--reason", "request 17", "--yes")
    assert set(left_of(live, student).values()) == {0}
    assert certificate["erased"] == {
        "ledger": certificate["ledger"],
        "accounts": 1,
        "licenses": 1,
        "overrides": 0,
        "personStates": 1,
        "heldRemovals": 0,
        "questions": 0,
    }
    for _ in range(2):
        status = live.sync()
        assert (status["lastSync"]["outcome"], status["plan"]["grants"], status["plan"]["conflicts"]) == (
            "Synced",
            0,
            0,
        )
        assert set(left_of(live, student).values()) == {0}
    live.sync(courses=[{"code": f"MA10{number}", "ebooks": ["algebra", "geometry"]} for number in range(1, 8)])
    assert set(left_of(live, student).values()) == {0}
    assert rows(live, "SELECT count(*) FROM licenses WHERE ebook = 'algebra'") == others


def test_the_feed_tells_that_the_books_went_and_names_nobody(live: LiveDistrict, student: dict[str, Any]) -> None:
    certificate = live.asked("erase", "--person", student["username"], "--reason", "request 17", "--yes")
    (revoked,) = live.asked("changes", "--run", certificate["runID"])["changes"]
    assert (revoked["account"], revoked["change"], revoked["why"]) == (student["account"], "Revoked", "Erased")
    assert rows(live, "SELECT why FROM license_changes WHERE change = 'Revoked'") == [("Erased",)]
    assert [look["asked"] if "asked" in look else look["verb"] for look in live.asked("access")["looks"]] == ["erase"]
    assert live.ask("changes", "--person", f"account:{student['account']}").exit_code == 2


def test_a_certificate_names_nobody_and_can_be_told_from_a_forged_one(
    live: LiveDistrict, student: dict[str, Any]
) -> None:
    told = json.loads(
        live.ask("erase", "--person", student["username"], "--reason", "request 17", "--yes", "-o", "json").stdout
    )
    printed = json.dumps(told)
    for known in (student["sourcedID"], student["username"], student["email"]):
        assert known not in printed
    assert {each["what"].partition(":")[0] for each in told["kept"]} >= {"journal", "access_log", "erasures"}
    assert rows(live, "SELECT digest, reason FROM erasures") == [(told["digest"], "request 17")]
    assert len(told["digest"]) == len(hashlib.sha256().hexdigest())
    ((person,),) = rows(live, "SELECT person FROM erasures")
    assert student["sourcedID"] not in person


def test_a_dry_run_shows_the_same_and_changes_nothing(live: LiveDistrict, student: dict[str, Any]) -> None:
    tables = (
        "accounts",
        "licenses",
        "person_states",
        "journal",
        "sync_runs",
        "erasures",
        "district_state",
        "districts",
    )
    before = [sorted(map(str, rows(live, f"SELECT * FROM {table}"))) for table in tables]
    shown = live.asked("erase", "--person", student["username"], "--reason", "request 17", "--dry-run")
    assert [sorted(map(str, rows(live, f"SELECT * FROM {table}"))) for table in tables] == before
    done = live.asked("erase", "--person", student["username"], "--reason", "request 17", "--yes")
    assert (shown["erased"], shown["dryRun"], done["dryRun"]) == (done["erased"], True, False)


def test_a_removal_that_waits_goes_too(live: LiveDistrict, student: dict[str, Any]) -> None:
    live.sync(courses=[{"code": "MA101", "ebooks": ["geometry"]}])
    ((account, held),) = rows(
        live,
        "SELECT licenses.account_id, count(*) FROM held_removals JOIN licenses ON licenses.id = license_id "
        "GROUP BY licenses.account_id ORDER BY 1 LIMIT 1",
    )
    erased = live.asked("erase", "--person", f"account:{account}", "--reason", "request 17", "--yes")["erased"]
    assert erased["heldRemovals"] == held > 0


def test_a_district_that_is_held_is_not_erased_and_one_that_is_released_is(live: LiveDistrict) -> None:
    refused = live.ask("erase", "--everybody", "--reason", "contract ended", "--yes")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "is held by the RosterIntegration districts/springfield" in refused.stderr
    source = yaml.safe_load(live.ask("status", "--file", live.folder, "-o", "yaml").stdout)["ledger"]["district"]
    assert call("transfer", source, "--to", "districts", live.ledger).exit_code == 0
    certificate = yaml.safe_load(
        call("erase", source, live.ledger, "--everybody", "--reason", "contract ended", "--yes").stdout
    )
    assert certificate["erased"]["licenses"] == certificate["erased"]["accounts"] == 40
    for table in ("accounts", "licenses", "person_states", "held_removals", "overrides"):
        assert rows(live, f"SELECT * FROM {table}") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--person", "x", "--reason", "r"), "Say --dry-run to see what would be erased, or --yes"),
        (("--person", "x", "--yes"), "Say why (--reason)"),
        (("--reason", "r", "--yes"), "Say whom to erase"),
        (("--person", "x", "--everybody", "--reason", "r", "--yes"), "Say whom to erase"),
        (("--person", "nobody", "--reason", "r", "--yes"), "Nobody in springfield has this account id"),
    ],
)
def test_what_is_not_said_clearly_erases_nothing(live: LiveDistrict, arguments: tuple[str, ...], told: str) -> None:
    result = live.ask("erase", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert told in result.stderr
    assert rows(live, "SELECT count(*) FROM accounts") == [(40,)]
