"""A class that was in scope and lost its course or school is not taken for one that is out of scope."""

from __future__ import annotations

from array import array

import pytest
import xxhash

from roster_operator.licensing.class_scope import ClassMemory, ClassNames, KnownReferences
from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import Edition, PersonChange
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection, Enrollment, Person, Role, Session, Status
from roster_operator.roster.quality import Question

TODAY = "2026-11-24"
OFFER = Offer(
    {"MA1": ("algebra",), "MA2": ("geometry",)}, dict.fromkeys(("algebra", "geometry"), tuple(Edition)), ["north"]
)
SESSIONS = [Session("now", "2026-08-01", "2027-06-01"), Session("past", "2025-08-01", "2026-06-01")]
COURSES = {course: frozenset({f"course {course}", f"course name of {course}"}) for course in ("MA1", "MA2")}
SCHOOLS = {"north": frozenset({"school north"})}
MA1, MA2 = (ClassNames.of(COURSES[course], SCHOOLS["north"]) for course in ("MA1", "MA2"))
BEFORE = ClassMemory(dict.fromkeys(["a", "b", "gone"], MA1))
ANY_STATE = [("s", 1), ("t", 1)]


def night(
    classes: list[ClassSection],
    enrollments: list[Enrollment],
    *,
    before: ClassMemory = BEFORE,
    role: Role = Role.STUDENT,
    states: list[tuple[str, int]] = ANY_STATE,
) -> tuple[dict[str, PersonChange], ClassTable, Fold]:
    """What a sync finds; `s` and `t` are persons of this role."""
    table = ClassTable(
        OFFER,
        calendar(SESSIONS, Days(TODAY)),
        KnownReferences({"MA1", "MA2", "PE1"}, {"north", "west"}, before, (), COURSES, SCHOOLS),
    )
    table.add(classes)
    fold = Fold(table, Days(TODAY))
    fold.add(enrollments)
    comparison = Comparison(fold, table, dict(states))
    found = [*comparison.changes([Person("s", role, "s"), Person("t", role, "t")]), *comparison.gone()]
    fold.questions.update(comparison.questions)
    return {change.key: change for change in found}, table, fold


IN_A = [Enrollment("s", "a", Role.STUDENT)]


@pytest.mark.parametrize(
    ("section", "left"),
    [
        (ClassSection("a", "nobody-knows", "north", ("now",)), True),
        (ClassSection("a", "", "north", ("now",)), True),
        (ClassSection("a", "MA1", "nobody-knows", ("now",)), True),
        (ClassSection("a", "MA1", "", ()), True),
        (ClassSection("a", "PE1", "north", ("now",)), False),
        (ClassSection("a", "MA1", "west", ("now",)), False),
        (ClassSection("a", "nobody-knows", "north", ("past",)), False),
        (ClassSection("a", "nobody-knows", "north", ("now",), status=Status.GONE), False),
        (ClassSection("new", "nobody-knows", "north", ("now",)), False),
    ],
)
def test_who_is_in_a_class_that_lost_its_way_is_left_as_they_are(section: ClassSection, left: bool) -> None:
    found, table, fold = night([section], [Enrollment("s", section.id, Role.STUDENT)])
    assert ("s" not in found) is left
    assert found["t"].gone
    assert (section.id in table.orphaned) is left
    assert fold.questions[Question.LEFT_AS_IS] == left
    assert table.in_scope == 0


@pytest.mark.parametrize(
    ("enrollment", "left"),
    [
        (Enrollment("s", "gone", Role.STUDENT), True),
        (Enrollment("s", "gone", Role.STUDENT, status=Status.GONE), False),
        (Enrollment("s", "gone", Role.STUDENT, end="2026-11-01"), False),
        (Enrollment("s", "gone", Role.OTHER), False),
        (Enrollment("s", "never-there", Role.STUDENT), False),
    ],
)
def test_who_is_in_a_class_that_is_not_listed_any_more_is_left_as_they_are(enrollment: Enrollment, left: bool) -> None:
    found, _, fold = night([], [enrollment])
    assert ("s" not in found) is left
    assert fold.unlisted == ({"gone"} if left else set())


@pytest.mark.parametrize(
    ("enrollment", "left"),
    [
        (Enrollment("s", "a", Role.UNRECOGNIZED), True),
        (Enrollment("s", "a", Role.STUDENT, begin="2027-06-01", end="2026-08-01"), True),
        (Enrollment("s", "a", Role.STUDENT, begin="2026-11-01", end="2026-08-01"), False),
        (Enrollment("s", "a", Role.STUDENT, begin="2026-08-01", end="2026-08-01"), False),
        (Enrollment("s", "a", Role.OTHER), False),
    ],
)
def test_who_has_a_role_or_dates_that_cannot_be_is_left_as_they_are(enrollment: Enrollment, left: bool) -> None:
    found, _, _ = night([ClassSection("a", "MA1", "north", ("now",))], [enrollment])
    assert ("s" not in found) is left


@pytest.mark.parametrize(
    ("role", "left"),
    [(Role.UNKNOWN, True), (Role.UNRECOGNIZED, True), (Role.OTHER, False), (Role.ADMINISTRATOR, False)],
)
def test_who_is_not_known_to_be_student_or_teacher_at_all_is_left_as_they_are(role: Role, left: bool) -> None:
    found, _, _ = night([ClassSection("a", "MA1", "north", ())], [Enrollment("s", "a")], role=role)
    assert ("s" not in found) is left


def test_who_is_new_gets_what_is_clear() -> None:
    classes = [ClassSection("a", "nobody-knows", "north", ()), ClassSection("b", "MA2", "north", ())]
    enrolled = [*IN_A, Enrollment("s", "b", Role.STUDENT)]
    found, _, _ = night(classes, enrolled, states=[])
    alone, _, _ = night(classes[1:], enrolled[1:], states=[])
    assert found == alone
    assert [entitlement.ebook for entitlement in found["s"].entitlements] == ["geometry"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_class_that_is_given_twice_counts_as_the_row_says_that_leads_somewhere(order: int) -> None:
    rows = [ClassSection("a", "nobody-knows", "north", ()), ClassSection("a", "MA1", "north", ())][::order]
    found, table, _ = night(rows, IN_A)
    assert found["s"].entitlements
    assert (table.in_scope, table.orphaned) == (1, set())


def test_who_is_in_a_class_that_lost_its_way_is_remembered_by_how_the_class_was_selected() -> None:
    in_both = [*IN_A, Enrollment("t", "b", Role.STUDENT)]
    _, table, fold = night([ClassSection("a", "MA1", "north", ()), ClassSection("b", "MA2", "north", ())], in_both)
    evening = table.remember(fold.unlisted)
    _, table, fold = night([ClassSection("a", "nobody-knows", "north", ())], in_both, before=evening)
    assert table.remember(fold.unlisted) == evening == ClassMemory({"a": MA1, "b": MA2})
    assert table.remember([]) == ClassMemory({"a": MA1})


def test_a_class_is_remembered_while_a_name_of_its_course_and_one_of_its_school_are_selected() -> None:
    memory = ClassMemory({"a": MA1, "b": MA2})
    assert memory.under(["school north", "course MA1", "course MA2", "course PE1"]) == memory
    assert memory.under(["school north", "course name of MA1"]) == ClassMemory({"a": MA1})
    assert not memory.under(["school west", "course MA1", "course MA2"])
    assert not memory.under(["course MA1", "course MA2"])


def test_classes_of_two_nights_are_remembered_by_the_later() -> None:
    both = ClassMemory({"a": MA1, "b": MA1}) | ClassMemory({"b": MA2, "c": MA2})
    assert both == ClassMemory({"a": MA1, "b": MA2, "c": MA2})


def test_classes_are_known_again_by_what_was_kept() -> None:
    memory = ClassMemory({"a": MA1, "b": MA2, "c": MA1})
    assert ClassMemory.decode(memory.encode()) == memory != ClassMemory({"a": MA1, "b": MA1, "c": MA1})
    assert "b" in BEFORE
    assert "c" not in BEFORE
    assert not ClassMemory()
    assert ClassMemory.decode(ClassMemory().encode()) == ClassMemory()


def test_what_is_kept_of_many_classes_is_four_bytes_each() -> None:
    many = ClassMemory({str(number): MA1 for number in range(10_000)})
    assert len(many.encode()) < 4 * 10_000 + 40


def test_classes_with_numbers_for_ids_can_be_asked_for_again() -> None:
    named = dict.fromkeys(["100", "7", "0", "07", "x", "9999999999"], MA1)
    memory = ClassMemory.decode(ClassMemory(named).encode())
    assert memory.numbered() == {"100", "7", "0"}
    assert all(one in memory for one in ("100", "7", "07", "x", "9999999999"))
    table = ClassTable(OFFER, calendar(SESSIONS, Days(TODAY)), KnownReferences({"MA1"}, {"north"}, memory))
    table.add([ClassSection("100", "MA1", "north", ("now",)), ClassSection("7", "MA1", "north", ("past",))])
    assert table.unlisted() == {"0"}


def hashed(text: str) -> int:
    return xxhash.xxh32_intdigest(text.encode()) | 1 << 31


def test_what_the_former_version_kept_counts_while_any_of_its_names_is_selected() -> None:
    names = [hashed(name) for name in ("school north", "course MA1", "course MA2")]
    kept = array("I", [0xFFFF_FF01, 2, hashed("a"), 7, *names]).tobytes()
    memory = ClassMemory.decode(kept)
    assert "a" in memory.under(["school north", "course MA2"])
    assert memory.numbered() == {"7"}
    assert not memory.under(["school west", "course PE1"])
    assert ClassMemory.decode(memory.encode()) == memory


EARLIER_FORM = array("I", [1, 4_000_000_000, 17]).tobytes()
CUT_OFF = BEFORE.encode()[:8]


@pytest.mark.parametrize("kept", [b"", b"?", b"\0\0\0\0\0", EARLIER_FORM, CUT_OFF])
def test_what_is_no_memory_holds_no_class(kept: bytes) -> None:
    assert not ClassMemory.decode(kept)
