"""From enrollments to what each person is entitled to, and to whom the ledger has to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import Edition, Entitlement, PersonChange
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection, Enrollment, Person, Role, Session, Status
from roster_operator.roster.quality import Question

TODAY = "2026-11-24"
BOTH = (Edition.STUDENT, Edition.TEACHER)
EBOOKS = {"algebra": BOTH, "geometry": BOTH, "workbook": (Edition.STUDENT,)}
COURSES = {"MA1": ("algebra",), "MA2": ("geometry", "workbook")}
SESSIONS = [Session("now", "2026-08-01", "2027-06-01"), Session("next", "2027-08-01", "2028-06-01")]
CLASSES = [
    ClassSection("a1", "MA1", "north", ("now",)),
    ClassSection("a2", "MA1", "north", ("now",)),
    ClassSection("g1", "MA2", "south", ("now",)),
    ClassSection("later", "MA1", "north", ("next",)),
    ClassSection("history", "HI1", "north", ("now",)),
    ClassSection("elsewhere", "MA1", "west", ("now",)),
    ClassSection("closed", "MA1", "north", ("now",), status=Status.GONE),
]


def table() -> ClassTable:
    made = ClassTable(Offer(COURSES, EBOOKS, ["north", "south"]), calendar(SESSIONS, Days(TODAY)))
    made.add(CLASSES)
    return made


def changes(
    enrollments: Iterable[Enrollment], people: Sequence[Person], states: Iterable[tuple[str, int]] = ()
) -> tuple[dict[str, PersonChange], Comparison, Fold]:
    classes = table()
    fold = Fold(classes, Days(TODAY))
    fold.add(enrollments)
    comparison = Comparison(fold, classes, dict(states))
    found = list(comparison.changes(people))
    comparison.without(comparison.missing())
    found += comparison.gone()
    assert len({change.key for change in found}) == len(found)
    return {change.key: change for change in found}, comparison, fold


def student(key: str = "s", **fields: object) -> Person:
    return Person(key, Role.STUDENT, **{"username": f"user-{key}", **fields})  # type: ignore[arg-type]


def teacher(key: str = "t") -> Person:
    return Person(key, Role.TEACHER, username=f"user-{key}")


def titles(change: PersonChange) -> set[str]:
    return {f"{entitlement.ebook}/{entitlement.edition}" for entitlement in change.entitlements}


@pytest.mark.parametrize(
    ("class_id", "role", "expected"),
    [
        ("a1", Role.STUDENT, {"algebra/Student"}),
        ("g1", Role.STUDENT, {"geometry/Student", "workbook/Student"}),
        ("later", Role.STUDENT, None),
        ("history", Role.STUDENT, None),
        ("elsewhere", Role.STUDENT, None),
        ("closed", Role.STUDENT, None),
        ("nowhere", Role.STUDENT, None),
        ("a1", Role.OTHER, None),
        ("a1", Role.ADMINISTRATOR, None),
        ("a1", Role.UNKNOWN, {"algebra/Student"}),
    ],
)
def test_what_a_student_gets(class_id: str, role: Role, expected: set[str] | None) -> None:
    found, _, _ = changes([Enrollment("s", class_id, role)], [student()])
    assert (titles(found["s"]) if found else None) == expected


@pytest.mark.parametrize(
    ("class_id", "role", "expected"),
    [
        ("a1", Role.TEACHER, {"algebra/Teacher"}),
        ("a1", Role.AIDE, {"algebra/Teacher"}),
        ("g1", Role.TEACHER, {"geometry/Teacher"}),
        ("a1", Role.UNKNOWN, {"algebra/Teacher"}),
        ("a1", Role.STUDENT, {"algebra/Student"}),
    ],
)
def test_what_a_teacher_gets(class_id: str, role: Role, expected: set[str]) -> None:
    found, _, _ = changes([Enrollment("t", class_id, role)], [teacher()])
    assert titles(found["t"]) == expected


def test_a_student_never_gets_a_teacher_edition() -> None:
    found, comparison, fold = changes([Enrollment("s", "a1", Role.TEACHER)], [student()])
    assert found == {}
    assert comparison.students == 0
    assert fold.questions[Question.STUDENT_AS_TEACHER] == 1


@pytest.mark.parametrize("role", [Role.TEACHER, Role.UNKNOWN])
def test_whose_role_is_unclear_gets_no_answers_and_keeps_what_they_have(role: Role) -> None:
    enrolled = [Enrollment("t", "a1", role), Enrollment("t", "g1", Role.STUDENT)]
    unclear = Person("t", Role.UNCLEAR, "user-t")
    found, _, _ = changes(enrolled, [unclear])
    assert titles(found["t"]) == {"geometry/Student", "workbook/Student"}
    found, comparison, _ = changes(enrolled, [unclear], [("t", 1)])
    assert not found
    assert comparison.questions[Question.LEFT_AS_IS] == 1


def test_two_classes_of_one_course_give_one_license_and_all_schools_are_known() -> None:
    enrolled = [Enrollment("s", name, Role.STUDENT) for name in ("a1", "a2", "g1", "a1")]
    found, comparison, fold = changes(enrolled, [student()])
    assert found["s"].entitlements == (
        Entitlement("algebra", Edition.STUDENT),
        Entitlement("geometry", Edition.STUDENT),
        Entitlement("workbook", Edition.STUDENT),
    )
    assert found["s"].schools == ("north", "south")
    assert comparison.students == 1
    assert fold.enrollments == 4


def test_co_teachers_both_get_the_teacher_edition() -> None:
    found, _, _ = changes([Enrollment(t, "a1", Role.TEACHER) for t in ("t1", "t2")], [teacher("t1"), teacher("t2")])
    assert {key: titles(change) for key, change in found.items()} == {
        "t1": {"algebra/Teacher"},
        "t2": {"algebra/Teacher"},
    }


@pytest.mark.parametrize(
    "enrollment",
    [
        Enrollment("s", "a1", Role.STUDENT, status=Status.GONE),
        Enrollment("s", "a1", Role.STUDENT, end=TODAY),
        Enrollment("s", "a1", Role.STUDENT, begin="2026-11-25"),
    ],
)
def test_an_enrollment_that_is_not_on_gives_nothing(enrollment: Enrollment) -> None:
    assert changes([enrollment], [student()])[0] == {}


@pytest.mark.parametrize("order", [1, -1])
def test_a_deleted_row_beside_an_active_one_takes_nothing_away_in_any_order(order: int) -> None:
    enrolled = [Enrollment("s", "a1", Role.STUDENT, status=Status.GONE), Enrollment("s", "a1", Role.STUDENT)][::order]
    people = [student(status=Status.GONE), student()][::order]
    found, _, _ = changes(enrolled, people)
    assert titles(found["s"]) == {"algebra/Student"}


def test_who_is_as_the_state_has_them_is_not_looked_at_again() -> None:
    enrolled = [Enrollment("s", "a1", Role.STUDENT), Enrollment("t", "a1", Role.TEACHER)]
    people = [student(), teacher()]
    first, _, _ = changes(enrolled, people)
    states = [(key, change.digest) for key, change in first.items()]
    again, comparison, _ = changes(enrolled, people, states)
    assert again == {}
    assert (comparison.students, comparison.staff) == (1, 1)


@pytest.mark.parametrize("person", [student(username="other"), student(email="new@x.example"), student(identifier="7")])
def test_who_is_recognised_by_something_else_now_is_looked_at_again(person: Person) -> None:
    enrolled = [Enrollment("s", "a1", Role.STUDENT)]
    first, _, _ = changes(enrolled, [student()])
    again, _, _ = changes(enrolled, [person], [("s", first["s"].digest)])
    assert again["s"].entitlements == first["s"].entitlements


def test_who_left_is_gone() -> None:
    found, _, _ = changes([], [], [("s", 1)])
    assert found == {"s": PersonChange("s", gone=True)}


@pytest.mark.parametrize("enrolled", [[], [Enrollment("s", "history", Role.STUDENT)]])
def test_of_who_left_the_scope_and_is_still_listed_the_login_is_known(enrolled: list[Enrollment]) -> None:
    found, _, _ = changes(enrolled, [student(identifier="7")], [("s", 1)])
    assert found == {"s": PersonChange("s", username="user-s", identifier="7", gone=True)}


def test_who_is_marked_as_deleted_is_gone_even_if_an_enrollment_is_left_behind() -> None:
    found, _, _ = changes([Enrollment("s", "a1", Role.STUDENT)], [student(status=Status.GONE)], [("s", 1)])
    assert found["s"].gone


def test_an_enrolled_person_whom_nobody_describes_is_left_as_they_are() -> None:
    found, comparison, _ = changes([Enrollment("s", "a1", Role.STUDENT)], [], [("s", 1)])
    assert found == {}
    assert comparison.missing() == {"s"}


def test_an_id_that_stands_for_two_persons_is_counted_and_the_first_counts() -> None:
    people = [student(), student(username="somebody-else")]
    found, comparison, _ = changes([Enrollment("s", "a1", Role.STUDENT)], people)
    assert found["s"].username == "user-s"
    assert comparison.questions[Question.SAME_ID_TWICE] == 1


def test_what_is_questionable_is_counted() -> None:
    _, _, fold = changes(
        [
            Enrollment("s", "nowhere", Role.STUDENT),
            Enrollment("s", "a1", Role.UNKNOWN),
            Enrollment("s", "a1", Role.STUDENT, begin="2026-11-01", end="2026-10-01"),
        ],
        [student()],
    )
    assert fold.questions == {Question.UNKNOWN_CLASS: 1, Question.UNKNOWN_ROLE: 1, Question.END_BEFORE_BEGIN: 1}


def test_nothing_of_a_person_is_in_a_representation() -> None:
    person = Person("id-77", Role.STUDENT, "jane.roe", "jane@x.example", "77")
    change = PersonChange("id-77", username="jane.roe", email="jane@x.example")
    for text in (repr(person), repr(change), repr(Enrollment("id-77", "a1"))):
        assert "77" not in text
        assert "jane" not in text


@given(st.permutations([Enrollment("s", c, Role.STUDENT) for c in ("a1", "a2", "g1")] + [Enrollment("s", "a1")]))
def test_the_order_of_enrollments_decides_nothing(enrolled: list[Enrollment]) -> None:
    found, _, _ = changes(enrolled, [student()])
    expected, _, _ = changes(sorted(enrolled, key=lambda e: (e.class_id, e.role)), [student()])
    assert found == expected
