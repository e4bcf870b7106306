"""The statuses and events that the engine itself decides on, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import Finding, found, merge
from roster_operator.api.v1alpha1 import RosterIntegration, RosterIntegrationStatus, SyncSummary
from roster_operator.controller import status_without_reconcile
from roster_operator.controller.catalog import MOST_BYTES, config_map_data
from roster_operator.controller.inventory import observe
from roster_operator.controller.transitions import events_between
from roster_operator.errors import RosterOperatorError
from roster_operator.reconcile.contract import Catalog, CatalogSchool, Trigger

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
READY = found(conditions.READY, True, reasons.SYNCED, "All is well.")
FAILING = found(conditions.READY, False, reasons.TIMED_OUT, "Too slow.")
REJECTED = found(conditions.READY, False, reasons.CREDENTIALS_REJECTED, "Wrong key.")
HELD = found(conditions.HELD, True, reasons.REMOVALS_HELD, "40 removals wait.")
HELD_READY = found(conditions.READY, False, reasons.REMOVALS_HELD, "40 removals wait.")
UNKNOWN = found(conditions.READY, None, reasons.PROGRESSING)


def status(*findings: Finding, run: str = "1", granted: int = 0, **fields: object) -> RosterIntegrationStatus:
    sync = SyncSummary(
        run_id=run, trigger="Schedule", start_time=NOW, finish_time=NOW, outcome="Synced", granted=granted
    )
    merged = merge((), findings, generation=1, now=NOW - timedelta(days=1))
    return RosterIntegrationStatus(conditions=merged, last_sync=sync).model_copy(update=fields)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (RosterIntegrationStatus(), status(READY), [("Normal", "Synced")]),
        (status(READY), status(READY, run="2"), []),
        (status(READY), status(READY, run="2", granted=3), [("Normal", "Synced")]),
        (status(READY, granted=3), status(READY, granted=3), []),
        (status(UNKNOWN), status(READY), [("Normal", "Synced")]),
        (status(READY), status(FAILING), [("Warning", "TimedOut")]),
        (status(FAILING), status(FAILING, run="2"), []),
        (status(FAILING), status(REJECTED), [("Warning", "CredentialsRejected")]),
        (status(UNKNOWN), status(FAILING), [("Warning", "TimedOut")]),
        (status(FAILING), status(READY), [("Normal", "Synced")]),
        (status(READY), status(READY, HELD), [("Warning", "RemovalsHeld")]),
        (status(READY), status(HELD_READY, HELD), [("Warning", "RemovalsHeld")]),
        (status(HELD_READY, HELD), status(HELD_READY, HELD, run="2"), []),
        (status(READY), status(UNKNOWN), []),
    ],
)
def test_events_are_for_transitions(
    before: RosterIntegrationStatus, after: RosterIntegrationStatus, expected: list[tuple[str, str]]
) -> None:
    assert [(event.type.value, event.reason) for event in events_between(before, after)] == expected


def condition(status: RosterIntegrationStatus, type_: str) -> tuple[str, str] | None:
    found = status.condition(type_)
    return (found.status.value, found.reason) if found else None


def test_a_new_generation_makes_ready_unknown_and_a_request_does_not() -> None:
    changed = status_without_reconcile.announced(status(READY, HELD), Trigger.SPEC_CHANGED, generation=2, now=NOW)
    requested = status_without_reconcile.announced(status(READY, HELD), Trigger.REQUESTED, generation=1, now=NOW)

    assert condition(changed, conditions.READY) == ("Unknown", "Progressing")
    assert condition(requested, conditions.READY) == ("True", "Synced")
    for announced in (changed, requested):
        assert condition(announced, conditions.RECONCILING) == ("True", "Progressing")
        assert condition(announced, conditions.HELD) == ("True", "RemovalsHeld")
        assert announced.observed_generation is None


def test_a_suspended_resource_has_no_next_time() -> None:
    before = status(READY, next_sync_time=NOW, observed_generation=1)

    after = status_without_reconcile.suspended(before, generation=2, requested_at="", now=NOW)

    assert after.next_sync_time is None
    assert after.observed_generation == 2
    assert condition(after, conditions.READY) == ("True", "Synced")


BODY = {
    "metadata": {"namespace": "n", "name": "springfield", "uid": "u", "generation": 3},
    "spec": {"interval": "24h", "suspend": "perhaps"},
}


def failed(before: RosterIntegrationStatus, error: RosterOperatorError) -> RosterIntegrationStatus:
    return status_without_reconcile.failed(
        before, observe(BODY), error, run_id="r-17", trigger=Trigger.RETRY, secret_version="s", started=NOW, now=NOW
    )


def test_a_spec_that_cannot_be_read_is_stalled_with_the_field_and_counts_as_an_attempt() -> None:
    with pytest.raises(ValidationError) as raised:
        RosterIntegration.model_validate(BODY)

    after = failed(status(READY, HELD), status_without_reconcile.unreadable(raised.value))

    assert condition(after, conditions.READY) == ("False", "InvalidSpec")
    assert condition(after, conditions.STALLED) == ("True", "InvalidSpec")
    assert condition(after, conditions.HELD) == ("True", "RemovalsHeld")
    ready = after.condition(conditions.READY)
    assert ready is not None
    assert ready.message.startswith("spec.")
    assert "perhaps" not in ready.message
    assert (after.observed_generation, after.consecutive_failures) == (3, 1)
    assert after.next_sync_time is not None
    assert after.next_sync_time >= NOW + timedelta(minutes=13)


def test_a_defect_names_the_run_and_is_no_stall() -> None:
    after = failed(status(READY), status_without_reconcile.defect("r-17"))

    ready = after.condition(conditions.READY)
    assert ready is not None
    assert "r-17" in ready.message
    assert after.condition(conditions.STALLED) is None
    assert after.observed_secret_version == "s"


def test_a_catalog_that_is_too_long_says_so() -> None:
    schools = tuple(CatalogSchool(str(number), f"School {number:06}", "", 3) for number in range(10_000))

    data = config_map_data(Catalog(schools=schools))

    assert len(data["schools"].encode()) < MOST_BYTES + 200
    assert "more schools do not fit here; the SIS offers 10000" in data["schools"].splitlines()[-1]
    assert data["courses"] == "# The SIS offers no courses.\n"
