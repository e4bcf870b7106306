"""Rules about classes, their terms, and what the spec may have left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import SmallDistrict

Listed = set[tuple[str, str, str]]


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", new_ledger_url)
    yield district
    district.close()


def open_class(small: SmallDistrict, key: str, **cells: str) -> None:
    small.rows_of("classes")[key] = {**small.rows_of("classes")["c1"], "sourcedId": key, **cells}


def listed(small: SmallDistrict, item: str) -> Listed:
    """Person, class, what else."""
    assert small.query("SELECT 1 FROM questions WHERE item = 'Data'") == []
    return {row[1:] for row in small.query("SELECT item, person, class_id, what FROM questions") if row[0] == item}


def test_a_class_with_students_needs_a_teacher(small: SmallDistrict) -> None:
    open_class(small, "c2")
    small.enroll("s5", classSourcedId="c2")
    small.night()
    assert listed(small, "ClassWithoutTeacher") == {("", "c2", "")}
    assert small.counted("ClassWithoutStudents") is None
    small.enroll("t2", role="aide", classSourcedId="c2")
    small.night()
    assert small.counted("ClassWithoutTeacher") is None


def test_a_class_without_students_is_told_as_that_alone(small: SmallDistrict) -> None:
    open_class(small, "c2")
    open_class(small, "c3")
    small.enroll("t2", role="teacher", classSourcedId="c3")
    small.enroll("s5", classSourcedId="c2", endDate="2026-09-01")
    small.night()
    assert listed(small, "ClassWithoutStudents") == {("", "c2", ""), ("", "c3", "")}
    assert small.counted("ClassWithoutTeacher") is None


def test_somebody_whose_role_is_not_told_may_be_either(small: SmallDistrict) -> None:
    open_class(small, "c2")
    small.enroll("s5", classSourcedId="c2", role="")
    small.enroll("s6", classSourcedId="c2", role="captain")
    small.night()
    assert small.counted("ClassWithoutTeacher") is None
    assert small.counted("ClassWithoutStudents") is None


def test_classes_that_are_out_of_scope_raise_none_of_it(small: SmallDistrict) -> None:
    open_class(small, "c2", courseSourcedId="other")
    open_class(small, "c3", termSourcedIds="t0")
    over = {"sourcedId": "t0", "status": "active", "startDate": "2025-08-12", "endDate": "2026-06-05"}
    small.rows_of("academicSessions")["t0"] = over
    small.night()
    assert small.counted("ClassWithoutStudents") is None


@pytest.mark.parametrize(
    ("begin", "end", "outside"),
    [
        ("2025-08-12", "2026-06-05", True),
        ("2027-08-12", "2028-06-05", True),
        ("2027-06-05", "", True),
        ("2026-08-01", "2026-08-10", False),
        ("2026-08-01", "2026-08-20", False),
        ("", "2026-08-01", False),
        ("2026-08-12", "2027-06-05", False),
        ("2027-01-10", "2027-06-05", False),
    ],
    ids=["last year", "next year", "after the term", "dropped in time", "ended", "no begin", "today", "later"],
)
def test_an_enrollment_has_days_in_the_terms_of_its_class(
    small: SmallDistrict, begin: str, end: str, *, outside: bool
) -> None:
    small.enroll("s5", beginDate=begin, endDate=end)
    small.night()
    assert listed(small, "EnrollmentOutsideTerm") == ({("s5", "c1", "")} if outside else set())


def test_where_a_term_of_the_class_is_not_sure_nothing_is_outside(small: SmallDistrict) -> None:
    open_class(small, "c2", termSourcedIds="t1,t9")
    small.enroll("s5", classSourcedId="c2", beginDate="2025-08-12", endDate="2026-06-05")
    small.night()
    assert small.counted("EnrollmentOutsideTerm") is None


def test_a_school_without_a_class_of_these_courses_is_named(small: SmallDistrict) -> None:
    small.rows_of("orgs")["m"] = {"sourcedId": "m", "status": "active", "name": "South", "type": "school"}
    small.change_spec(schools=[{"id": "n"}, {"id": "m"}])
    small.night()
    (item,) = (each for each in small.status["checklist"] if each["name"] == "SchoolsWithoutClasses")
    assert (item["result"], item["count"]) == ("Warn", 1)
    assert item["message"].endswith("in the spec: South (m).")


def test_courses_like_those_chosen_that_lead_to_no_ebook_are_named(small: SmallDistrict) -> None:
    courses = small.rows_of("courses")
    for key, code, title in (
        ("h", "MA1H", "Honors"),
        ("a", "X7", "ALGEBRA"),
        ("b", "BIO", "Biology"),
        ("u", "MA1U", "No"),
    ):
        courses[key] = {**courses["ma"], "sourcedId": key, "courseCode": code, "title": title}
        if key != "u":
            open_class(small, f"c-{key}", courseSourcedId=key)
    small.night()
    (item,) = (each for each in small.status["checklist"] if each["name"] == "CoursesWithoutEBook")
    assert (item["count"], item["message"].rpartition(": ")[2]) == (2, "MA1H, X7.")


def test_an_id_that_may_be_somebody_elses_now_is_counted(small: SmallDistrict) -> None:
    small.night()
    small.rows_of("users")["s1"] |= {"username": "other", "email": "other@example.org", "identifier": "n-other"}
    small.night()
    assert small.counted("IdsUsedAgain") == 1
    small.night()
    assert small.counted("IdsUsedAgain") is None


def test_what_is_to_be_put_right_is_told_with_its_school(small: SmallDistrict) -> None:
    small.rows_of("orgs")["m"] = {"sourcedId": "m", "status": "active", "name": "South", "type": "school"}
    small.change_spec(schools=[{"id": "n"}, {"id": "m"}])
    open_class(small, "c2", schoolSourcedId="m")
    small.enroll("s5", classSourcedId="c2")
    small.enroll("s6", endDate="soon")
    small.rows_of("users")["s5"] |= {"username": "", "email": ""}
    small.rows_of("users")["s2"]["username"] = small.rows_of("users")["s1"]["username"]
    small.night()
    assert set(small.query("SELECT item, person, class_id, school FROM questions")) >= {
        ("ClassWithoutTeacher", "", "c2", "m"),
        ("UnreadableDate", "s6", "c1", "n"),
        ("PersonWithoutUsernameAndEmail", "s5", "", "m"),
        ("LoginOfSeveralPersons", "s1", "", "n"),
        ("LoginOfSeveralPersons", "s2", "", "n"),
    }
