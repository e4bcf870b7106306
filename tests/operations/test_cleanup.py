"""A clean-up by command: shown by count and one by one, done by its digest, known to go-live, undo and privacy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.folders import integration, write
from tests.operations.conftest import LiveDistrict, district_in
from tests.operations.test_importing import as_file, taken
from tests.operations.test_undo import rows

from district_simulator.library import SimulatedDistrict
from roster_operator.ledger.ledger import Retention
from roster_operator.ledger.store import open_ledger

DOMAIN = ("--domain", "old.example=springfield.example")


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


@pytest.fixture(scope="module")
def people(simulated: SimulatedDistrict, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    """Login, eBook and edition of each license that there would be."""
    folder = tmp_path_factory.mktemp("elsewhere")
    elsewhere = district_in(folder / "elsewhere", simulated, f"sqlite:///{folder / 'elsewhere.sqlite'}")
    elsewhere.sync()
    return rows(elsewhere, "SELECT username, ebook, edition FROM licenses JOIN accounts ON accounts.id = account_id")


@pytest.fixture
def dirty(simulated: SimulatedDistrict, people: list[tuple[Any, ...]], tmp_path: Path, ledger_url: str) -> LiveDistrict:
    """In setup mode, with the licenses that its people had in another system: under logins of another form."""
    district = district_in(tmp_path / "draft", simulated, ledger_url)
    write(district.folder / "integration.yaml", integration(simulated, live=False))
    open_ledger(ledger_url).migrate()
    given = ((f"{username.upper()}@OLD.example", "", "", *what, "", "") for username, *what in people)
    taken(district, as_file(*given))
    return district


def asked(district: LiveDistrict, *arguments: str) -> Any:
    return district.asked("cleanup", "-f", str(district.folder), *arguments)


def cleaned(district: LiveDistrict, *rules: str) -> dict[str, Any]:
    shown = asked(district, *rules)
    done = asked(district, *rules, "--digest", shown["digest"], "--reason", "ticket 4711")
    assert done == {**shown, "done": True, "byRun": done["byRun"]}
    told: dict[str, Any] = done
    return told


def test_before_going_live_everybody_is_recognized_by_their_cleaned_login(dirty: LiveDistrict) -> None:
    status = dirty.sync(live=False)
    assert status["plan"]["accountsLinked"] == 0
    shown = asked(dirty, "--username-from", "local-part")
    assert (shown["rewritten"], shown["merged"], shown["leftOut"]) == (shown["accounts"], 0, [])
    assert "0 of 40 accounts from before are recognized" in shown["checklist"]
    assert rows(dirty, "SELECT COUNT(*) FROM cleanups") == [(0,)]
    done = cleaned(dirty, "--username-from", "local-part")
    assert done["byRule"] == {"Case": 40, "Username": 40}
    assert dirty.sync(live=False)["plan"]["accountsLinked"] == 40
    dirty.sync()
    assert rows(dirty, "SELECT COUNT(*) FROM accounts") == [(40,)]
    assert rows(dirty, "SELECT DISTINCT origin FROM licenses") == [("Roster",)]


def test_it_is_undone_by_its_run_as_a_whole(dirty: LiveDistrict) -> None:
    before = rows(dirty, "SELECT * FROM accounts ORDER BY id")
    run = cleaned(dirty, *DOMAIN)["byRun"]
    assert rows(dirty, "SELECT * FROM accounts ORDER BY id") != before
    refused = dirty.ask("undo", run, "--ebook", "algebra")
    assert (refused.exit_code, "as a whole" in refused.stderr) == (2, True)
    shown = dirty.asked("undo", run)
    assert (shown["accounts"], shown["granted"], shown["holds"]) == (40, 0, False)
    assert "It was a clean-up: 40 accounts would be as before." in dirty.ask("undo", run).stdout
    dirty.asked("undo", run, "--digest", shown["digest"], "--reason", "wrong domain")
    assert rows(dirty, "SELECT * FROM accounts ORDER BY id") == before
    again = dirty.ask("undo", run)
    assert (again.exit_code, "Nothing was changed." in again.stderr) == (2, True)


def test_each_account_can_be_seen_and_the_access_log_says_so(dirty: LiveDistrict) -> None:
    listed = asked(dirty, *DOMAIN, "--details", "--limit", "2")
    assert (listed["total"], len(listed["listed"])) == (40, 2)
    first = listed["listed"][0]
    assert (first["becomes"], first["username"].endswith("@OLD.example")) == ("Rewritten", True)
    assert first["usernameAfter"] == first["username"].lower().replace("old.example", "springfield.example")
    looks = [look for look in dirty.asked("access")["looks"] if look["verb"] == "cleanup"]
    assert sorted(look["account"] for look in looks) == sorted(each["account"] for each in listed["listed"])
    table = dirty.ask("cleanup", "-f", str(dirty.folder), *DOMAIN, "--details", "--offset", "39").stdout
    assert "These are 1 of 40" in table
    assert first["usernameAfter"] not in table


def test_what_it_counts_names_nobody(dirty: LiveDistrict) -> None:
    [(username,)] = rows(dirty, "SELECT username FROM accounts ORDER BY id LIMIT 1")
    printed = dirty.ask("cleanup", "-f", str(dirty.folder), *DOMAIN).stdout
    assert "40 accounts would get other logins" in printed
    assert username.lower() not in printed.lower()


REFUSED = (
    (("--digest", "plan-0000", "--reason", "x"), "Nothing was changed. Look at it again."),
    (("--digest", "plan-0000"), "Say why (--reason)."),
    (("--digest", "plan-0000", "--reason", "x" * 201), "more than 200 characters"),
    (("--domain", "old.example"), "old.example=new.example"),
    (("--domain", "@a.example=b.example"), "A domain is such as"),
    (("--domain", "a.example=b.example", "--domain", "b.example=c.example"), "replaced once"),
)


def test_what_cannot_be_is_refused_in_a_line(dirty: LiveDistrict) -> None:
    before = rows(dirty, "SELECT * FROM accounts ORDER BY id")
    for arguments, says in REFUSED:
        refused = dirty.ask("cleanup", "-f", str(dirty.folder), *arguments)
        assert (refused.exit_code, says in refused.stderr, refused.stderr.count("\n")) == (2, True, 1), refused.stderr
    assert rows(dirty, "SELECT * FROM accounts ORDER BY id") == before


def test_nothing_to_do_is_said(dirty: LiveDistrict) -> None:
    cleaned(dirty)
    shown = asked(dirty)
    assert (shown["rewritten"], shown["merged"]) == (0, 0)
    assert "There is nothing to clean up in 40 accounts." in dirty.ask("cleanup", "-f", str(dirty.folder)).stdout
    refused = dirty.ask("cleanup", "-f", str(dirty.folder), "--digest", shown["digest"], "--reason", "x")
    assert (refused.exit_code, "nothing to clean up" in refused.stderr) == (2, True)


def test_an_export_has_what_the_accounts_were_and_an_erasure_leaves_nothing(dirty: LiveDistrict) -> None:
    [(ebook, username)] = rows(
        dirty,
        "SELECT ebook, username FROM licenses JOIN accounts ON accounts.id = account_id ORDER BY accounts.id LIMIT 1",
    )
    twin = username.lower().replace("@old", "@springfield")
    taken(dirty, as_file((twin, "x@springfield.example", "7", ebook, "Teacher", "", "")))
    rows(dirty, f"UPDATE accounts SET identifier = '7' WHERE username = '{username}'")
    done = cleaned(dirty, *DOMAIN)
    assert done["merged"] == 1
    told = dirty.asked("export", "--person", twin)
    assert sorted(each["username"] for each in told["person"]["formerly"]) == sorted([username, twin])
    assert {each["why"] for each in told["changes"]} == {"Imported", "Merged"}
    assert len({each["account"] for each in told["changes"]} - {told["person"]["account"]}) <= 1
    dirty.ask("erase", "--person", twin, "--reason", "request 17", "--yes")
    for table in ("cleaned_accounts", "cleaned_licenses"):
        gone = told["person"]["account"]
        assert rows(dirty, f"SELECT COUNT(*) FROM {table} WHERE target = {gone}") == [(0,)]
    assert rows(dirty, "SELECT COUNT(*) FROM cleaned_accounts") == [(39,)]


def test_what_it_keeps_goes_with_the_changes(dirty: LiveDistrict) -> None:
    cleaned(dirty, *DOMAIN)
    ledger = open_ledger(dirty.url)
    day = timedelta(days=1)
    ledger.prune(Retention(changes=400 * day), datetime.now(UTC) + 399 * day)
    assert rows(dirty, "SELECT COUNT(*) FROM cleaned_accounts") == [(40,)]
    ledger.prune(Retention(changes=400 * day), datetime.now(UTC) + 401 * day)
    ledger.close()
    assert rows(dirty, "SELECT COUNT(*) FROM cleaned_accounts") == [(0,)]
    assert rows(dirty, "SELECT COUNT(*) FROM cleanups") == [(0,)]


def test_an_import_that_is_undone_after_a_clean_up_leaves_no_login_behind(dirty: LiveDistrict) -> None:
    cleaned(dirty, *DOMAIN)
    ((imported,),) = rows(dirty, "SELECT DISTINCT run_id FROM journal WHERE why = 'Imported'")
    shown = dirty.asked("undo", imported)
    dirty.asked("undo", imported, "--digest", shown["digest"], "--reason", "wrong file")
    assert rows(dirty, "SELECT username FROM accounts") == []
    for kept in ("cleaned_accounts", "cleaned_licenses", "cleaned_overrides"):
        assert rows(dirty, f"SELECT target FROM {kept}") == [], "nobody could have it erased"
