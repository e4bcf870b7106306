"""What makes a district sync, and what the status says of it, on a real API server."""

from __future__ import annotations

import gc
import json
import threading
from typing import Any

from tests.controller.conftest import Districts, RunningOperator, Start, steady
from tests.controller.fakes import ScriptedReconcile, failing_once, until_stopped, wait_until

from roster_operator.errors import SourceUnreachable
from roster_operator.reconcile.contract import Trigger


def triggers(operator: RunningOperator, name: str) -> list[Trigger]:
    return [call.trigger for call in operator.reconcile.of(name)]


def test_a_new_resource_is_synced_at_once_and_its_status_says_so(districts: Districts, start: Start) -> None:
    operator = start()

    districts.create("springfield")

    districts.await_condition("springfield", "True", "Synced")
    status = districts.status("springfield")
    assert status["observedGeneration"] == 1
    assert status["nextSyncTime"]
    assert triggers(operator, "springfield") == [Trigger.SPEC_CHANGED]


def test_what_a_first_sync_is_waiting_for_shows_while_it_runs(districts: Districts, start: Start) -> None:
    start(ScriptedReconcile(behaviours={"slow": until_stopped}))

    districts.create("slow")

    districts.await_condition("slow", "True", "Progressing", "Reconciling")
    assert districts.condition("slow") == ("Unknown", "Progressing")
    assert "observedGeneration" not in districts.status("slow")


def test_the_reconcile_is_given_the_secret_and_the_catalogue(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create_ebook(f"algebra-{districts.namespace}")
    districts.create_secret("springfield-sis", clientID="key\n", clientSecret="s3cret\n")

    districts.create("springfield", secret=False)
    districts.await_condition("springfield", "True", "Synced")

    request = operator.reconcile.of("springfield")[0]
    assert (request.credentials.client_id, request.credentials.client_secret) == ("key", "s3cret")  # type: ignore[union-attr]
    assert f"algebra-{districts.namespace}" in request.ebooks
    assert "s3cret" not in repr(request.credentials)


def test_a_missing_secret_is_named_and_its_arrival_noticed(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create("springfield", secret=False, retryInterval="1h")
    districts.await_condition("springfield", "False", "CredentialsMissing")
    message = next(c["message"] for c in districts.status("springfield")["conditions"] if c["type"] == "Ready")
    assert f"{districts.namespace}/springfield-sis" in message
    assert "create" in message

    districts.create_secret("springfield-sis")

    districts.await_condition("springfield", "True", "Synced", seconds=5)
    assert triggers(operator, "springfield") == [Trigger.SPEC_CHANGED, Trigger.SECRET_CHANGED]


def test_a_secret_that_lacks_a_key_is_told_apart_from_none(districts: Districts, start: Start) -> None:
    start()
    districts.create_secret("springfield-sis", clientID="id")
    districts.create("springfield", secret=False)

    districts.await_condition("springfield", "False", "CredentialsMissing")

    message = next(c["message"] for c in districts.status("springfield")["conditions"] if c["type"] == "Ready")
    assert "clientSecret" in message
    assert f"{districts.namespace}/springfield-sis" in message


def test_a_rotated_secret_is_noticed_within_seconds(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create("springfield")
    districts.create("shelbyville")
    districts.await_condition("springfield", "True", "Synced")
    districts.await_condition("shelbyville", "True", "Synced")

    districts.change_secret("springfield-sis", clientSecret="another")
    wait_until(lambda: len(operator.reconcile.of("springfield")) == 2, seconds=5)

    call = operator.reconcile.of("springfield")[1]
    assert call.trigger is Trigger.SECRET_CHANGED
    assert call.credentials.client_secret == "another"  # type: ignore[union-attr]
    wait_until(lambda: districts.status("springfield")["observedSecretVersion"] == call.secret_version)
    assert len(operator.reconcile.of("shelbyville")) == 1


def test_without_the_watch_of_secrets_the_heartbeat_notices_a_rotation(districts: Districts, start: Start) -> None:
    operator = start(watch_secrets=False, heartbeat=1.0)
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    with steady(lambda: len(operator.reconcile.calls), seconds=2.5):
        pass
    districts.change_secret("springfield-sis", clientSecret="another")

    wait_until(lambda: len(operator.reconcile.of("springfield")) == 2, seconds=10)
    assert operator.reconcile.of("springfield")[1].trigger is Trigger.SECRET_CHANGED


def test_a_changed_spec_is_synced_at_once(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    districts.change("springfield", timeZone="America/Chicago")

    wait_until(lambda: districts.status("springfield").get("observedGeneration") == 2, seconds=5)
    assert triggers(operator, "springfield") == [Trigger.SPEC_CHANGED, Trigger.SPEC_CHANGED]


def test_a_changed_spec_ends_the_sync_of_the_old_one(districts: Districts, start: Start) -> None:
    reconcile = ScriptedReconcile(behaviours={"springfield": until_stopped})
    operator = start(reconcile)
    districts.create("springfield")
    wait_until(lambda: reconcile.running[f"{districts.namespace}/springfield"] == 1)

    del reconcile.behaviours["springfield"]
    districts.change("springfield", timeZone="America/Chicago")

    wait_until(lambda: districts.status("springfield").get("observedGeneration") == 2, seconds=5)
    assert reconcile.stopped == ["springfield"]
    assert districts.condition("springfield") == ("True", "Synced")
    assert districts.condition("springfield", "Reconciling") == ("", "")
    assert [call.integration.metadata.generation for call in operator.reconcile.of("springfield")] == [1, 2]
    assert not reconcile.overlapped


def test_a_request_is_answered_by_its_echo(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")

    districts.request("springfield", "this morning")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "this morning", seconds=5)

    with steady(lambda: len(operator.reconcile.calls), seconds=1):
        assert triggers(operator, "springfield") == [Trigger.SPEC_CHANGED, Trigger.REQUESTED]


def test_a_request_of_any_length_is_handled_once(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create("springfield", annotations={"rostering.cpm.org/requested-at": "x" * 5000})

    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "x" * 100)

    with steady(lambda: len(operator.reconcile.calls), seconds=1):
        assert len(operator.reconcile.calls) == 1


def test_a_due_resource_is_synced_by_time_alone(districts: Districts, start: Start) -> None:
    operator = start()
    districts.create("springfield", interval="10s")

    wait_until(lambda: len(operator.reconcile.of("springfield")) >= 2, seconds=15)

    assert triggers(operator, "springfield")[1] is Trigger.SCHEDULE
    assert districts.condition("springfield", "Reconciling") == ("", "")


def test_a_failed_sync_is_tried_again_after_retry_interval(districts: Districts, start: Start) -> None:
    unreachable = failing_once(SourceUnreachable("It does not answer."))
    operator = start(ScriptedReconcile(behaviours={"springfield": unreachable}))

    districts.create("springfield", retryInterval="10s")

    districts.await_condition("springfield", "False", "SourceUnreachable")
    districts.await_condition("springfield", "True", "Synced")
    assert triggers(operator, "springfield") == [Trigger.SPEC_CHANGED, Trigger.RETRY]


def test_an_ebook_that_changes_brings_its_districts_and_no_others(districts: Districts, start: Start) -> None:
    algebra = f"algebra-{districts.namespace}"
    operator = start()
    mapped = [{"code": "MA101", "ebooks": [algebra]}]
    districts.create("springfield", courses=mapped)
    districts.create("shelbyville")
    for name in ("springfield", "shelbyville"):
        districts.await_condition(name, "True", "Synced")

    districts.create_ebook(algebra)
    wait_until(lambda: len(operator.reconcile.of("springfield")) == 2, seconds=5)
    districts.change_ebook(algebra, title="Algebra, second edition")
    wait_until(lambda: len(operator.reconcile.of("springfield")) == 3, seconds=5)
    districts.delete_ebook(algebra)
    wait_until(lambda: len(operator.reconcile.of("springfield")) == 4, seconds=5)

    assert triggers(operator, "springfield")[1:] == [Trigger.EBOOK_CHANGED] * 3
    assert len(operator.reconcile.of("shelbyville")) == 1


def test_a_restart_syncs_nothing_that_is_not_due(districts: Districts, start: Start) -> None:
    first = start()
    for name in ("springfield", "shelbyville"):
        districts.create(name)
        districts.await_condition(name, "True", "Synced")
    assert first.stop() == 0
    versions = {name: districts.get(name)["metadata"]["resourceVersion"] for name in ("springfield", "shelbyville")}

    second = start(heartbeat=0.5)
    wait_until(lambda: len(second.operator.engine.inventory) == 2)

    with steady(lambda: len(second.reconcile.calls), seconds=2):
        pass
    assert second.reconcile.calls == []
    assert {name: districts.get(name)["metadata"]["resourceVersion"] for name in versions} == versions


def test_what_changed_while_no_operator_ran_is_made_up_for(districts: Districts, start: Start) -> None:
    algebra, geometry = f"algebra-{districts.namespace}", f"geometry-{districts.namespace}"
    districts.create_ebook(geometry)
    first = start()
    districts.create("mapped", courses=[{"code": "MA101", "ebooks": [algebra]}])
    districts.create("revised", courses=[{"code": "MA101", "ebooks": [geometry]}])
    for name in ("changed", "rotated", "asked", "same"):
        districts.create(name)
    for name in ("mapped", "revised", "changed", "rotated", "asked", "same"):
        districts.await_condition(name, "True", "Synced")
    assert first.stop() == 0

    threading.Event().wait(1.1)  # Kubernetes' times are whole seconds
    districts.create_ebook(algebra)
    districts.change_ebook(geometry, title="Geometry, second edition")
    districts.change("changed", timeZone="America/Chicago")
    districts.change_secret("rotated-sis", clientSecret="another")
    districts.request("asked", "now")
    second = start()

    wait_until(lambda: len(second.reconcile.calls) == 5)
    assert {call.integration.name: call.trigger for call in second.reconcile.calls} == {
        "mapped": Trigger.EBOOK_CHANGED,
        "revised": Trigger.EBOOK_CHANGED,
        "changed": Trigger.SPEC_CHANGED,
        "rotated": Trigger.SECRET_CHANGED,
        "asked": Trigger.REQUESTED,
    }


def test_of_a_resource_nothing_long_stays_in_memory(districts: Districts, start: Start) -> None:
    start()
    districts.create("springfield")
    districts.await_condition("springfield", "True", "Synced")
    uid = districts.get("springfield")["metadata"]["uid"]

    def kept() -> list[dict[str, Any]]:
        gc.collect()
        found = [each for each in gc.get_objects() if type(each) is dict and {"kind", "metadata"} <= each.keys()]
        return [each for each in found if isinstance(each["metadata"], dict) and each["metadata"].get("uid") == uid]

    wait_until(lambda: kept() != [] and all(len(json.dumps(each)) < 500 for each in kept()))
