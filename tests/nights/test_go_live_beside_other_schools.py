"""At go-live, licenses from before of people at schools outside of the spec stay, whatever type of source tells it."""

from __future__ import annotations

import pytest
from tests.nights.rows import tell
from tests.nights.stage import Stage
from tests.nights.world import World

pytestmark = pytest.mark.slow

GUEST = "guest"


def with_licenses_from_before(stage: Stage, world: World) -> None:
    """Everybody, and a guest whom the SIS does not have; setup mode has seen the district."""
    assert stage.settled() == "Planned"
    stage.execute(
        "INSERT INTO districts (source, version, created) "
        "SELECT source, 0, '2026-01-01 00:00:00' FROM reservations WHERE source NOT IN (SELECT source FROM districts)"
    )
    stage.execute(
        "INSERT INTO accounts (district_id, username, username_key, created) "
        "SELECT id, :username, :username, created FROM districts",
        [{"username": login} for login in [*(person.login for person in world.people.values()), GUEST]],
    )
    stage.execute(
        "INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since) "
        "SELECT district_id, id, 'old-book', 'Student', 'Manual', created FROM accounts"
    )


def from_before(stage: Stage) -> set[str]:
    rows = stage.query(
        "SELECT username_key FROM licenses JOIN accounts ON accounts.id = account_id "
        "WHERE ebook = 'old-book' AND until IS NULL"
    )
    return {str(row[0]) for row in rows}


def of_other_schools(stage: Stage, world: World) -> set[str]:
    """PowerSchool tells the people of the selected schools only: everybody else is at another one, so is a guest."""
    here = {part.person for part in world.parts.values() if world.classes[part.klass].school in world.chosen_schools}
    if stage.kind != "PowerSchool":
        return {person.login for person in world.people.values() if person.id not in here}
    here |= {each.id for each in world.people.values() if each.role != "student" or each.home in world.chosen_schools}
    return {person.login for person in world.people.values() if person.id not in here} | {GUEST}


def test_licenses_of_people_at_other_schools_stay_night_after_night(any_stage: Stage, world: World) -> None:
    stage = any_stage
    stage.spec |= {
        "guard": {"districtPercent": 100, "schoolPercent": 100},
        "matching": {"by": ["SourcedId", "Username"]},
    }
    world.chosen_schools, world.live = {"o1"}, False
    stage.dawn(world, jumpy=False)
    stage.sis.tell(tell(world))
    with_licenses_from_before(stage, world)
    others = of_other_schools(stage, world)
    assert len(others) > 3
    assert stage.settled() == "Planned"
    assert stage.status["plan"]["elsewhere"] == len(others)

    world.live = True
    stage.dawn(world, jumpy=False)
    for _ in range(2):
        assert stage.settled() == "Synced", stage.status
        assert from_before(stage) == others

    world.chosen_schools.update(world.schools)
    stage.dawn(world, jumpy=False)
    assert stage.settled() == "Synced", stage.status
    assert not from_before(stage) - {GUEST}
