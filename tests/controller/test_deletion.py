"""A RosterIntegration goes when the ledger has let go of its district, and not before; nobody waits needlessly."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.controller.conftest import PLURAL, Districts, Start, steady
from tests.controller.fakes import RecordingLedger, ScriptedReconcile, until, until_stopped, wait_until

FINALIZER = "rostering.cpm.org/cleanup"
ANNOTATION = "rostering.cpm.org/revoke-at-most"


def test_the_finalizer_is_there_before_the_first_sync_and_gone_after_the_release(
    districts: Districts, start: Start
) -> None:
    ledger = RecordingLedger()
    operator = start(ledger=ledger)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    assert districts.get("springfield")["metadata"]["finalizers"] == [FINALIZER]
    assert operator.reconcile.calls[0].integration.metadata.finalizers == (FINALIZER,)

    districts.delete("springfield")

    wait_until(lambda: not districts.exists("springfield"), seconds=5)
    assert ledger.releases == [(f"{districts.namespace}/springfield", False)]
    wait_until(lambda: len(operator.operator.engine.inventory) == 0)


def test_revoke_says_how_many_licenses_it_ended(districts: Districts, start: Start) -> None:
    ledger = RecordingLedger(revokes=412)
    start(ledger=ledger)
    districts.create("springfield", deletionPolicy="Revoke", guard={"districtPercent": 100})
    districts.await_condition("springfield", "True", "Synced")

    districts.delete("springfield")

    wait_until(lambda: not districts.exists("springfield"), seconds=5)
    assert ledger.releases == [(f"{districts.namespace}/springfield", True)]
    assert ("Normal", "LicensesRevoked") in districts.events("springfield")


@pytest.mark.parametrize("consent", ["agree", "retain", "strip"])
def test_a_deletion_that_would_end_many_licenses_waits_for_a_person(
    districts: Districts, start: Start, consent: str
) -> None:
    ledger = RecordingLedger(revokes=412)
    start(ledger=ledger)
    districts.create("springfield", deletionPolicy="Revoke", annotations={ANNOTATION: "411"})
    districts.await_condition("springfield", "True", "Synced")

    districts.delete("springfield")
    wait_until(lambda: ("Warning", "RemovalsHeld") in districts.events("springfield"))
    assert districts.exists("springfield")
    assert ledger.releases == []

    if consent == "agree":
        districts.annotate("springfield", ANNOTATION, "412")
    elif consent == "retain":
        districts.change("springfield", deletionPolicy="Retain")
    else:
        districts.strip_finalizers("springfield")
    wait_until(lambda: not districts.exists("springfield"), seconds=15)
    wait_until(lambda: ledger.releases == [(f"{districts.namespace}/springfield", consent == "agree")], seconds=15)


def test_a_deletion_that_revokes_does_not_pass_over_licenses_in_another_ledger(
    districts: Districts, start: Start
) -> None:
    ledger = RecordingLedger()
    start(ledger=ledger)
    districts.create("springfield", interval="24h", deletionPolicy="Revoke")
    districts.await_condition("springfield", "True", "Synced")
    status = districts.status("springfield") | {"ledger": {"id": "another-ledger", "licenses": 40}}
    districts.objects.patch_namespaced_custom_object_status(
        "rostering.cpm.org", "v1alpha1", districts.namespace, PLURAL, "springfield", {"status": status}
    )

    districts.delete("springfield")

    wait_until(lambda: ("Warning", "LicensesMissing") in districts.events("springfield"))
    assert ledger.releases == []
    districts.change("springfield", deletionPolicy="Retain")
    wait_until(lambda: not districts.exists("springfield"))
    assert ledger.releases == [(f"{districts.namespace}/springfield", False)]


def test_a_deletion_ends_the_running_sync_first(districts: Districts, start: Start) -> None:
    ledger = RecordingLedger()
    reconcile = ScriptedReconcile(behaviours={"springfield": until_stopped})
    start(reconcile, ledger)
    districts.create("springfield")
    wait_until(lambda: reconcile.running[f"{districts.namespace}/springfield"] == 1)

    districts.delete("springfield")

    wait_until(lambda: not districts.exists("springfield"), seconds=8)
    assert reconcile.stopped == ["springfield"]
    assert ledger.releases == [(f"{districts.namespace}/springfield", False)]


def test_no_release_while_the_sync_still_applies(districts: Districts, start: Start) -> None:
    applied = threading.Event()
    ledger = RecordingLedger()
    reconcile = ScriptedReconcile(behaviours={"springfield": until(applied)})
    start(reconcile, ledger)
    districts.create("springfield")
    wait_until(lambda: reconcile.running[f"{districts.namespace}/springfield"] == 1)

    districts.delete("springfield")
    with steady(lambda: ledger.releases, seconds=2):
        pass
    applied.set()

    wait_until(lambda: not districts.exists("springfield"), seconds=8)
    assert ledger.releases == [(f"{districts.namespace}/springfield", False)]


def test_a_deletion_waits_for_the_ledger_and_says_so(districts: Districts, start: Start) -> None:
    ledger = RecordingLedger()
    start(ledger=ledger)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    ledger.away = True

    districts.delete("springfield")
    wait_until(lambda: ("Warning", "LedgerUnavailable") in districts.events("springfield"))
    assert districts.exists("springfield")
    assert "annotations" not in districts.get("springfield")["metadata"]
    ledger.away = False

    wait_until(lambda: not districts.exists("springfield"), seconds=10)


def test_a_defect_in_the_release_is_tried_again_and_its_text_stays_out_of_events(
    districts: Districts, start: Start
) -> None:
    ledger = RecordingLedger(broken=True)
    start(ledger=ledger)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    districts.delete("springfield")
    wait_until(lambda: ("Warning", "InternalError") in districts.events("springfield"))
    notes = [event.note for event in districts.events_api.list_namespaced_event(districts.namespace).items]
    assert not any("Maria" in (note or "") for note in notes)
    ledger.broken = False

    wait_until(lambda: not districts.exists("springfield"), seconds=10)


def test_a_deletion_that_nobody_saw_is_carried_out_at_the_next_start(districts: Districts, start: Start) -> None:
    first = start()
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    first.stop()
    districts.delete("springfield")
    assert districts.exists("springfield")

    second = start()

    wait_until(lambda: not districts.exists("springfield"), seconds=10)
    assert second.ledger.releases == [(f"{districts.namespace}/springfield", False)]
    assert second.reconcile.calls == []


def test_a_stop_in_the_middle_of_a_deletion_leaves_it_to_the_next_start(districts: Districts, start: Start) -> None:
    first = start(ledger=RecordingLedger())
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    first.ledger.away = True
    districts.delete("springfield")
    wait_until(lambda: ("Warning", "LedgerUnavailable") in districts.events("springfield"))
    assert first.stop() == 0
    assert districts.exists("springfield")

    second = start()

    wait_until(lambda: not districts.exists("springfield"), seconds=10)
    assert second.ledger.releases == [(f"{districts.namespace}/springfield", False)]


def test_a_resource_made_anew_under_the_same_name_keeps_its_district(districts: Districts, start: Start) -> None:
    ledger = RecordingLedger()
    start(ledger=ledger)
    districts.create("springfield", deletionPolicy="Revoke")
    districts.await_condition("springfield", "True", "Synced")
    ledger.away = True
    districts.delete("springfield")
    wait_until(lambda: ("Warning", "LedgerUnavailable") in districts.events("springfield"))

    districts.strip_finalizers("springfield")
    wait_until(lambda: not districts.exists("springfield"))
    districts.create("springfield", secret=False, deletionPolicy="Revoke")
    ledger.away = False

    districts.await_condition("springfield", "True", "Synced")
    with steady(lambda: ledger.releases, seconds=3):
        assert ledger.releases == []


@pytest.mark.parametrize("whole_cluster", [True, False], ids=["whole cluster", "named namespace"])
def test_a_deleted_namespace_goes_with_its_districts_and_keeps_their_licenses(
    districts: Districts,
    start: Start,
    identity_elsewhere: Path,
    garbage_collection: None,
    whole_cluster: bool,
) -> None:
    ledger = RecordingLedger()
    namespaces = () if whole_cluster else (districts.namespace,)
    start(ledger=ledger, kubeconfig=identity_elsewhere, namespaces=namespaces)
    for name in ("springfield", "shelbyville"):
        districts.create(name)
        districts.await_condition(name, "True", "Synced")

    districts.core.delete_namespace(districts.namespace)

    wait_until(lambda: not _namespace_exists(districts), seconds=180)
    districts.core.create_namespace({"metadata": {"name": districts.namespace}})  # as the fixture left it
    mine = [each for each in ledger.releases if each[0].startswith(f"{districts.namespace}/")]
    assert sorted(mine) == [  # those of tests before this one go now, too
        (f"{districts.namespace}/shelbyville", False),
        (f"{districts.namespace}/springfield", False),
    ]


def _namespace_exists(districts: Districts) -> bool:
    return any(each.metadata.name == districts.namespace for each in districts.core.list_namespace().items)
