"""Files of a volume need no Secret, and their sync is as calm as any."""

from __future__ import annotations

import pytest
from tests.controller.conftest import Districts, Start, steady
from tests.controller.fakes import wait_until

from roster_operator.reconcile.contract import Trigger
from roster_operator.sources.from_secret import NOBODY


@pytest.mark.parametrize("watch", [True, False], ids=["watched", "not watched"])
def test_a_district_without_a_secret_is_synced_once_and_when_its_spec_changes(
    districts: Districts, start: Start, watch: bool
) -> None:
    operator = start(watch_secrets=watch, heartbeat=0.5)
    files = {"type": "OneRosterCSV", "baseURL": "file:///rosters/springfield"}
    districts.create("springfield", secret=False, source=files)
    districts.await_condition("springfield", "True", "Synced")
    with steady(lambda: len(operator.reconcile.calls), seconds=2):
        districts.create_secret("springfield-sis")
    districts.change("springfield", source={**files, "settleTime": "1m"})
    districts.await_condition("springfield", "True", "Synced")
    districts.request("springfield", "now")
    wait_until(lambda: districts.status("springfield").get("lastHandledRequestedAt") == "now")
    calls = operator.reconcile.of("springfield")
    assert all(call.credentials == NOBODY for call in calls)
    assert Trigger.SECRET_CHANGED not in [call.trigger for call in calls]
