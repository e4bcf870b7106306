"""A live sync that read the roster whole keeps its reading, in the transaction that applies it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.reconcile.district_harness import Scene

from district_simulator.library import SimulatedDistrict
from roster_operator.ledger import snapshots
from roster_operator.ledger.interface.sync import Run
from roster_operator.ledger.people import open_people
from roster_operator.ledger.people.interface import ErasureOrder
from roster_operator.ledger.queries import open_queries
from roster_operator.ledger.snapshots import StoredSnapshot
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.reconcile.contract import Outcome
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.snapshot.reader import find


@contextmanager
def kept(scene: Scene) -> Iterator[StoredSnapshot | None]:
    with scene.engine.connect() as connection:
        yield snapshots.find(connection, 1)


def run_of(scene: Scene) -> str:
    """The sync whose reading is kept; empty if none is."""
    with kept(scene) as snapshot:
        return snapshot.run_id if snapshot is not None else ""


def test_what_is_kept_explains_every_license(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    assert scene.snapshot_key is not None
    licenses: dict[str, set[tuple[str, str]]] = {}
    for person, edition, ebook in scene.licenses():
        licenses.setdefault(person, set()).add((ebook, edition))
    with kept(scene) as snapshot:
        assert snapshot is not None
        by_hash = {scene.snapshot_key.hash_of(person): person for person in licenses}
        found = find(snapshot.header, snapshot.blobs, by_hash)
        explainer = found.explainer()
        for hashed, person in by_hash.items():
            explained = found.explain(hashed, explainer)
            assert explained.entitlements == {
                Entitlement(ebook, Edition(edition)) for ebook, edition in licenses[person]
            }
        assert snapshot.header.enrollments > len(licenses)


def test_a_changed_roster_replaces_it_and_an_unchanged_one_writes_nothing(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    first, rows = run_of(scene), scene.rows()
    scene.reconcile()
    assert run_of(scene) == first
    scene.district.change("student-leaves:S1000003,count=2")
    scene.reconcile()
    assert run_of(scene) not in {"", first}
    assert scene.rows()["snapshots"] == 1
    assert scene.rows()["snapshot_chunks"] == rows["snapshot_chunks"]


@pytest.mark.parametrize("how", ["setup mode", "plan only", "no key", "opted out"])
def test_none_is_kept(scene: Scene, how: str) -> None:
    if how == "setup mode":
        scene.spec["live"] = False
    elif how == "opted out":
        scene.spec["snapshot"] = "None"
    elif how == "no key":
        scene.snapshot_key = None
    scene.reconcile(plan_only=how == "plan only")
    assert run_of(scene) == ""


def test_opting_out_drops_what_is_there_and_opting_in_reads_again(scene: Scene) -> None:
    scene.reconcile()
    scene.change_spec(snapshot="None")
    scene.reconcile()
    assert scene.rows()["snapshots"] == scene.rows()["snapshot_chunks"] == 0
    scene.change_spec(snapshot="Keep")
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert run_of(scene) != ""


def test_with_another_key_the_roster_is_read_again_although_it_is_the_same(scene: Scene) -> None:
    scene.reconcile()
    first = run_of(scene)
    scene.snapshot_key = SnapshotKey.new()
    scene.reconcile()
    with kept(scene) as snapshot:
        assert snapshot is not None
        assert snapshot.key_id == scene.snapshot_key.id
        assert snapshot.run_id != first


def test_a_sync_that_dies_in_the_apply_leaves_the_one_that_was_there(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    before = run_of(scene), scene.rows()
    scene.district.change("student-leaves:S1000003,count=2")

    def die(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO snapshot_chunks"):
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", die)
    try:
        with pytest.raises(KeyboardInterrupt):
            scene.reconcile()
    finally:
        event.remove(Engine, "before_cursor_execute", die)
    assert (run_of(scene), scene.rows()) == before


def test_a_sync_that_is_set_aside_does_not_replace_it(scene: Scene) -> None:
    scene.reconcile()
    before = run_of(scene)
    with SimulatedDistrict(students=60, schools=3, seed=8) as strangers:
        scene.change_spec(source={**scene.spec["source"], "baseURL": strangers.base_url})
        assert scene.reconcile().outcome is Outcome.HELD
    assert run_of(scene) == before


def test_it_goes_with_the_resource(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    now = scene.clock.now()
    scene.ledger.release("districts/springfield", revoke=False, run=Run("end", now, now))
    assert scene.rows()["snapshots"] == scene.rows()["snapshot_chunks"] == 0


def test_whoever_was_erased_is_in_no_later_reading(scene_on_both: Scene) -> None:
    scene = scene_on_both
    scene.reconcile()
    assert scene.snapshot_key is not None
    erased, other = sorted({person for person, *_ in scene.licenses()})[:2]
    people, queries = open_people(scene.ledger_url), open_queries(scene.ledger_url)
    (account,) = queries.accounts_named(1, erased)
    at = scene.clock.now()
    order = ErasureOrder(1, account, "erasure", actor="ann", through="os", reason="request 17", at=at)
    people.erase(order, lambda _: "digest", dry_run=False)
    for ledger in (people, queries):
        ledger.close()
    assert run_of(scene) == ""
    assert scene.reconcile().outcome is Outcome.SYNCED
    hashes = {scene.snapshot_key.hash_of(person): person for person in (erased, other)}
    with kept(scene) as snapshot:
        assert snapshot is not None
        found = find(snapshot.header, snapshot.blobs, hashes)
    assert {hashes[hashed] for hashed in (*found.enrollments, *found.standings)} == {other}
    assert erased not in {person for person, *_ in scene.licenses()}
