"""Who must act first on a district, and what somebody set and may have forgotten, is read off the resource."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.operations.fleet import NOBODY, row_of
from roster_operator.reconcile.standing import Forgotten, reminders_of, standing_of, with_actor

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SINCE = "2026-11-02T08:00:00Z"


def condition(type_: str, status: str, reason: str, message: str) -> dict[str, Any]:
    return {"type": type_, "status": status, "reason": reason, "message": message, "lastTransitionTime": SINCE}


def district(*conditions: dict[str, Any], spec: dict[str, Any] | None = None, **status: Any) -> RosterIntegration:
    source = {"baseURL": "https://sis.example", "secretRef": {"name": "sis"}}
    return RosterIntegration.model_validate(
        {
            "metadata": {"name": "springfield", "namespace": "districts", "generation": 2},
            "spec": {"source": source, **(spec or {})},
            "status": {"observedGeneration": 2, "conditions": list(conditions), **status},
        }
    )


SYNCED = condition("Ready", "True", "Synced", "0 licenses granted, 0 removed, 40 unchanged.")
HELD = condition("Held", "True", "RemovalsHeld", "9 removals wait. District: look. Publisher: approve plan-12345678.")


@pytest.mark.parametrize(
    ("ready", "acts", "waits"),
    [
        (SYNCED, None, False),
        (condition("Ready", "True", "SetupMode", "Publisher: set spec.live to true."), "Publisher", False),
        (condition("Ready", "False", "RemovalsHeld", "9 wait. District: look. Publisher: approve."), "District", True),
        (condition("Ready", "False", "SourceUnreachable", "No answer."), "District", True),
        (condition("Ready", "False", "CredentialsMissing", "No Secret."), "Platform", True),
        (condition("Ready", "False", "CredentialsMissing", "No Secret. Publisher: name it."), "Publisher", True),
        (condition("Ready", "False", "ReadIncomplete", "On its way. Nobody has to act: it is read later."), None, True),
        (condition("Ready", "False", "LedgerUnavailable", "No database."), "Platform", True),
        (condition("Ready", "False", "Unheard", "A newer operator's."), "Platform", True),
        (condition("Ready", "Unknown", "Progressing", "The first sync runs."), None, True),
    ],
)
def test_the_message_says_who_acts_first_or_else_the_reason_does(
    ready: dict[str, Any], acts: str | None, waits: bool
) -> None:
    standing = standing_of(district(ready), NOW)
    assert (standing.acts, standing.waits) == (acts, waits)
    assert standing.reason == ready["reason"]


def test_questions_of_the_data_come_last() -> None:
    dirty = condition("DataClean", "False", "DataQuestions", "3 rows left out.")
    item = {"name": "Rows", "result": "Warn", "message": "3 rows", "action": "District: correct them."}
    standing = standing_of(district(SYNCED, dirty, checklist=[item]), NOW)
    assert (standing.acts, standing.reason, standing.waits) == ("District", "DataQuestions", False)


def test_a_sync_that_did_not_begin_is_the_platforms() -> None:
    due = (NOW - timedelta(hours=3)).isoformat()
    assert standing_of(district(SYNCED, nextSyncTime=due), NOW).reason == "Overdue"
    assert standing_of(district(SYNCED, nextSyncTime=due, spec={"suspend": True}), NOW).reason == "Suspended"
    assert standing_of(district(SYNCED, nextSyncTime=(NOW - timedelta(minutes=30)).isoformat()), NOW).acts is None


def test_one_that_was_never_looked_at_is_the_platforms() -> None:
    assert standing_of(district(), NOW).acts == "Platform"


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        ({"suspend": True}, Forgotten.SUSPENDED),
        ({"interval": "720h"}, Forgotten.INTERVAL_PAUSED),
        ({"schedule": {"paused": True}}, Forgotten.SCHEDULE_PAUSED),
        ({"guard": {"districtPercent": 100, "schoolPercent": 100}}, Forgotten.GUARD_OFF),
        ({"approval": {"plan": "plan-87654321"}}, Forgotten.APPROVAL_SPENT),
    ],
)
def test_a_forgotten_switch_is_told_with_who_sets_it_back(spec: dict[str, Any], what: Forgotten) -> None:
    suspended = condition("Suspended", "True", "Suspended", "spec.suspend is true.")
    (reminder,) = reminders_of(district(SYNCED, suspended, spec=spec, plan={"digest": "plan-12345678"}))
    assert reminder.what is what
    assert "Publisher: " in reminder.message
    assert (reminder.since is not None) == (what is Forgotten.SUSPENDED)


def test_an_approval_is_not_spent_while_its_plan_waits_or_nobody_looked_at_it() -> None:
    approved = {"approval": {"plan": "plan-12345678"}}
    plan = {"digest": "plan-12345678"}
    assert reminders_of(district(SYNCED, HELD, spec=approved, plan=plan)) == ()
    assert reminders_of(district(SYNCED, spec=approved, observedGeneration=1)) == ()
    assert reminders_of(district(SYNCED, HELD, spec={"approval": {"plan": "plan-87654321"}}, plan=plan)) != ()


DIRTY = condition("DataClean", "False", "DataQuestions", "3 rows left out.")
EXPIRING = condition("CredentialsExpiring", "True", "CredentialsExpire", "In 9 days. District: send another key.")


@pytest.mark.parametrize("ready", [SYNCED, HELD | {"type": "Ready", "status": "False"}])
@pytest.mark.parametrize("beside", [(), (DIRTY,), (EXPIRING, DIRTY)])
@pytest.mark.parametrize("spec", [{}, {"suspend": True}, {"interval": "720h"}, {"approval": {"plan": "plan-87654321"}}])
def test_the_status_names_whom_fleet_names(
    ready: dict[str, Any], beside: tuple[dict[str, Any], ...], spec: dict[str, Any]
) -> None:
    told = district(ready, *beside, spec=spec)
    acts = row_of(told, NOW).acts
    assert str(with_actor(told.status, told).actor or NOBODY) == acts
    assert (acts == NOBODY) is (ready is SYNCED and not beside and not spec)
