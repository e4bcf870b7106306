"""The status says why persons were refused and who acts, and names accounts by the ledger's own numbers only."""

from __future__ import annotations

from typing import Any

from tests.reconcile.district_harness import Scene

from roster_operator.reconcile.contract import Outcome


def matching(scene: Scene) -> dict[str, Any]:
    """The item of the checklist."""
    found: dict[str, Any] = next(item for item in scene.status["checklist"] if item["name"] == "Matching")
    return found


def test_accounts_from_before_that_share_a_login_are_the_publishers(scene: Scene) -> None:
    scene.reconcile()
    username, key = scene.query("SELECT username, username_key FROM accounts WHERE sourced_id = 'S1000003'")[0]
    scene.execute("DELETE FROM licenses WHERE account_id = (SELECT id FROM accounts WHERE sourced_id = 'S1000003')")
    scene.execute("DELETE FROM person_states WHERE key = 'S1000003'")
    scene.execute("UPDATE accounts SET sourced_id = NULL WHERE sourced_id = 'S1000003'")
    scene.execute(
        "INSERT INTO accounts (district_id, username, email, identifier, username_key, email_key, kind, created) "
        f"VALUES (1, '{username}', '', '', '{key}', '', '', '2026-01-01 00:00:00')"
    )
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    item = matching(scene)
    assert (item["result"], item["count"]) == ("Fail", 1)
    assert "1 person has a login that several accounts have (accounts " in item["message"]
    assert item["action"].startswith("Publisher: merge these accounts")
    assert "several accounts have (accounts " in scene.message("DataClean")
    assert scene.condition("DataClean") == ("False", "MatchingConflicts")
    said = repr(scene.status)
    assert not [text for text in scene.district.personal_strings() if text in said]


def test_records_of_the_sis_that_share_a_login_are_the_districts(scene: Scene) -> None:
    scene.district.fault("bad-rows=shared-emails,every=50,on=students")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    item = matching(scene)
    assert (item["result"], item["count"]) == ("Fail", 2)
    assert item["message"] == "2 persons share a login with another record of the SIS."
    assert item["action"].startswith("District: ")
    assert "Publisher" not in item["action"]


def test_a_student_who_changes_school_gets_the_new_books_under_a_new_id(scene: Scene) -> None:
    """The former record is gone, and another one says the same of the student."""
    scene.reconcile()
    before = scene.query("SELECT id FROM accounts WHERE sourced_id = 'S1000003'")
    scene.execute("UPDATE accounts SET sourced_id = 'former' WHERE sourced_id = 'S1000003'")
    scene.execute("UPDATE person_states SET key = 'former' WHERE key = 'S1000003'")
    scene.execute("UPDATE district_state SET memory = NULL")
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert scene.query("SELECT id FROM accounts WHERE sourced_id = 'S1000003'") == before
    assert scene.query("SELECT * FROM person_states WHERE key = 'former'") == []
    assert scene.licenses() == scene.expected()
    assert matching(scene)["result"] == "Pass"
