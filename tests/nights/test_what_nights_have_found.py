"""What random nights have found, each made small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from tests.nights.breaks import strangers, terms_of_another_year
from tests.nights.oracle import due
from tests.nights.rows import Tables, tell
from tests.nights.stage import Stage
from tests.nights.witness import books_of
from tests.nights.world import BOOKS_OF_COURSE, YEAR, World

pytestmark = pytest.mark.slow


def synced(stage: Stage, tables: Tables) -> str:
    stage.sis.tell(tables)
    return stage.settled()


def test_a_night_of_broken_rows_by_which_nobody_loses_anything_excuses_none_of_the_next(
    stage: Stage, world: World
) -> None:
    assert synced(stage, tell(world)) == "Synced"
    idle = [klass for klass in world.classes.values() if not BOOKS_OF_COURSE[klass.course]]
    nothing_rests_on_it, tables = {klass.id for klass in idle}, tell(world)
    next(row for row in tables["enrollments"] if row["classSourcedId"] in nothing_rests_on_it)["sourcedId"] = ""
    assert synced(stage, tables) == "Synced"

    somebody, tables = min(due(world))[0], tell(world)
    for row in tables["enrollments"]:
        row["sourcedId"] = "" if row["userSourcedId"] == somebody else row["sourcedId"]
    assert synced(stage, tables) == "Held"
    assert books_of(stage).licenses == due(world)


def test_strangers_who_come_while_the_spec_is_cut_get_nothing(stage: Stage, world: World) -> None:
    assert synced(stage, tell(world)) == "Synced"
    before = books_of(stage).licenses
    world.chosen_courses.remove("MA101")
    stage.dawn(world, jumpy=False)
    tables = tell(world)
    strangers(tables, Random(7))
    for _ in range(2):
        assert synced(stage, tables) == "Held"
        assert books_of(stage).licenses == before
    assert stage.condition("Ready") == ("False", "RosterInQuestion")


def respelled(world: World) -> None:
    world.by_name |= {"MA101", "o1"}
    world.by_id |= {"MA102"}


def another_course(world: World) -> None:
    world.chosen_courses ^= {"MA102", "MA103"}


def another_school(world: World) -> None:
    world.chosen_schools ^= {"o2", "o3"}


@pytest.mark.parametrize("changed", [respelled, another_course, another_school])
def test_strangers_who_come_while_names_in_the_spec_change_get_nothing(
    stage: Stage, world: World, changed: Callable[[World], None]
) -> None:
    world.chosen_courses.remove("MA103")
    world.day = date(2046, 11, 5)
    for _ in range(60):
        world.arrive()
    for part in world.parts.values():
        world.parts[part.id] = replace(part, begin=None, end=None)
    stage.dawn(world, jumpy=False)
    assert synced(stage, tell(world)) == "Synced"
    before = books_of(stage).licenses
    changed(world)
    stage.dawn(world, jumpy=False)
    tables = tell(world)
    strangers(tables, Random(7))
    assert synced(stage, tables) == "Held"
    assert books_of(stage).licenses == before
    assert stage.condition("Ready") == ("False", "RosterInQuestion")
    assert synced(stage, tell(world)) in {"Synced", "Held"}
    stage.approve()
    assert synced(stage, tell(world)) == "Synced"
    assert books_of(stage).licenses == due(world)


def test_terms_of_another_year_open_no_class(stage: Stage, world: World) -> None:
    for part in world.parts.values():
        world.parts[part.id] = replace(part, begin=None, end=None)
    for klass in list(world.classes.values())[::2]:
        world.classes[klass.id] = replace(klass, terms=(f"t{world.school_year - 1}{YEAR}",))
    assert synced(stage, tell(world)) == "Synced"
    tables = tell(world)
    terms_of_another_year(tables, Random(7))
    assert synced(stage, tables) == "Held"
    assert books_of(stage).licenses == due(world)


def class_of(world: World, course: str, school: str) -> str:
    return next(each.id for each in world.classes.values() if (each.course, each.school) == (course, school))


def lost(klass: str, tables: Tables, column: str) -> Tables:
    """What a class names in `column` is not listed; without one, it is not listed itself."""
    row = next(row for row in tables["classes"] if row["sourcedId"] == klass)
    if column:
        row[column] = "nowhere99999"
    else:
        tables["classes"].remove(row)
    return tables


def in_class(world: World, klass: str) -> set[str]:
    return {part.person for part in world.parts.values() if part.klass == klass}


@pytest.mark.parametrize("column", ["courseSourcedId", ""])
@pytest.mark.parametrize("cut", ["MA103", "o2"])
def test_a_name_that_leaves_the_spec_lets_no_class_of_another_name_go(
    any_stage: Stage, world: World, cut: str, column: str
) -> None:
    klass = class_of(world, "MA101", "o1")
    assert synced(any_stage, tell(world)) == "Synced"
    before = {one for one in books_of(any_stage).licenses if one[0] in in_class(world, klass) and one[2] == "algebra"}
    assert before
    world.chosen_courses.discard(cut)
    world.chosen_schools.discard(cut)
    any_stage.dawn(world, jumpy=False)
    for _ in range(3):
        synced(any_stage, lost(klass, tell(world), column))
        any_stage.approve()
        assert before <= books_of(any_stage).licenses


def test_a_name_that_leaves_the_spec_lets_its_own_classes_go_whatever_has_become_of_them(
    stage: Stage, world: World
) -> None:
    klass = class_of(world, "MA103", "o1")
    assert synced(stage, tell(world)) == "Synced"
    world.chosen_courses.remove("MA103")
    stage.dawn(world, jumpy=False)
    for _ in range(2):
        outcome = synced(stage, lost(klass, tell(world), "courseSourcedId"))
        stage.approve()
    assert outcome == "Synced"
    assert books_of(stage).licenses == due(world)


@pytest.mark.parametrize("spelled", ["by_name", "by_id"])
def test_a_name_that_is_spelled_otherwise_lets_no_class_go(any_stage: Stage, world: World, spelled: str) -> None:
    klass = class_of(world, "MA101", "o1")
    assert synced(any_stage, tell(world)) == "Synced"
    before = books_of(any_stage).licenses
    getattr(world, spelled).update({"MA101", "o1"})
    any_stage.dawn(world, jumpy=False)
    assert synced(any_stage, lost(klass, tell(world), "courseSourcedId")) == "Synced"
    assert books_of(any_stage).licenses == before


def test_a_class_that_opened_while_removals_waited_is_not_let_go_when_they_do_not(stage: Stage, world: World) -> None:
    assert synced(stage, tell(world)) == "Synced"
    opened = world.open_class("MA103", "o1")
    world.classes[opened.id] = replace(opened, terms=(f"t{world.school_year}{YEAR}",))
    somebody = world.new_person("student")
    world.enroll(somebody, opened)
    for part in world.parts_of(somebody.id):
        world.parts[part.id] = replace(part, begin=None, end=None)
    tables = tell(world)
    away = {part.id for part in world.parts.values() if world.classes[part.klass].course == "MA101"}
    tables["enrollments"] = [row for row in tables["enrollments"] if row["sourcedId"] not in away]
    assert synced(stage, tables) == "Held"
    mine = {one for one in books_of(stage).licenses if one[0] == somebody.id}
    assert mine
    assert synced(stage, lost(opened.id, tell(world), "courseSourcedId")) == "Synced"
    assert mine <= books_of(stage).licenses
