"""A new round of conditions joins the last one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from roster_operator.api import conditions, reasons
from roster_operator.api.conditions import Condition, ConditionStatus, find, found, merge

THEN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
NOW = THEN + timedelta(days=1)


def first_round() -> tuple[Condition, ...]:
    return merge((), [found(conditions.READY, True, reasons.SYNCED, "240 licenses.")], generation=1, now=THEN)


def types(merged: tuple[Condition, ...]) -> list[str]:
    return [condition.type for condition in merged]


def test_the_first_round_has_every_standing_condition() -> None:
    merged = first_round()
    assert types(merged) == list(conditions.STANDING)
    unseen = find(merged, conditions.DATA_CLEAN)
    assert unseen is not None
    assert (unseen.status, unseen.reason) == (ConditionStatus.UNKNOWN, reasons.NOT_YET_CHECKED)


def test_an_unchanged_status_keeps_its_transition_time_even_if_the_words_change() -> None:
    again = merge(first_round(), [found(conditions.READY, True, reasons.SYNCED, "241.")], generation=2, now=NOW)
    ready = find(again, conditions.READY)
    assert ready is not None
    assert (ready.last_transition_time, ready.message, ready.observed_generation) == (THEN, "241.", 2)


def test_a_changed_status_moves_its_transition_time() -> None:
    again = merge(first_round(), [found(conditions.READY, False, reasons.TLS_FAILED)], generation=1, now=NOW)
    ready = find(again, conditions.READY)
    assert ready is not None
    assert ready.last_transition_time == NOW


def test_a_standing_condition_that_was_not_looked_at_stays_as_it_was() -> None:
    again = merge(first_round(), [], generation=2, now=NOW)
    assert find(again, conditions.READY) == find(first_round(), conditions.READY)


def test_an_abnormal_condition_is_there_only_while_it_holds() -> None:
    held = merge(first_round(), [found(conditions.HELD, True, reasons.REMOVALS_HELD, "40.")], generation=1, now=NOW)
    assert types(held) == [*conditions.STANDING, conditions.HELD]
    assert types(merge(held, [], generation=1, now=NOW)) == list(conditions.STANDING)
    not_held = [found(conditions.HELD, False, reasons.SYNCED)]
    assert types(merge(held, not_held, generation=1, now=NOW)) == list(conditions.STANDING)


def test_an_abnormal_condition_that_goes_on_keeps_its_transition_time() -> None:
    finding = found(conditions.STALLED, True, reasons.CREDENTIALS_REJECTED)
    stalled = merge(first_round(), [finding], generation=1, now=THEN)
    still = find(merge(stalled, [finding], generation=1, now=NOW), conditions.STALLED)
    assert still is not None
    assert still.last_transition_time == THEN


def test_conditions_of_others_stay_behind_ours() -> None:
    foreign = Condition(
        type="Audited", status=ConditionStatus.TRUE, reason="Seen", message="", last_transition_time=THEN
    )
    merged = merge((foreign, *first_round()), [], generation=1, now=NOW)
    assert types(merged) == [*conditions.STANDING, "Audited"]


def test_merging_the_same_round_again_changes_nothing() -> None:
    findings = [found(conditions.READY, True, reasons.SYNCED), found(conditions.HELD, True, reasons.REMOVALS_HELD)]
    once = merge((), findings, generation=1, now=THEN)
    assert merge(once, findings, generation=1, now=NOW) == once
