"""A district's Secret is deleted: that is told, nothing else is, and a new one is all that it takes."""

from __future__ import annotations

import pytest
from tests.controller.conftest import Districts, Start, steady
from tests.controller.fakes import wait_until


@pytest.mark.parametrize("watch_secrets", [True, False], ids=["watched", "looked at"])
def test_a_deleted_secret_is_told_once_and_a_new_one_begins_a_sync(
    districts: Districts, start: Start, watch_secrets: bool
) -> None:
    operator = start(watch_secrets=watch_secrets, heartbeat=0.5)
    districts.create("springfield", retryInterval="1h")
    districts.await_condition("springfield", "True", "Synced")

    districts.core.delete_namespaced_secret("springfield-sis", districts.namespace)
    districts.await_condition("springfield", "False", "CredentialsMissing")
    with steady(lambda: len(operator.reconcile.calls), seconds=2):
        assert len(operator.reconcile.calls) == 2

    districts.create_secret("springfield-sis")
    districts.await_condition("springfield", "True", "Synced")
    wait_until(lambda: ("Normal", "Synced") in districts.events("springfield"))
