"""A bad night is turned back: row for row as before, held until somebody lifts it, and itself undoable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, text
from tests.operations.conftest import LiveDistrict, call

from district_simulator.library import SimulatedDistrict

BEFORE = [{"code": f"MA10{number}", "ebooks": ["algebra"]} for number in range(1, 8)]
AFTER = [{"code": f"MA10{number}", "ebooks": ["geometry"]} for number in range(1, 8)]
NO_GUARD = {"districtPercent": 100, "schoolPercent": 100, "absentReads": 1}


@pytest.fixture
def simulated() -> Iterator[SimulatedDistrict]:
    """Of each test its own: they change it."""
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


def rows(live: LiveDistrict, statement: str) -> list[tuple[Any, ...]]:
    engine = create_engine(live.url)
    try:
        with engine.begin() as connection:
            found = connection.execute(text(statement))
            return [tuple(row) for row in found] if found.returns_rows else []
    finally:
        engine.dispose()


def licenses(live: LiveDistrict) -> list[tuple[Any, ...]]:
    """All but their numbers."""
    return rows(live, "SELECT account_id, ebook, edition, origin, since, until FROM licenses ORDER BY 1, 2, 3")


def bad_night(live: LiveDistrict) -> str:
    """Every license is replaced by another; the run."""
    live.sync(courses=AFTER, guard=NO_GUARD)
    run: str = live.asked("history")["runs"][0]["runID"]
    return run


def undone(live: LiveDistrict, run: str, *more: str) -> dict[str, Any]:
    shown = live.asked("undo", run, *more)
    assert not shown["done"]
    done = live.asked("undo", run, *more, "--digest", shown["digest"], "--reason", "wrong mapping")
    assert done["done"]
    assert {**done, "done": False, "byRun": None} == {**shown, "byRun": None}
    told: dict[str, Any] = done
    return told


def condition(status: dict[str, Any], kind: str = "Ready") -> tuple[str, str, str]:
    found = next(each for each in status["conditions"] if each["type"] == kind)
    return found["status"], found["reason"], found["message"]


def test_it_shows_what_it_would_do_and_changes_nothing(live: LiveDistrict) -> None:
    run, before = bad_night(live), licenses(live)
    shown = live.asked("undo", run)
    assert shown["granted"] == shown["removed"] == len(before) > 20
    assert {(each["ebook"], each["granted"] > 0, each["removed"] > 0) for each in shown["byEBook"]} == {
        ("algebra", True, False),
        ("geometry", False, True),
    }
    assert licenses(live) == before
    assert "Nothing was changed." in live.ask("undo", run).stdout


def test_everything_is_row_for_row_as_it_was_and_the_journal_says_who_did_it(live: LiveDistrict) -> None:
    rows(live, "UPDATE licenses SET until = '2099-01-01 00:00:00+00:00', origin = 'Manual' WHERE id = 3")
    before = licenses(live)
    run = bad_night(live)
    assert licenses(live) != before
    told = undone(live, run[:8])
    assert licenses(live) == before
    changes = rows(
        live, f"SELECT change, why, actor, count(*) FROM journal WHERE run_id = '{told['byRun']}' GROUP BY 1, 2, 3"
    )
    assert {(change, why, bool(actor), count) for change, why, actor, count in changes} == {
        ("Granted", "Undone", True, told["granted"]),
        ("Revoked", "Undone", True, told["removed"]),
    }
    assert live.asked("history")["runs"][0]["runID"] == told["byRun"]


def test_nothing_changes_then_until_it_is_lifted(live: LiveDistrict) -> None:
    run, before = bad_night(live), licenses(live)
    undone(live, run)
    good = licenses(live)
    status = live.sync(courses=AFTER, guard=NO_GUARD)
    ready = condition(status)
    assert ready[:2] == ("False", "Undone")
    assert run in ready[2]
    assert "wrong mapping" in ready[2]
    assert "undo --lift" in ready[2]
    assert licenses(live) == good
    assert live.ask("undo", "--lift").stdout == "The syncs of springfield apply again what they plan.\n"
    assert live.sync(courses=AFTER, guard=NO_GUARD)["lastSync"]["outcome"] == "Synced"
    assert [row[:4] for row in licenses(live)] == [row[:4] for row in before]
    assert "Nothing was held" in live.ask("undo", "--lift").stdout


def test_an_approval_of_what_the_sync_would_do_lifts_it_too(live: LiveDistrict) -> None:
    run = bad_night(live)
    undone(live, run)
    waiting = live.sync(courses=AFTER, guard=NO_GUARD)["plan"]["digest"]
    assert live.sync(courses=AFTER, guard=NO_GUARD, approval={"plan": waiting})["lastSync"]["outcome"] == "Synced"
    live.simulated.change("student-arrives,count=1")
    assert condition(live.sync(courses=AFTER, guard=NO_GUARD))[0] == "True"


def test_once_the_cause_is_mended_the_next_sync_has_nothing_to_do(live: LiveDistrict) -> None:
    undone(live, bad_night(live))
    good = licenses(live)
    status = live.sync(courses=BEFORE)
    assert condition(status)[0] == "True", status["conditions"]
    assert licenses(live) == good


def test_it_can_be_undone_itself(live: LiveDistrict) -> None:
    run = bad_night(live)
    bad = licenses(live)
    told = undone(live, run)
    undone(live, told["byRun"])
    assert licenses(live) == bad


def test_what_was_changed_since_is_left_and_told(live: LiveDistrict) -> None:
    run = bad_night(live)
    rows(live, "UPDATE licenses SET origin = 'Sticky' WHERE id = (SELECT MIN(id) FROM licenses)")
    told = undone(live, run)
    assert {each["why"]: each["changes"] for each in told["left"]} == {"NotAsGranted": 1}
    assert len(told["accountsLeft"]) == 1
    assert len([row for row in licenses(live) if row[3] == "Sticky"]) == 1
    again = live.ask("undo", run)
    assert (again.exit_code, "ChangedSince" in again.stderr) == (2, True), again.output


def test_who_left_in_that_night_is_noticed_by_the_next_sync(live: LiveDistrict) -> None:
    """A license that came back, of somebody who is on no roster, is not forgotten."""
    live.simulated.change("student-leaves:S1000001")
    live.sync(guard={"absentReads": 1})
    run = live.asked("history")["runs"][0]["runID"]
    undone(live, run)
    live.ask("undo", "--lift")
    status = live.sync(guard={"absentReads": 1})
    assert status["lastSync"]["revoked"] == 1
    assert not rows(
        live, "SELECT 1 FROM licenses JOIN accounts ON accounts.id = account_id WHERE sourced_id = 'S1000001'"
    )


def test_of_one_ebook_alone(live: LiveDistrict) -> None:
    run = bad_night(live)
    told = undone(live, run, "--ebook", "algebra")
    assert (told["removed"], told["granted"] > 20) == (0, True)
    assert {row[1] for row in licenses(live)} == {"algebra", "geometry"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("0000",), "There is no run 0000 of springfield."),
        ((), "Name the run to undo"),
        (("{run}", "--ebook", "algebro"), "Did you mean algebra?"),
        (
            ("{run}", "--digest", "plan-000000000000000000000000", "--reason", "x"),
            "Nothing was changed. Look at it again.",
        ),
        (("{run}", "--digest", "{digest}"), "Say why (--reason)."),
        (("{run}", "--digest", "{digest}", "--reason", "x" * 201), "more than 200 characters"),
        (("{run}", "--lift"), "Name the run to undo"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(
    live: LiveDistrict, arguments: tuple[str, ...], says: str
) -> None:
    run = bad_night(live)
    digest, before = live.asked("undo", run)["digest"], licenses(live)
    result = live.ask("undo", *(each.format(run=run, digest=digest) for each in arguments))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.output
    assert says in result.stderr
    assert licenses(live) == before
    assert yaml.safe_load(call("history", "springfield", live.ledger, "-o", "yaml").stdout)["runs"][0]["runID"] == run
