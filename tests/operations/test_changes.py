"""`changes` tells what came and went, in order: of a run, an eBook, a person; people are ids of accounts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.operations.conftest import LiveDistrict, call


def rows(live: LiveDistrict, statement: str) -> list[Any]:
    engine = create_engine(live.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = list(connection.execute(text(statement)))
    engine.dispose()
    return found


@pytest.fixture
def changed(live: LiveDistrict) -> LiveDistrict:
    """Synced once more: algebra stays, and geometry comes."""
    live.sync(courses=[{"code": f"MA10{number}", "ebooks": ["algebra", "geometry"]} for number in range(1, 8)])
    return live


def test_changes_come_in_their_order_by_run_and_by_ebook(changed: LiveDistrict) -> None:
    everything = changed.asked("changes")["changes"]
    newest, first = changed.asked("history")["runs"]
    assert [each["position"] for each in everything] == sorted(each["position"] for each in everything)
    assert len(everything) == newest["granted"] + first["granted"]

    of_run = changed.asked("changes", "--run", newest["runID"][:8])["changes"]
    assert of_run == changed.asked("changes", "--ebook", "geometry")["changes"]
    assert {(each["ebook"], each["change"], each["runID"]) for each in of_run} == {
        ("geometry", "Granted", newest["runID"])
    }
    assert len(of_run) == newest["granted"]


def test_pages_join_without_a_gap(changed: LiveDistrict) -> None:
    everything = changed.asked("changes")["changes"]
    late = changed.asked("changes", "--limit", "7")
    early = changed.asked("changes", "--limit", "1000", "--before", late["earlier"])
    assert early["changes"] + late["changes"] == everything
    assert "earlier" not in early
    assert changed.ask("changes", "--limit", "7").stdout.splitlines()[0].endswith(f"--before {late['earlier']}")


def test_a_person_is_found_by_what_the_sis_has_for_them_and_who_looked_is_written_down(changed: LiveDistrict) -> None:
    ((account, login, email, sourced_id),) = rows(
        changed, "SELECT id, username, email, sourced_id FROM accounts WHERE email <> '' ORDER BY id LIMIT 1"
    )
    told = [
        changed.asked("changes", "--person", name)["changes"]
        for name in (f"account:{account}", login.upper(), email, sourced_id)
    ]
    assert {each["account"] for changes in told for each in changes} == {account}
    assert told[0] == told[1] == told[2] == told[3] != []
    seen = rows(changed, "SELECT account_id, verb, through FROM access_log ORDER BY position")
    assert seen == [(account, "changes", "os")] * 4


def test_a_number_that_may_mean_two_people_means_nobody(changed: LiveDistrict) -> None:
    (one,), (other,) = rows(changed, "SELECT id FROM accounts ORDER BY id LIMIT 2")
    engine = create_engine(changed.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE accounts SET identifier = '{other}' WHERE id = {one}"))
    engine.dispose()
    result = changed.ask("changes", "--person", other)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"Name one: account:{one} or account:{other}.\n")
    assert rows(changed, "SELECT * FROM access_log") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--ebook", "algbra"), "There is no eBook algbra among the changes of springfield. Did you mean algebra?"),
        (("--run", "ffff"), "There is no run ffff of springfield. There are: "),
        (("--person", "nobody@nowhere.example"), "Nobody in springfield has this account id"),
        (("--person", "account:x"), "Nobody in springfield has this account id"),
        (("--person", " "), "Nobody in springfield has this account id"),
    ],
)
def test_what_is_not_there_is_one_line(live: LiveDistrict, arguments: tuple[str, ...], told: str) -> None:
    result = live.ask("changes", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert told in result.stderr
    assert "nowhere.example" not in result.stderr
    assert rows(live, "SELECT * FROM access_log") == []


def test_another_districts_run_and_person_are_not_there(live: LiveDistrict) -> None:
    run = live.asked("history")["runs"][0]["runID"]
    live.sync(live=False)
    assert call("changes", "shelbyville", live.ledger, "--run", run).exit_code == 2
