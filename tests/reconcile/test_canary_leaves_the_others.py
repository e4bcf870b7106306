"""While some schools are live first, accounts and licenses of all others stay as they are, those from before too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.operations.asking import ask
from tests.reconcile.district_harness import Scene
from tests.reconcile.small import SmallDistrict

from roster_operator.operations.explained import NextSync
from roster_operator.reconcile.contract import Outcome

Row = tuple[str, ...]
NO_LIMIT = {"districtPercent": 100, "schoolPercent": 100}


@pytest.fixture
def scene(scene_on_both: Scene) -> Scene:
    """In setup mode; everybody of the district, and a guest, has a license from before."""
    scene = scene_on_both
    first = scene.district.school_ids[0]
    scene.change_spec(live=False, canary={"schools": [first]}, guard=NO_LIMIT)
    scene.reconcile()
    with_licenses_from_before(scene)
    return scene


def with_licenses_from_before(scene: Scene) -> None:
    source = scene.query("SELECT source FROM reservations")[0][0]
    scene.execute(
        "INSERT INTO districts (source, version, created) VALUES (:source, 0, '2026-01-01 00:00:00')",
        [{"source": source}],
    )
    logins = [{"username": person.username.lower()} for person in scene.district.persons()]
    scene.execute(
        "INSERT INTO accounts (district_id, username, username_key, created) "
        "SELECT id, :username, :username, created FROM districts",
        [*logins, {"username": "guest"}],
    )
    scene.execute(
        "INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since) "
        "SELECT district_id, id, 'old-book', 'Student', 'Manual', created FROM accounts"
    )


def accounts(scene: Scene) -> dict[str, Row]:
    """All that there is of each, but for the mark by which a license from before is known to be left alone."""
    rows = scene.query(
        "SELECT username_key, id, username, email, identifier, kind, sourced_id FROM accounts ORDER BY id"
    )
    return {row[0]: tuple(map(str, row)) for row in rows}


def licenses(scene: Scene) -> set[Row]:
    rows = scene.query(
        "SELECT username_key, ebook, edition, origin FROM licenses JOIN accounts ON accounts.id = account_id"
    )
    return {tuple(map(str, row)) for row in rows}


def at_the_first(scene: Scene) -> set[str]:
    """Usernames of everybody who is to have something by the first school."""
    people = {person for person, _, _ in scene.expected(scene.district.school_ids[:1])}
    return {person.username.lower() for person in scene.district.persons() if person.sourced_id in people}


def test_nothing_of_anybody_else_is_touched(scene: Scene) -> None:
    before, had = accounts(scene), licenses(scene)
    scene.reconcile()
    planned = scene.status["plan"]
    scene.change_spec(live=True)
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    first = at_the_first(scene)
    assert {who: row for who, row in accounts(scene).items() if who not in first} == {
        who: row for who, row in before.items() if who not in first
    }
    assert {row for row in licenses(scene) if row[0] not in first} == {row for row in had if row[0] not in first}
    assert {row[0] for row in had if row[0] in first} == first
    assert not {row for row in licenses(scene) if row[0] in first and row[3] == "Manual"}
    last = scene.status["lastSync"]
    assert (last["granted"], last["revoked"]) == (planned["grants"], planned["revocations"])
    assert planned["revocations"] == len(first)


def test_promoted_it_is_as_if_all_had_gone_live_at_once(scene: Scene, tmp_path: Path) -> None:
    twin = Scene(scene.district, f"sqlite:///{tmp_path / 'twin.sqlite'}")
    twin.change_spec(live=False, guard=NO_LIMIT)
    twin.reconcile()
    with_licenses_from_before(twin)
    twin.change_spec(live=True)
    assert twin.reconcile().outcome is Outcome.SYNCED
    scene.change_spec(live=True)
    scene.reconcile()
    told = scene.status["canary"]
    scene.change_spec(canary=None)
    assert scene.reconcile().outcome is Outcome.SYNCED
    last = scene.status["lastSync"]
    assert (last["granted"], last["revoked"]) == (told["grants"], told["revocations"])
    assert licenses(scene) == licenses(twin)
    twin.close()


def test_what_promotion_would_remove_can_be_approved_before(scene: Scene) -> None:
    scene.change_spec(live=True)
    scene.reconcile()
    scene.change_spec(guard={})
    scene.reconcile()
    told = scene.status["canary"]
    assert (told["held"], told["revocations"] > 10) == (told["revocations"], True)
    assert f"of which {told['held']} would wait" in told["message"]
    scene.change_spec(canary=None, approval={"plan": told["digest"]})
    assert scene.reconcile().outcome is Outcome.SYNCED, scene.status
    assert "guest" not in {row[0] for row in licenses(scene)}


@pytest.fixture
def small(tmp_path: Path, new_ledger_url: str) -> Iterator[SmallDistrict]:
    """A school n, which is live first, and a school m with a class c2 in which x is."""
    schools = [{"id": "n"}, {"name": "Main"}]
    district = SmallDistrict(
        tmp_path / "in", new_ledger_url, schools=schools, canary={"schools": ["n"]}, guard=NO_LIMIT
    )
    district.rows_of("orgs")["m"] = {"sourcedId": "m", "status": "active", "name": "Main", "type": "school"}
    district.rows_of("courses")["pe"] = {"sourcedId": "pe", "status": "active", "title": "PE", "courseCode": "PE1"}
    section = {**district.rows_of("classes")["c1"], "sourcedId": "c2", "schoolSourcedId": "m", "courseSourcedId": "pe"}
    district.rows_of("classes")["c2"] = section
    district.ebooks["geometry"] = {"title": "Geometry"}
    district.spec["courses"] = [*district.spec["courses"], {"code": "PE1", "ebooks": ["geometry"]}]
    district.enroll("x", classSourcedId="c2")
    yield district
    district.close()


def test_whoever_is_at_both_schools_has_all_of_it(small: SmallDistrict) -> None:
    small.rows_of("enrollments")["both"] = {
        **small.rows_of("enrollments")["s1"],
        "sourcedId": "b",
        "classSourcedId": "c2",
    }
    small.night()
    assert {(person, ebook) for person, _, ebook in small.licenses() if person in {"s1", "x"}} == {
        ("s1", "algebra"),
        ("s1", "geometry"),
    }


def test_whoever_leaves_the_first_school_for_another_keeps_what_the_roster_gives(small: SmallDistrict) -> None:
    small.night()
    small.enroll("s1", classSourcedId="c2")
    small.enroll("s2", status="tobedeleted")
    small.night()
    small.night()
    assert {(person, ebook) for person, _, ebook in small.licenses() if person in {"s1", "s2", "x"}} == {
        ("s1", "geometry")
    }


def test_a_login_that_somebody_elsewhere_has_too_waits_for_all(small: SmallDistrict) -> None:
    small.files["users"]["x"]["username"] = small.files["users"]["s1"]["username"]
    small.night()
    assert small.served() == {"s2", "s3", "s4", "t"}
    small.change_spec(canary=None)
    small.night()
    assert small.counted("Matching")


def test_explain_says_who_is_live_and_who_waits_for_promotion(small: SmallDistrict) -> None:
    small.night()
    told = ask(small, "user.x") if small.query("SELECT 1 FROM accounts WHERE username_key = 'user.x'") else None
    assert told is None, "nobody has an account for being planned"
    live = ask(small, "USER.x", live=True)
    assert [(each.ebook, each.next_sync) for each in live.lacks] == [("geometry", NextSync.NOTHING)]
    assert "CanaryElsewhere" in {str(each.what) for each in live.circumstances}
    assert [each.next_sync for each in ask(small, "s1").has] == [NextSync.KEEPS]
    small.change_spec(canary=None)
    assert [each.next_sync for each in ask(small, "USER.x", live=True).lacks] == [NextSync.GRANTS]
