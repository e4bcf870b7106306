"""Deltas are added to the bulk set before them; a row ends only if a delta or the bulk set says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sources.csv.opened import opened, read
from tests.sources.csv.sets import CsvSet, as_csv

from district_simulator.library import SimulatedDistrict
from roster_operator.errors import ReadIncomplete
from roster_operator.roster.models import Enrollment, Status
from roster_operator.sources.source import Complete, Incomplete


@pytest.fixture(scope="module")
def bulk() -> CsvSet:
    return CsvSet.of(SimulatedDistrict(students=30, schools=1, seed=3))


HEADER = ("sourcedId", "status", "dateLastModified", "userSourcedId", "classSourcedId", "role")


def enrollment(key: str, person: str, *, section: str = "", status: str = "active") -> dict[str, str]:
    return {
        "sourcedId": key, "status": status, "dateLastModified": "2026-11-25", "userSourcedId": person,
        "classSourcedId": section, "role": "student",
    }  # fmt: skip


def delta_of(bulk: CsvSet, *rows: dict[str, str]) -> CsvSet:
    """A delta of enrollments alone, in the class of the first enrollment if they name none."""
    section = next(iter(bulk.tables["enrollments"].values()))["classSourcedId"]
    filled = [{**row, "classSourcedId": row["classSourcedId"] or section} for row in rows]
    modes = {**dict.fromkeys(bulk.tables, "absent"), "enrollments": "delta"}
    return CsvSet({}, modes=modes, spoiled={"enrollments.csv": as_csv(HEADER, filled).encode()})


def enrolled(folder: Path) -> list[Enrollment]:
    with opened(folder) as source:
        source.probe()
        rows, outcome = read(source.enrollments())
        assert isinstance(outcome, Complete), outcome
        assert outcome.rejected == 0
        return rows


def test_a_delta_adds_changes_and_ends_rows(bulk: CsvSet, tmp_path: Path) -> None:
    first, second, *_ = bulk.tables["enrollments"]
    bulk.zip(tmp_path / "in" / "bulk-20261124.zip")
    before = enrolled(tmp_path / "in")
    delta = delta_of(
        bulk,
        enrollment("new", "S1"),
        {**bulk.tables["enrollments"][first], "status": "tobedeleted"},
        {**bulk.tables["enrollments"][second], "role": "teacher"},
    )
    delta.zip(tmp_path / "in" / "delta-20261125.zip")
    after = enrolled(tmp_path / "in")
    assert len(after) == len(before) + 1
    assert [row.person_id for row in after if row not in before and row.person_id == "S1"] == ["S1"]
    assert (
        sum(row.status is not Status.ACTIVE for row in after)
        == sum(row.status is not Status.ACTIVE for row in before) + 1
    )


def test_the_newest_word_on_a_row_counts(bulk: CsvSet, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    bulk.zip(folder / "roster-2026-11-20.zip")
    delta_of(bulk, enrollment("x", "S1"), enrollment("y", "S2")).zip(folder / "roster-2026-11-21.zip")
    delta_of(bulk, enrollment("x", "S1", status="tobedeleted")).zip(folder / "roster-2026-11-22.zip")
    delta_of(bulk, enrollment("x", "S3"), enrollment("y", "S4"), enrollment("y", "S5")).folder(
        folder / "roster-2026-11-23"
    )
    rows = [row for row in enrolled(folder) if row.person_id in {"S1", "S2", "S3", "S4", "S5"}]
    assert sorted((row.person_id, row.status is Status.ACTIVE) for row in rows) == [("S3", True), ("S5", True)]


def test_a_new_bulk_set_ends_what_was_before_it(bulk: CsvSet, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    bulk.zip(folder / "roster-20261120.zip")
    delta_of(bulk, enrollment("x", "S1")).zip(folder / "roster-20261121.zip")
    bulk.zip(folder / "roster-20261122.zip")
    assert "S1" not in {row.person_id for row in enrolled(folder)}
    delta_of(bulk, enrollment("z", "S9")).zip(folder / "roster-20261123.zip")
    assert "S9" in {row.person_id for row in enrolled(folder)}


def test_one_file_of_a_set_may_be_bulk_and_another_a_delta(bulk: CsvSet, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    bulk.zip(folder / "roster-20261120.zip")
    mixed = delta_of(bulk, enrollment("x", "S1"))
    fewer = bulk.lack("courses", *list(bulk.tables["courses"])[:3])
    replace(mixed, tables={"courses": fewer.tables["courses"]}).with_modes(courses="bulk").zip(
        folder / "roster-20261121.zip"
    )
    assert "S1" in {row.person_id for row in enrolled(folder)}
    with opened(folder) as source:
        assert len(read(source.courses())[0]) == len(bulk.tables["courses"]) - 3


REFUSED = {
    "a delta alone": (("delta-20261121.zip",), "holds deltas and no bulk set before them"),
    "names without dates": (("delta.zip", "roster.zip"), "nobody can say which is newer"),
    "one name without a date": (("delta-20261121.zip", "roster.zip"), "nobody can say which is newer"),
    "the same date": (("delta-20261121.zip", "roster-20261121.zip"), "nobody can say which is newer"),
    "no such date": (("delta-20261399.zip", "roster-20261388.zip"), "nobody can say which is newer"),
    "names of schools": (("delta-north-20261122.zip", "bulk-south-20261121.zip"), "rosters of different schools"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_deltas_that_nothing_is_sure_about_are_refused(bulk: CsvSet, tmp_path: Path, why: str) -> None:
    names, message = REFUSED[why]
    for name, delivered in zip(names, (delta_of(bulk, enrollment("x", "S1")), bulk), strict=False):
        delivered.zip(tmp_path / "in" / name)
    with opened(tmp_path / "in") as source, pytest.raises(ReadIncomplete, match=message) as refused:
        source.probe()
    assert "District:" in refused.value.message


def test_a_delta_without_a_manifest_is_not_taken_for_all_there_is(bulk: CsvSet, tmp_path: Path) -> None:
    bulk.zip(tmp_path / "in" / "bulk-20261120.zip")
    fewer = bulk.lack("enrollments", *list(bulk.tables["enrollments"])[5:])
    fewer.unmanifested().zip(tmp_path / "in" / "delta-20261121.zip")
    with opened(tmp_path / "in") as source, pytest.raises(ReadIncomplete, match="is a delta by its name"):
        source.probe()


def test_a_delta_in_loose_files_or_in_one_zip_is_refused(bulk: CsvSet, tmp_path: Path) -> None:
    delta = delta_of(bulk, enrollment("x", "S1"))
    for path in (delta.folder(tmp_path / "loose"), delta.zip(tmp_path / "set.zip")):
        with opened(path) as source, pytest.raises(ReadIncomplete, match="no bulk set before them"):
            source.probe()


def test_the_order_of_times_is_the_order_of_names_and_not_of_files(bulk: CsvSet, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    delta_of(bulk, enrollment("x", "S2")).zip(folder / "delta-2026-11-21T0300.zip")
    delta_of(bulk, enrollment("x", "S1")).zip(folder / "delta-2026-11-21T0200.zip")
    bulk.zip(folder / "bulk-2026-11-20.zip")
    assert {"S1", "S2"} & {row.person_id for row in enrolled(folder)} == {"S2"}


@pytest.mark.parametrize("spoil", ["cut", "listed but missing", "not listed", "no columns"])
def test_a_delta_that_is_not_whole_is_not_passed_over(bulk: CsvSet, tmp_path: Path, spoil: str) -> None:
    folder = tmp_path / "in"
    bulk.zip(folder / "roster-20261120.zip")
    delta = delta_of(bulk, enrollment("x", "S1"), enrollment("y", "S2"))
    body = delta.spoiled["enrollments.csv"]
    {
        "cut": delta.spoil(enrollments=body[:-20]),
        "listed but missing": replace(delta, spoiled={}),
        "not listed": replace(delta, modes={"users": "delta"}, spoiled={**delta.spoiled, "users.csv": b"sourcedId\n"}),
        "no columns": delta.spoil(enrollments=body.replace(b"userSourcedId", b"somebody")),
    }[spoil].zip(folder / "roster-20261121.zip")
    with opened(folder) as source:
        refused = source.probe().refused
        _, outcome = read(source.enrollments())
    assert isinstance(outcome, Incomplete)
    assert "roster-20261121.zip" in outcome.message
    assert spoil == "cut" or refused


def test_too_many_deltas_ask_for_a_bulk_set(bulk: CsvSet, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    bulk.zip(folder / "roster-20261120.zip")
    delta_of(bulk, *(enrollment(f"x{n}", "S1") for n in range(60))).zip(folder / "roster-20261121.zip")
    with opened(folder, max_delta_rows=50) as source:
        _, outcome = read(source.enrollments())
    assert isinstance(outcome, Incomplete)
    assert "deliver a new bulk set" in outcome.message
    with opened(folder, max_sets=1) as source, pytest.raises(ReadIncomplete, match="no bulk set before them"):
        source.probe()


KEYS = st.sampled_from(["e1", "e2", "e3", "e4", "e5"])
STATES = st.dictionaries(KEYS, st.sampled_from(["ann", "ben", "cat"]), min_size=1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(STATES, min_size=1, max_size=5), bulk_at=st.sets(st.integers(1, 4)))
def test_a_bulk_set_and_deltas_are_the_roster_of_the_last_day(
    bulk: CsvSet, tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, str]], bulk_at: set[int]
) -> None:
    """Whatever changes from day to day, and whenever a bulk set comes instead of a delta."""
    folder = tmp_path_factory.mktemp("in")
    before: dict[str, str] = {}
    for day, state in enumerate(states):
        if day == 0 or day in bulk_at:
            rows = [enrollment(key, person, section="c") for key, person in state.items()]
            delivered = bulk.spoil(enrollments=as_csv(HEADER, rows).encode())
        else:
            changed = {key: person for key, person in state.items() if before.get(key) != person}
            gone = before.keys() - state.keys()
            rows = [enrollment(key, person, section="c") for key, person in changed.items()]
            rows += [enrollment(key, before[key], section="c", status="tobedeleted") for key in gone]
            delivered = delta_of(bulk, *rows)
        delivered.zip(folder / f"roster-2026-11-{day + 1:02}.zip")
        before = state
    rows_now = sorted((row.person_id) for row in enrolled(folder) if row.status is Status.ACTIVE)
    assert rows_now == sorted(states[-1].values())
