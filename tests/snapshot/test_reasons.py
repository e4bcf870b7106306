"""Why a license goes or comes, told from two readings: what gave it is held against what is there now."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from tests.snapshot.test_roster_snapshot import KEY, ON, header, written

from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.roster.models import DISABLED, ClassSection, Part, PersonRow, Role, Status, part
from roster_operator.snapshot.format import Header
from roster_operator.snapshot.reasons import Asked, Readings
from roster_operator.snapshot.taking import TakenSnapshot

ALGEBRA = Entitlement("algebra", Edition.STUDENT)
CLASS = ClassSection("c1", "MA1", "north", ("now",))
Rows = Sequence[tuple[str, Part]]
STUDENT = (Role.STUDENT, Status.ACTIVE, 0)
STANDS: list[PersonRow] = [("p", STUDENT, "", "", "")]


def told(
    before: tuple[list[ClassSection], Rows],
    after: tuple[list[ClassSection], Rows],
    *,
    standing: tuple[Role, Status, int] = STUDENT,
    at_first: tuple[Role, Status, int] = STUDENT,
    now: Header | None = None,
    granted: bool = False,
    known_before: bool = True,
) -> tuple[str, str | None]:
    def person(stands: tuple[Role, Status, int]) -> list[PersonRow]:
        return [("p", stands, "", "", "")]

    rows = [[("p", section, said) for section, said in enrolled] for _, enrolled in (before, after)]
    with (
        written(before[0], rows[0], person(at_first)) as last,
        written(after[0], rows[1], person(standing)) as this,
    ):
        taken = TakenSnapshot(KEY, now or header(), this)
        readings = Readings((header(), last.blobs) if known_before else None, taken)
        asked = [Asked(7, "p", "p", ALGEBRA)]
        goes, comes = readings.tell([] if granted else asked, asked if granted else [])
        found = goes + comes
    return (str(found[0].why), found[0].class_id) if found else ("", None)


IN_CLASS = ([CLASS], [("c1", ON)])


@pytest.mark.parametrize(
    ("classes", "enrolled", "why"),
    [
        ([CLASS], [("c1", part(Role.STUDENT, "", "2026-11-24"))], "EnrollmentEnded"),
        ([CLASS], [("c1", part(Role.STUDENT, "", "", Status.GONE))], "EnrollmentDeleted"),
        ([CLASS], [], "EnrollmentNotListed"),
        ([], [], "ClassNotListed"),
        ([], [("c1", ON)], "ClassNotListed"),
        ([msgspec.structs.replace(CLASS, status=Status.GONE)], [("c1", ON)], "ClassDeleted"),
        ([msgspec.structs.replace(CLASS, status=Status.GONE)], [], "ClassDeleted"),
        ([msgspec.structs.replace(CLASS, course_id="PE1")], [("c1", ON)], "ClassMoved"),
        ([msgspec.structs.replace(CLASS, course_id="MA2")], [("c1", ON)], "ClassMoved"),
        ([msgspec.structs.replace(CLASS, session_ids=("past",))], [("c1", ON)], "TermOver"),
        ([CLASS], [("c1", part(Role.OTHER, "", ""))], "RoleChanged"),
        ([CLASS], [("c1", part(Role.TEACHER, "", ""))], "RoleChanged"),
    ],
)
def test_a_license_goes_because(classes: list[ClassSection], enrolled: Rows, why: str) -> None:
    assert told(IN_CLASS, (classes, enrolled)) == (why, "c1")


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        ((Role.STUDENT, Status.GONE, 0), "PersonDeleted"),
        ((Role.STUDENT, Status.GONE, DISABLED), "PersonDisabled"),
    ],
)
def test_a_person_who_is_gone_is_named_before_their_classes(standing: tuple[Role, Status, int], why: str) -> None:
    assert told(IN_CLASS, IN_CLASS, standing=standing) == (why, "c1")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"ebooks_by_course": {"MA2": ["geometry"]}}, "CourseNotMapped"),
        ({"ebooks_by_course": {"MA1": ["geometry"], "MA2": ["geometry"]}}, "EBookNotMapped"),
        ({"selected_schools": ["south"]}, "SchoolNotSelected"),
    ],
)
def test_what_the_spec_no_longer_maps_is_told_from_what_the_roster_changed(
    changed: dict[str, object], why: str
) -> None:
    assert told(IN_CLASS, IN_CLASS, now=msgspec.structs.replace(header(), **changed)) == (why, "c1")


def test_without_a_last_reading_this_one_tells_what_it_can() -> None:
    ended = ([CLASS], [("c1", part(Role.STUDENT, "", "2026-11-01"))])
    assert told(IN_CLASS, ended, known_before=False) == ("EnrollmentEnded", "c1")
    assert told(IN_CLASS, ([CLASS], []), known_before=False) == ("", None)


@pytest.mark.parametrize(
    ("classes", "enrolled", "why"),
    [
        ([CLASS], [], "EnrollmentAdded"),
        ([CLASS], [("c1", part(Role.STUDENT, "2026-11-25", ""))], "EnrollmentBegan"),
        ([msgspec.structs.replace(CLASS, course_id="PE1")], [("c1", ON)], "CourseMapped"),
        ([CLASS], [("c1", ON)], ""),
    ],
)
def test_a_license_comes_by_a_class_because(classes: list[ClassSection], enrolled: Rows, why: str) -> None:
    assert told((classes, enrolled), IN_CLASS, granted=True) == (why, "c1")


def test_the_school_is_that_of_the_class_and_of_several_one_that_is_selected() -> None:
    south = msgspec.structs.replace(CLASS, school_id="south")
    twice = [msgspec.structs.replace(CLASS, school_id="elsewhere"), CLASS]
    for before, after, school in (
        ([CLASS], [], "north"),
        ([CLASS], [south], "north"),
        (twice, [], "north"),
        ([], [CLASS], "north"),
        ([], twice, "north"),
    ):
        enrolled = [[("c1", ON)] if there else [] for there in (before, after)]
        granted = not before
        with (
            written(before, [("p", *row) for row in enrolled[0]], STANDS) as last,
            written(after, [("p", *row) for row in enrolled[1]], STANDS) as this,
        ):
            asked = [Asked(7, "p", "p", ALGEBRA)]
            readings = Readings((header(), last.blobs), TakenSnapshot(KEY, header(), this))
            goes, comes = readings.tell([] if granted else asked, asked if granted else [])
        assert [each.school_id for each in goes + comes] == [school]


def test_of_several_classes_that_gave_it_one_that_broke_is_named() -> None:
    second = msgspec.structs.replace(CLASS, id="c2")
    before = ([CLASS, second], [("c1", ON), ("c2", ON)])
    assert told(before, ([CLASS, second], [("c2", part(Role.STUDENT, "", "2026-11-24"))]))[1] in {"c1", "c2"}
