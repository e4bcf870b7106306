"""What called for a sync calls once, also where the status that the sync leaves does not settle it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.controller.conftest import Districts, Start, steady
from tests.controller.fakes import ScriptedReconcile, wait_until
from tests.controller.permissions import Permissions

from roster_operator.reconcile.contract import Result


class Forgetful(ScriptedReconcile):
    """Its statuses do not say which Secret was met, as if the CRD had no such field."""

    def __call__(self, *given: Any) -> Result:
        result = super().__call__(*given)
        return replace(result, status=result.status.model_copy(update={"observed_secret_version": None}))


def test_a_secret_that_may_be_watched_and_not_read_is_told_once_also_after_a_restart(
    districts: Districts, start: Start, permissions: Permissions
) -> None:
    permissions.take_verb("get", "secrets")
    operator = start(heartbeat=0.5)
    districts.create("springfield", retryInterval="1h")
    districts.await_condition("springfield", "False", "CredentialsMissing")

    with steady(lambda: len(operator.reconcile.calls), seconds=3):
        assert len(operator.reconcile.calls) == 1
    operator.stop()

    second = start(heartbeat=0.5)
    with steady(lambda: len(second.reconcile.calls), seconds=3):
        assert second.reconcile.calls == []
    districts.change_secret("springfield-sis", clientSecret="another")
    wait_until(lambda: len(second.reconcile.calls) == 1)


def test_a_secret_that_nobody_watches_and_that_may_not_be_read_is_looked_at_when_it_may(
    districts: Districts, start: Start, permissions: Permissions
) -> None:
    permissions.take("secrets")
    operator = start(heartbeat=0.5, watch_secrets=False)
    districts.create("springfield", retryInterval="1h")
    districts.await_condition("springfield", "False", "CredentialsMissing")
    with steady(lambda: len(operator.reconcile.calls), seconds=3):
        assert len(operator.reconcile.calls) == 1

    permissions.give_back()

    districts.await_condition("springfield", "True", "Synced")


def test_a_cause_that_the_status_does_not_settle_waits_for_the_next_sync_and_others_do_not(
    districts: Districts, start: Start
) -> None:
    operator = start(Forgetful(), heartbeat=0.5)
    ebook = f"algebra-{districts.namespace}"
    districts.create_ebook(ebook)
    districts.create("springfield", courses=[{"code": "MA101", "ebooks": [ebook]}])
    districts.await_condition("springfield", "True", "Synced")

    def settles_at(calls: int) -> None:
        wait_until(lambda: len(operator.reconcile.calls) == calls)
        with steady(lambda: len(operator.reconcile.calls), seconds=2):
            assert len(operator.reconcile.calls) == calls

    settles_at(1)
    districts.request("springfield", "now")
    settles_at(2)
    districts.change_ebook(ebook, title="Another")
    settles_at(3)
    districts.change_secret("springfield-sis", clientSecret="another")
    settles_at(4)
