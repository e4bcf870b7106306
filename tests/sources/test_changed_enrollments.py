"""Asking a server what changed, and noticing when its answer is something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.sources.support.opened import opened, read

from district_simulator import SimulatedDistrict
from roster_operator.api.v1alpha1.choices import AuthMethod, EndDates
from roster_operator.roster.models import Enrollment, Status
from roster_operator.sources.capabilities import ChangesNotTold, Dates, FilterSupport, TellsChanges
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster.dated import DATED, enrollments_of
from roster_operator.sources.oneroster.decode import decode_page
from roster_operator.sources.source import Complete, Incomplete, Outcome

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@contextmanager
def source_of(served: SimulatedDistrict, **settings: Any) -> Iterator[TellsChanges]:
    keys = Credentials(served.client_id, served.client_secret)
    with opened(served.base_url, credentials=keys, **settings) as source:
        assert isinstance(source, TellsChanges)
        yield source


def changed(*faults: str, since: datetime = YESTERDAY, **settings: Any) -> tuple[list[Enrollment], Outcome]:
    """What a small district tells of the move of one student."""
    with (
        SimulatedDistrict(students=30, seed=7, changes=["student-moves:S1000003"], faults=faults) as served,
        source_of(served, **settings) as source,
    ):
        return read(source.changed_enrollments(since))


@pytest.mark.parametrize("auth", [AuthMethod.OAUTH2, AuthMethod.OAUTH1, AuthMethod.OAUTH1_SHA1])
def test_what_changed_is_told_ended_enrollments_included(auth: AuthMethod) -> None:
    rows, outcome = changed(auth=auth)
    assert isinstance(outcome, Complete)
    assert sorted((row.person_id, row.status is Status.ACTIVE) for row in rows) == [
        ("S1000003", False),
        ("S1000003", True),
    ]


def test_if_nothing_changed_the_answer_is_empty_and_whole() -> None:
    rows, outcome = changed(since=datetime.now(UTC) + timedelta(days=3))
    assert rows == []
    assert isinstance(outcome, Complete)


@pytest.mark.parametrize("ends", EndDates)
@pytest.mark.parametrize(
    "late", ["2026-06-05T23:59:59", "06/15/2026 11:59:59 PM", "2026-06-05T24:00:00", "20260605235959"]
)
def test_of_what_changed_too_an_end_late_at_night_is_its_last_day(ends: EndDates, late: str) -> None:
    refs = {"user": {"sourcedId": "u"}, "class": {"sourcedId": "c"}, "role": "student"}
    row = {"sourcedId": "e", **refs, "endDate": late, "dateLastModified": "2026-06-01T00:00:00Z"}
    page = decode_page(json.dumps({"enrollments": [row]}).encode(), DATED, "enrollments", "it")
    (enrollment,) = enrollments_of(page.rows, ends)
    assert enrollment.end in {"2026-06-06", "2026-06-16"}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("ends", EndDates)
def test_what_changed_is_told_as_a_full_read_tells_it(version: Any, ends: EndDates) -> None:
    with (
        SimulatedDistrict(students=30, seed=7, changes=["percent:50"], version=version) as served,
        source_of(served, end_dates=ends) as source,
    ):
        assert not source.probe().refused
        told, _ = read(source.changed_enrollments(YESTERDAY))
        everything, _ = read(source.enrollments())
    assert len(told) > 50
    assert {msgspec.structs.astuple(row) for row in told} <= {msgspec.structs.astuple(row) for row in everything}


def test_changes_are_read_page_by_page_like_everything_else() -> None:
    faults = ["no-total", "clamp=7"]
    with (
        SimulatedDistrict(students=30, seed=7, changes=["percent:50"], faults=faults) as served,
        source_of(served) as source,
    ):
        rows, outcome = read(source.changed_enrollments(YESTERDAY))
    assert isinstance(outcome, Complete)
    assert outcome.rows == len(rows) > 50


def test_a_server_that_ignores_the_filter_is_found_out_by_its_first_page() -> None:
    with SimulatedDistrict(students=30, seed=7, faults=["ignore-filter"]) as served, source_of(served) as source:
        source.examine().found()
        served.reset_stats()
        with pytest.raises(ChangesNotTold, match="older") as noticed:
            read(source.changed_enrollments(YESTERDAY))
        assert noticed.value.observed is FilterSupport.IGNORED
        assert served.stats()["requests"]["/enrollments"] == 1


@pytest.mark.parametrize("fault", ["error=400", "error=500", "error=501", "forbidden"])
def test_a_refusal_is_noticed(fault: str) -> None:
    with pytest.raises(ChangesNotTold, match="refuses") as noticed:
        changed(f"{fault},on=enrollments")
    assert noticed.value.observed is FilterSupport.REFUSED


def test_rows_without_a_date_prove_nothing() -> None:
    with pytest.raises(ChangesNotTold, match="without a time") as noticed:
        changed("bad-rows=nulls,every=1")
    assert noticed.value.observed is Dates.EMPTY


def test_an_answer_that_breaks_off_is_not_whole() -> None:
    faults = ["truncate,page=2"]
    with (
        SimulatedDistrict(students=30, seed=7, changes=["percent:50"], faults=faults) as served,
        source_of(served, page_size=20) as source,
    ):
        _, outcome = read(source.changed_enrollments(YESTERDAY))
    assert isinstance(outcome, Incomplete)
