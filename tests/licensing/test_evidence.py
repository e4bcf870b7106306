"""How a roster was told yesterday, held against how it is told today."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from roster_operator.licensing.evidence import Evidence, SectionEvidence, SourceIdentity, succeeding

AERIES = SourceIdentity("OneRoster", "Aeries", "1.1", "sis.example/aeries")
TOLD = SectionEvidence("Total", 1000, 10, totals=True, links=True, largest_page=100)
TODAY = "2026-11-30"


def evidence(source: SourceIdentity = AERIES, page_size: int = 0, **sections: SectionEvidence) -> Evidence:
    return Evidence(source, page_size, ("course MA1", "school 1"), sections)


def changed(**fields: Any) -> SectionEvidence:
    return msgspec.structs.replace(TOLD, **fields)


def test_it_outlasts_the_ledger() -> None:
    kept = evidence(classes=changed(members={"endDate": 7}, since=TODAY, largest_shrink=4.2))
    assert Evidence.decode(kept.encode()) == kept


@pytest.mark.parametrize("text", ["", "{", '{"sections":{"classes":7}}', "null"])
def test_what_another_version_wrote_is_no_evidence(text: str) -> None:
    assert Evidence.decode(text) is None


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"place": "other.example/aeries"}, False),
        ({"vendor": "Generic"}, False),
        ({"type": "PowerSchool"}, False),
        ({"version": "1.2"}, False),
        ({"version": ""}, True),
        ({"type": "", "vendor": "", "version": ""}, True),
    ],
)
def test_a_source_is_another_where_anything_known_of_it_is(other: dict[str, str], same: bool) -> None:
    assert AERIES.may_be(msgspec.structs.replace(AERIES, **other)) is same


@pytest.mark.parametrize(
    ("now", "what"),
    [
        (TOLD, ""),
        (changed(proof="Checksum"), ""),
        (changed(proof="EmptyPage", totals=False), "proved whole by EmptyPage only, and was by Total"),
        (changed(proof="LastLink"), "proved whole by LastLink"),
        (changed(totals=False), "without a total"),
        (changed(links=False), "without links"),
        (changed(links=False, pages=1), ""),
        (changed(totals=None, links=None), ""),
        (changed(largest_page=25, rows=999), ""),
        (changed(largest_page=24, rows=999), "pages of 24 rows"),
        (changed(largest_page=24), ""),
        (changed(largest_page=20, rows=20, pages=1), ""),
        (changed(largest_page=0), ""),
    ],
)
def test_fewer_proofs_than_before_are_named(now: SectionEvidence, what: str) -> None:
    missing = evidence(classes=TOLD).missing_proofs(evidence(classes=now, courses=TOLD))
    assert what in missing.get("classes", "")
    assert bool(missing) is bool(what)


def test_pages_that_the_spec_asks_to_be_smaller_miss_nothing() -> None:
    assert not evidence(classes=TOLD).missing_proofs(evidence(page_size=10, classes=changed(largest_page=10)))


def test_files_and_servers_prove_in_ways_of_their_own() -> None:
    files = msgspec.structs.replace(AERIES, type="OneRosterCSV")
    before, now = evidence(classes=TOLD), evidence(files, classes=SectionEvidence("SettledFiles", 5, 1))
    assert not before.missing_proofs(now)
    assert not before.odd_shrinks(now)
    assert succeeding(before, now, settled=True, approved=False, day=TODAY) == now


@pytest.mark.parametrize(
    ("known", "rows", "odd"),
    [
        (1000, 950, False),
        (1000, 949, True),
        (100, 90, False),
        (100, 89, True),
        (1000, 1000, False),
        (1000, 1200, False),
        (0, 0, False),
    ],
)
def test_a_section_may_lose_ten_rows_or_five_percent(known: int, rows: int, odd: bool) -> None:
    before = evidence(classes=changed(rows=known))
    assert bool(before.odd_shrinks(evidence(classes=changed(rows=rows)))) is odd


def test_what_a_section_lost_before_it_may_lose_again() -> None:
    before = evidence(classes=changed(largest_shrink=8.0))
    assert not before.odd_shrinks(evidence(classes=changed(rows=920)))
    assert before.odd_shrinks(evidence(classes=changed(rows=919)))


def test_fields_that_are_filled_nowhere_any_more_are_named() -> None:
    filled = changed(members={"beginDate": 1000, "endDate": 60, "role": 1000})
    before = evidence(enrollments=filled, courses=changed(members={"title": 1000}))
    now = evidence(enrollments=changed(members={"beginDate": 900, "role": 1000}), courses=changed(members={}))
    assert before.missing_members(now) == {"enrollments": ("endDate",)}
    assert not evidence(enrollments=TOLD).missing_members(now), "of yesterday nothing is known"


@pytest.mark.parametrize(
    ("member", "rows", "filled", "left", "missing"),
    [
        ("endDate", 1000, 10, 1000, True),
        ("endDate", 1000, 9, 1000, False),
        ("endDate", 100, 2, 100, True),
        ("endDate", 100, 1, 100, False),
        ("endDate", 10, 3, 9, True),
        ("endDate", 10, 1, 10, True),
        ("email", 10, 1, 10, False),
        ("endDate", 1000, 60, 941, True),
        ("endDate", 1000, 60, 940, False),
    ],
)
def test_a_field_that_few_rows_held_or_whose_rows_are_gone_is_not_missed(
    member: str, rows: int, filled: int, left: int, missing: bool
) -> None:
    before = evidence(enrollments=changed(rows=rows, members={member: filled, "role": rows}))
    assert bool(before.missing_members(evidence(enrollments=changed(rows=left, members={"role": left})))) is missing


def test_the_better_proof_is_kept_until_somebody_approves() -> None:
    before, worse = evidence(classes=TOLD), evidence(classes=changed(proof="EmptyPage", totals=False, rows=990))
    next_day = succeeding(before, worse, settled=True, approved=False, day=TODAY)
    assert next_day.sections["classes"] == changed(rows=990, since=TODAY, largest_shrink=1.0)
    later = succeeding(next_day, worse, settled=True, approved=False, day="2026-12-01")
    assert later.sections["classes"].since == TODAY
    better = succeeding(later, evidence(classes=TOLD), settled=True, approved=False, day="2026-12-02")
    assert better.sections["classes"] == changed(largest_shrink=1.0)
    approved = succeeding(later, worse, settled=True, approved=True, day="2026-12-02")
    assert approved.sections["classes"] == msgspec.structs.replace(worse.sections["classes"], largest_shrink=1.0)


def test_while_removals_are_in_question_yesterday_stays_what_it_was() -> None:
    before = evidence(classes=TOLD, courses=TOLD)
    now = evidence(msgspec.structs.replace(AERIES, place="new.example"), classes=changed(rows=900), courses=TOLD)
    kept = succeeding(before, now, settled=False, approved=False, day=TODAY)
    assert kept == evidence(classes=changed(since=TODAY), courses=TOLD)
    assert succeeding(kept, now, settled=False, approved=False, day="2026-12-01") == kept


def test_fields_once_filled_are_expected_until_somebody_approves() -> None:
    before = evidence(classes=changed(members={"a": 100, "b": 100, "few": 2}))
    now = evidence(classes=changed(members={"b": 90, "c": 7}))
    kept = succeeding(before, now, settled=True, approved=False, day=TODAY)
    assert kept.sections["classes"].members == {"a": 100, "b": 90, "c": 7}
    approved = succeeding(kept, now, settled=True, approved=True, day=TODAY)
    assert approved.sections["classes"].members == {"b": 90, "c": 7}
    unknown = succeeding(kept, evidence(classes=TOLD), settled=True, approved=False, day=TODAY)
    assert unknown.sections["classes"].members == kept.sections["classes"].members


def test_the_first_evidence_is_that_of_the_first_reading() -> None:
    assert succeeding(None, evidence(classes=TOLD), settled=True, approved=False, day=TODAY) == evidence(classes=TOLD)
