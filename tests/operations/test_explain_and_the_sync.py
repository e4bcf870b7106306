"""What `explain` says of the next sync is what the next sync does, whatever the roster and the spec become."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.operations.asking import ask
from tests.reconcile.small import STUDENTS, SmallDistrict
from tests.snapshot.test_roster_snapshot import (
    BEFORE,
    COURSES,
    EDITIONS,
    KEY,
    SCHOOLS,
    TERMS,
    TODAY,
    header,
    ids,
    parts,
    persons,
    sections,
    standings,
    written,
)

from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.by_hand.interface import DecisionOrder, Kind
from roster_operator.licensing.class_scope import ClassMemory, KnownReferences
from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.fold import Fold
from roster_operator.operations.explained import Explained, NextSync
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection, Enrollments, Part, People, PersonRow, Role, Status
from roster_operator.snapshot.reader import Selected, find

OFFERS = st.builds(
    lambda courses, schools: Offer({course: list(ebooks) for course, ebooks in courses.items()}, EDITIONS, schools),
    st.dictionaries(
        st.sampled_from(["MA1", "MA2", "PE1"]),
        st.lists(st.sampled_from(["algebra", "geometry"]), unique=True, min_size=1),
    ),
    st.lists(st.sampled_from(["north", "south"]), unique=True),
)
"""Of schools that the reading covers: of others nothing is known, and so nothing is said."""


@settings(max_examples=150, deadline=None)
@given(
    st.lists(sections, max_size=8),
    st.lists(st.tuples(persons, ids, parts), max_size=12),
    st.dictionaries(persons, standings),
    OFFERS,
    st.booleans(),
)
def test_by_another_spec_a_reading_is_judged_as_a_sync_judges_it(
    classes: list[ClassSection],
    enrolled: list[tuple[str, str, Part]],
    described: dict[str, tuple[Role, Status, int]],
    offer: Offer,
    remembered: bool,
) -> None:
    rows: list[PersonRow] = [(key, standing, "", "", "") for key, standing in described.items()]
    before = BEFORE if remembered else ClassMemory()
    known = KnownReferences({course.id for course in COURSES}, {school.id for school in SCHOOLS}, before)
    table = ClassTable(offer, TERMS, known)
    table.add(classes)
    fold = Fold(table, Days(TODAY))
    fold.add(Enrollments.gathered(enrolled))
    fold.conclude()
    changes = Comparison(fold, table, {}).changes(People.gathered(rows))
    granted = {change.key: set(change.entitlements) for change in changes}
    hashes = {key: KEY.hash_of(key) for key in ("p0", "p1", "p2", "p3")}
    with written(classes, enrolled, rows) as writer:
        found = find(header(fold.order), writer.blobs, hashes.values())
        explainer = found.explainer(TODAY, Selected(offer, frozenset(), before))
        for key, hashed in hashes.items():
            assert found.explain(hashed, explainer).entitlements == granted.get(key, set())


Change = Callable[[SmallDistrict], object]
CHANGES: dict[str, Change] = {
    "an end": lambda scene: scene.enroll("s1", endDate="2026-11-01"),
    "a role": lambda scene: scene.enroll("s2", role="teacher"),
    "a course": lambda scene: scene.files["classes"]["c1"].update(courseSourcedId="pe"),
    "a term": lambda scene: scene.files["academicSessions"]["t1"].update(endDate="2026-11-20"),
    "a status": lambda scene: scene.enroll("s3", status="maybe"),
    "disabled": lambda scene: scene.files["users"]["s4"].update(enabledUser="false"),
    "gone": lambda scene: scene.files["enrollments"].pop("s1", None),
    "new": lambda scene: scene.enroll("s9"),
    "another course in the spec": lambda scene: scene.change_spec(courses=[{"code": "PE1", "ebooks": ["algebra"]}]),
    "an eBook more": lambda scene: scene.change_spec(courses=[{"code": "MA1", "ebooks": ["algebra", "geometry"]}]),
    "a season": lambda scene: scene.change_spec(
        terms={"leadDays": 3, "seasons": [{"season": "Frozen", "firstDay": "2026-11-01", "lastDay": "2026-12-20"}]}
    ),
    "a grace": lambda scene: scene.change_spec(terms={"graceDays": 30}),
    "an edition less": lambda scene: scene.ebooks.update(algebra={"title": "Algebra", "editions": ["Student"]}),
}


OF_PEOPLE: dict[str, Change] = {
    "a grant by hand": lambda scene: by_hand(scene, "s1", Kind.GRANT, "geometry", "Student"),
    "a grant of what they have": lambda scene: by_hand(scene, "s3", Kind.GRANT, "algebra", "Student"),
    "a block": lambda scene: by_hand(scene, "s2", Kind.BLOCK, "", "Student", "Teacher"),
    "a block of one eBook": lambda scene: by_hand(scene, "s1", Kind.BLOCK, "algebra", "Student"),
}
CHANGES |= OF_PEOPLE


def by_hand(scene: SmallDistrict, person: str, kind: Kind, ebook: str, *editions: str) -> None:
    [(account, district)] = scene.query(f"SELECT id, district_id FROM accounts WHERE sourced_id = '{person}'")
    ledger = open_by_hand(scene.ledger_url)
    order = DecisionOrder(
        district_id=district,
        kind=kind,
        whom=account,
        ebook=ebook,
        editions=editions,
        until=datetime(2099, 1, 1, tzinfo=UTC),
        takes_back=False,
        by_run=str(uuid.uuid4()),
        actor="ann",
        through="os",
        reason="a test",
        at=scene.clock.now(),
    )
    ledger.decide(order, digest=ledger.decide(order, digest="").digest)
    ledger.close()


OF_THE_SPEC = dict.fromkeys(("another course in the spec", "an eBook more", "an edition less", "a season", "a grace"))


def expected(told: Explained) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What they will have, and what is not known."""
    keeps = {(has.ebook, has.edition) for has in told.has if has.next_sync is NextSync.KEEPS}
    grants = {(each.ebook, each.edition) for each in told.lacks if each.next_sync is NextSync.GRANTS}
    unknown = {(has.ebook, has.edition) for has in told.has if has.next_sync is NextSync.UNKNOWN}
    unknown |= {(each.ebook, each.edition) for each in told.lacks if each.next_sync is NextSync.UNKNOWN}
    return keeps | grants, unknown


def holds_nothing(scene: SmallDistrict) -> bool:
    return not scene.status["plan"].get("held")


@pytest.mark.parametrize("live", [True, False], ids=["by the SIS", "by the last reading"])
@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=4, unique=True))
def test_what_is_said_comes_true_with_the_next_sync(live: bool, names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scene = SmallDistrict(Path(folder) / "in", f"sqlite:///{folder}/ledger.sqlite")
        scene.ebooks["geometry"] = {"title": "Geometry"}
        scene.files["courses"]["pe"] = {"sourcedId": "pe", "status": "active", "title": "PE", "courseCode": "PE1"}
        scene.night()
        for name in names if live else [each for each in names if each in OF_PEOPLE | OF_THE_SPEC]:
            CHANGES[name](scene)
        if not live:
            scene.generation += 1
        scene.deliver()
        people = (*STUDENTS, "t")
        told = {person: expected(ask(scene, person, live=live)) for person in people}
        scene.night()
        if scene.condition("Synced")[0] == "True" and holds_nothing(scene):
            for person, (will_have, unknown) in told.items():
                has = {(ebook, edition) for one, edition, ebook in scene.licenses() if one == person}
                assert has - unknown == will_have - unknown, (person, names)
        scene.close()


def test_what_the_sis_tells_otherwise_is_told_by_class(tmp_path: Path) -> None:
    scene = SmallDistrict(tmp_path / "in", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    scene.night()
    assert ask(scene, live=True).differs == ()
    scene.enroll("s1", endDate="2026-11-01")
    scene.deliver()
    before = scene.rows()
    told = ask(scene, live=True)
    assert [(each.class_id, each.then, each.now) for each in told.differs] == [("c1", "Gives", "EnrollmentEnded")]
    assert [has.next_sync for has in told.has] == [NextSync.REMOVES]
    assert [has.next_sync for has in ask(scene).has] == [NextSync.KEEPS]
    after = scene.rows()
    assert after.pop("access_log") == before.pop("access_log") + 2
    assert after == before


def test_whoever_is_new_is_found_in_the_sis_by_a_login(tmp_path: Path) -> None:
    scene = SmallDistrict(tmp_path / "in", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    scene.night()
    scene.enroll("s9")
    scene.deliver()
    told = ask(scene, "USER.s9", live=True)
    assert told.account is None
    assert [(each.edition, each.next_sync) for each in told.lacks] == [("Student", NextSync.GRANTS)]
