"""Items of the checklist, as a district's spec and its roster bring them about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import Edition
from roster_operator.reconcile.checklist import checklist
from roster_operator.reconcile.report import ReconcileReport
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection, Enrollment, Role, Session
from roster_operator.roster.quality import Question
from roster_operator.sources.source import Access, Report, Section


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", new_ledger_url)
    yield district
    district.close()


def results(small: SmallDistrict) -> dict[str, str]:
    small.night()
    return {each["name"]: each["result"] for each in small.status["checklist"]}


def test_a_district_in_which_all_is_well(small: SmallDistrict) -> None:
    assert results(small) == dict.fromkeys(
        ["Sections", "Schools", "Courses", "EBooks", "Data", "Matching", "Removals"], "Pass"
    )


def test_names_that_stand_for_nothing_fail(small: SmallDistrict) -> None:
    small.change_spec(courses=[*small.spec["courses"], {"code": "MA9", "ebooks": ["algebra", "geometry"]}])
    found = results(small)
    assert (found["Schools"], found["Courses"], found["EBooks"]) == ("Pass", "Fail", "Fail")


def test_a_retired_ebook_is_worth_a_look(small: SmallDistrict) -> None:
    small.ebooks["algebra"]["retired"] = True
    assert results(small)["RetiredEBooks"] == "Warn"


def test_a_role_that_oneroster_does_not_have(small: SmallDistrict) -> None:
    small.enroll("s1", role="captain")
    assert results(small)["EnrollmentOfUnknownRole"] == "Warn"


def test_sections_that_are_not_shared_fail_and_empty_ones_are_worth_a_look() -> None:
    for shared, empty, result in ((False, False, "Fail"), (True, True, "Warn"), (True, False, "Pass")):
        access = Report(tuple(Access(section, shared=shared, empty=empty) for section in Section))
        (item,) = checklist(ReconcileReport(run_id="r", access=access), ())
        assert (item.name, item.result) == ("Sections", result)


def test_a_teacher_whose_roles_are_over_gets_no_answers() -> None:
    days = Days("2026-11-30")
    table = ClassTable(
        Offer({"m": ("algebra",)}, {"algebra": tuple(Edition)}, ["n"]),
        calendar([Session("t", "2026-08-01", "2027-06-01")], days),
    )
    table.add([ClassSection("c", "m", "n", ("t",))])
    fold = Fold(table, days)
    fold.add([Enrollment("former", "c", Role.TEACHER)])
    assert not table.offer.entitles(fold.mask("former", Role.FORMER))
    assert fold.questions[Question.NO_CURRENT_ROLE] == 1
