"""Districts that are served over HTTP with verified signatures, tokens and every fault that the simulator knows."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from tests.sources.support.opened import opened, read

from district_simulator import AccessSettings, SimulatedDistrict
from district_simulator.faults.rows import SPOILERS
from roster_operator.api.v1alpha1.choices import AuthMethod
from roster_operator.errors import (
    ClockSkewed,
    CredentialsRejected,
    SectionNotShared,
    SourceError,
    SourceProtocolError,
    SourceRateLimited,
    SourceUnreachable,
    WrongURL,
)
from roster_operator.roster.models import Role, Status
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.source import Complete, Incomplete, Outcome, Proof, RosterSource

pytestmark = pytest.mark.slow

ROWS = 233
"""Enrollments of the district of `district()`."""


def district(*faults: str, **more: Any) -> SimulatedDistrict:
    return SimulatedDistrict(students=30, seed=7, faults=faults, **more)


def enrollments(*faults: str, **settings: Any) -> tuple[int, Outcome]:
    """Reads the enrollments of a district with faults; how many different pages of rows came, and how it ended."""
    with district(*faults) as served, source_of(served, **settings) as source:
        rows, outcome = read(source.enrollments())
        return len(rows), outcome


def source_of(served: SimulatedDistrict, **settings: Any) -> Any:
    keys = Credentials(served.client_id, served.client_secret)
    return opened(
        served.base_url, **{"credentials": keys, "request_timeout": 1.5, "max_page_bytes": 2_000_000, **settings}
    )


KINDS = [AuthMethod.AUTO, AuthMethod.OAUTH2, AuthMethod.OAUTH1, AuthMethod.OAUTH1_SHA1]


@pytest.mark.parametrize("auth", KINDS)
def test_a_district_is_read_whole_and_right(auth: AuthMethod) -> None:
    with SimulatedDistrict(students=120, seed=7) as served, source_of(served, auth=auth) as source:
        assert not source.probe().refused
        schools, _ = read(source.schools())
        assert sorted(school.id for school in schools) == sorted(served.school_ids)
        people, outcome = read(source.people())
        assert isinstance(outcome, Complete)
        known = {person.sourced_id: person for person in served.persons()}
        for person in people:
            theirs = known[person.id]
            assert (person.username, person.email) == (theirs.username, theirs.email)
        assert licenses(source, served) == served.expected_licenses(served.school_ids, ["MA101", "MA102"])


def licenses(source: RosterSource, served: SimulatedDistrict) -> set[tuple[str, str, str]]:
    """Who is due what today, by the rows that were read."""
    codes = {course.id: course.code for course in read(source.courses())[0]}
    classes = {section.id: section for section in read(source.classes())[0] if section.status is Status.ACTIVE}
    editions = {Role.STUDENT: "Student", Role.TEACHER: "Teacher"}
    today = served.service.roster.settings.today.isoformat()
    return {
        (row.person_id, editions[row.role], codes[classes[row.class_id].course_id])
        for row in read(source.enrollments())[0]
        if row.status is Status.ACTIVE and row.class_id in classes and row.begin <= today < row.end
        if codes[classes[row.class_id].course_id] in {"MA101", "MA102"}
    }


@pytest.mark.parametrize("auth", ["oauth1", "oauth2"])
@pytest.mark.parametrize("token_client_auth", ["basic", "body"])
def test_what_a_server_accepts_is_found_out(auth: Any, token_client_auth: Any) -> None:
    access = AccessSettings(auth=auth, token_client_auth=token_client_auth)
    with district(access=access) as served, source_of(served) as source:
        assert not source.probe().refused


@pytest.mark.parametrize("auth", ["oauth1", "oauth2", "any"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_secret_is_rejected_whatever_the_server_speaks(auth: Any, kind: AuthMethod) -> None:
    with district(access=AccessSettings(auth=auth)) as served:
        keys = Credentials(served.client_id, "wrong")
        with (
            source_of(served, credentials=keys, auth=kind) as source,
            pytest.raises((CredentialsRejected, WrongURL)) as e,
        ):
            source.probe()
        assert isinstance(e.value, CredentialsRejected) or (auth, kind) == ("oauth1", AuthMethod.OAUTH2)


@pytest.mark.parametrize(
    "faults",
    [
        ["bom"],
        ["gzip"],
        ["content-type"],
        ["clamp=30"],
        ["clamp=1,on=schools"],
        ["short-page"],
        ["no-link"],
        ["link-host"],
        ["link-stale"],
        ["past-end"],
        ["past-end=500"],
        ["repeat-last"],
        ["renamed-envelope"],
        ["renamed-envelope=records"],
        ["disconnect,times=1"],
        ["truncate,times=1"],
        ["short-body,times=1"],
        ["login-page,times=1"],
        ["no-envelope,times=1"],
        ["error=500,times=2"],
        ["error=504,page=3,times=1"],
        ["rate-limit=0,times=2"],
        ["rate-limit=0,times=1,form=date"],
        ["rate-limit,times=1,form=none"],
        ["token-expires=3"],
        ["token-revoked,after=3,times=1"],
        ["max-parallel=4"],
    ],
    ids=" ".join,
)
def test_habits_and_passing_troubles_cost_no_row(faults: list[str]) -> None:
    rows, outcome = enrollments(*faults)
    assert isinstance(outcome, Complete)
    assert (rows, outcome.proof, outcome.rows, outcome.pages) == (ROWS, Proof.TOTAL, ROWS, pages_of(faults))
    assert (outcome.totals, outcome.links) == (True, faults[0] != "no-link")
    assert outcome.largest_page == (30 if faults[0] == "clamp=30" else 50)


def pages_of(faults: list[str]) -> int:
    return {"clamp=30": 8, "short-page": 6}.get(faults[0], 5)


@pytest.mark.parametrize("habit", ["no-link", "link-bare", "link-host", "link-stale", "clamp=30", "short-page"])
@pytest.mark.parametrize("total", ["no-total", "rename-total", "wrong-total=-10"])
def test_without_a_usable_total_the_end_is_found_by_reading_on(habit: str, total: str) -> None:
    rows, outcome = enrollments(habit, total)
    assert rows == ROWS
    assert isinstance(outcome, Complete)
    assert outcome.rows == ROWS
    assert outcome.proof is (Proof.EMPTY_PAGE if habit == "no-link" else Proof.LAST_LINK)


@pytest.mark.parametrize(
    "faults",
    [
        ["empty-page"],
        ["empty-page", "no-total"],
        ["empty-page", "no-total", "no-link"],
        ["wrong-total"],
        ["skip"],
        ["overlap"],
        ["overlap", "no-total"],
        ["duplicate-rows"],
        ["ignore-paging"],
        ["ignore-paging", "no-total"],
        ["past-end", "no-total", "no-link"],
        ["repeat-last", "no-total"],
        ["error,page=3"],
        ["disconnect,page=3"],
        ["truncate,page=3"],
        ["short-body,page=3"],
        ["login-page,page=3"],
        ["no-envelope,page=3"],
        ["deep-nesting,page=3"],
        ["huge-page,page=3"],
        ["redirect,page=3"],
    ],
    ids=" ".join,
)
def test_a_read_that_may_have_missed_rows_is_incomplete(faults: list[str]) -> None:
    _, outcome = enrollments(*faults)
    assert isinstance(outcome, Incomplete)
    assert "enrollments" in outcome.message


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("forbidden", SectionNotShared),
        ("unauthorized", CredentialsRejected),
        ("login-page", SourceUnreachable),
        ("redirect", WrongURL),
        ("rate-limit=3600", SourceRateLimited),
        ("error=503", SourceUnreachable),
        ("disconnect", SourceUnreachable),
        ("truncate", SourceUnreachable),
        ("hang", SourceUnreachable),
        ("slow-drip", SourceUnreachable),
        ("short-body", SourceProtocolError),
        ("no-envelope", SourceProtocolError),
        ("deep-nesting", SourceProtocolError),
        ("huge-page", SourceProtocolError),
    ],
)
def test_a_section_that_cannot_be_begun_is_an_error_of_its_kind(fault: str, error: type[SourceError]) -> None:
    with pytest.raises(error):
        enrollments(f"{fault},on=enrollments")


def test_a_section_that_a_server_lacks_which_has_others_is_not_shared() -> None:
    with district("missing-route,on=enrollments") as served, source_of(served) as source:
        read(source.schools())
        with pytest.raises(SectionNotShared):
            read(source.enrollments())


@pytest.mark.parametrize("seconds", [-900, 900])
def test_a_clock_that_is_off_is_told(seconds: int) -> None:
    with pytest.raises(ClockSkewed, match="15 minutes"):
        enrollments(f"clock-skew={seconds}", auth=AuthMethod.OAUTH1)


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_no_bad_row_costs_its_page(spoiler: str) -> None:
    unusable = spoiler in {"missing-ids", "not-objects"}
    with district(f"bad-rows={spoiler}") as served, source_of(served) as source:
        for reading, total in ((source.courses(), 36), (source.classes(), 21), (source.enrollments(), ROWS)):
            rows, outcome = read(reading)
            assert isinstance(outcome, Complete)
            assert outcome.rows == total
            assert outcome.rejected == (total // 10 if unusable else 0)
            assert len(rows) == total - outcome.rejected


def test_a_district_without_sections_yet_is_told_by_the_probe() -> None:
    with district("empty-school-year") as served, source_of(served) as source:
        report = source.probe()
        rows, outcome = read(source.enrollments())
    assert {str(access.section) for access in report.sections if access.empty} == {"classes", "enrollments"}
    assert (rows, outcome) == ([], Complete(Proof.TOTAL, rows=0, pages=1, totals=True, links=False))


@pytest.mark.parametrize("concurrency", [1, 4])
def test_no_more_requests_are_under_way_than_allowed(concurrency: int) -> None:
    with district("latency=30") as served, source_of(served, max_concurrency=concurrency, page_size=10) as source:
        read(source.enrollments())
        assert served.stats()["most_parallel"] == concurrency


@pytest.mark.parametrize("change", ["student-arrives,count=20", "student-leaves:S1000003,count=9"])
def test_a_roster_that_changes_while_it_is_read_is_never_falsely_complete(change: str) -> None:
    with district("latency=20") as served, source_of(served, page_size=20, max_concurrency=2) as source:
        reading = source.enrollments()
        rows = set()
        for number, page in enumerate(reading):
            rows |= {(row.person_id, row.class_id) for row in page}
            if number == 3:
                served.change(change)
        after = {(row.person_id, row.class_id) for row in read(source.enrollments())[0]}
    if isinstance(reading.outcome, Complete):
        assert rows >= after


def test_pages_that_are_not_wanted_any_more_are_not_fetched() -> None:
    with district("latency=20") as served, source_of(served, page_size=5) as source:
        pages = iter(source.enrollments())
        next(pages)
        pages.close()
        threading.Event().wait(0.3)
        assert served.stats()["rows"] <= 5 * 6
