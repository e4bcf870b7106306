"""What came and went by one school is told, and can be turned back, without the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.operations.conftest import LiveDistrict
from tests.operations.test_undo import AFTER, NO_GUARD, licenses, rows, undone

from district_simulator.library import SimulatedDistrict


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=60, schools=2, seed=3) as district:
        yield district


@pytest.fixture
def changed(live: LiveDistrict) -> LiveDistrict:
    """In two schools every license was replaced by another in one night."""
    both = [{"id": school} for school in live.simulated.school_ids]
    live.sync(schools=both, guard=NO_GUARD)
    live.sync(schools=both, courses=AFTER, guard=NO_GUARD)
    return live


def people_of(live: LiveDistrict, school: str) -> set[int]:
    found = rows(live, f"SELECT account_id FROM journal WHERE school_id = '{school}'")
    return {account for (account,) in found}


def test_changes_are_told_by_school_and_add_up_to_all(changed: LiveDistrict) -> None:
    run = changed.asked("history")["runs"][0]["runID"]
    everything = changed.asked("changes", "--run", run, "--limit", "1000")["changes"]
    parts = [
        changed.asked("changes", "--run", run, "--school", school, "--limit", "1000")
        for school in changed.simulated.school_ids
    ]
    assert [{each["schoolID"] for each in part["changes"]} for part in parts] == [
        {school} for school in changed.simulated.school_ids
    ]
    assert [part["byNoSchool"] for part in parts] == [0, 0]
    assert sum(len(part["changes"]) for part in parts) == len(everything) > 20


def test_a_school_is_known_by_its_name_too_if_the_last_reading_is_kept(changed: LiveDistrict) -> None:
    school = changed.simulated.school_ids[0]
    by_id = changed.asked("changes", "--school", school)
    name = changed.simulated.service.roster.org(1).name
    if rows(changed, "SELECT 1 FROM snapshots"):
        assert changed.asked("changes", "--school", name.upper()) == by_id
    else:
        assert (
            f"There are: {', '.join(changed.simulated.school_ids)}." in changed.ask("changes", "--school", name).stderr
        )


def test_one_school_is_row_for_row_as_before_and_the_other_as_after(live: LiveDistrict) -> None:
    both = [{"id": school} for school in live.simulated.school_ids]
    live.sync(schools=both, guard=NO_GUARD)
    before = licenses(live)
    live.sync(schools=both, courses=AFTER, guard=NO_GUARD)
    after = licenses(live)
    first, second = (people_of(live, school) for school in live.simulated.school_ids)
    told = undone(live, live.asked("history")["runs"][0]["runID"], "--school", live.simulated.school_ids[0])
    assert first.isdisjoint(second)
    assert licenses(live) == sorted(
        [row for row in before if row[0] in first] + [row for row in after if row[0] in second], key=lambda row: row[:3]
    )
    journaled = rows(live, f"SELECT DISTINCT school_id FROM journal WHERE run_id = '{told['byRun']}'")
    assert journaled == [(live.simulated.school_ids[0],)]


def test_what_older_versions_wrote_has_no_school_and_that_is_said(changed: LiveDistrict) -> None:
    school = changed.simulated.school_ids[0]
    rows(changed, "UPDATE journal SET school_id = NULL WHERE position <= 3")
    told: dict[str, Any] = changed.asked("changes", "--school", school)
    assert told["byNoSchool"] == 3
    shown = changed.ask("changes", "--school", school).stdout
    assert shown.splitlines()[-1] == "Nobody knows by which school 3 changes beside these came."


def test_a_school_that_is_not_there_is_answered_with_those_that_are(changed: LiveDistrict) -> None:
    known = changed.simulated.school_ids[0]
    run = changed.asked("history")["runs"][0]["runID"]
    for verb in (("changes",), ("undo", run)):
        result = changed.ask(*verb, "--school", f"{known}0")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1), result.output
        assert f"Did you mean {known}?" in result.stderr
    assert rows(changed, "SELECT COUNT(*) FROM sync_runs") == [(3,)]
