"""CRDs and operator of different versions: what the API server does not take must not become a storm of syncs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.controller.conftest import Districts, Start, steady
from tests.controller.fakes import ScriptedReconcile

from roster_operator.api.v1alpha1 import HistoryEntry
from roster_operator.kube.errors import Invalid, Unavailable, error_for
from roster_operator.reconcile.contract import Result


@dataclass
class NewerReconcile(ScriptedReconcile):
    """Its statuses hold more than the CRD allows."""

    def __call__(self, *given: Any) -> Result:
        result = super().__call__(*given)
        entry = HistoryEntry(
            run_id="r", time=given[1].clock.now(), outcome="Synced", reason="Synced", granted=0, revoked=0, held=0
        )
        return replace(result, status=result.status.model_copy(update={"history": (entry,) * 6}))


def test_a_status_that_is_refused_is_told_once_and_the_next_sync_waits_for_its_time(
    districts: Districts, start: Start
) -> None:
    operator = start(NewerReconcile())
    districts.create("springfield")

    districts.await_condition("springfield", "False", "InternalError")

    with steady(lambda: len(operator.reconcile.calls), seconds=3):
        assert len(operator.reconcile.calls) == 1
    message = next(c["message"] for c in districts.status("springfield")["conditions"] if c["type"] == "Ready")
    assert "upgrade both" in message
    assert districts.events("springfield") == [("Warning", "InternalError")]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("failed to create typed patch object: .status.x: field not declared in schema", Invalid),
        ("etcdserver: request timed out", Unavailable),
    ],
)
def test_a_field_that_the_crd_lacks_is_no_outage_although_the_api_server_says_500(
    message: str, kind: type[Exception]
) -> None:
    assert type(error_for(500, message)) is kind
