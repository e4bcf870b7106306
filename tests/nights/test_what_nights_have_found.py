"""What random nights have found, each made small."""

from __future__ import annotations

from dataclasses import replace
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
