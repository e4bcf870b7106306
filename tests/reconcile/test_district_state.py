"""What the next sync is held against: the last roster that was not in question, and since when broken rows are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from roster_operator.ledger.interface.district import DistrictState
from roster_operator.licensing.evidence import Evidence, SectionEvidence
from roster_operator.licensing.guards import Doubt, Verdict
from roster_operator.licensing.models import Hold, Plan
from roster_operator.reconcile.district_state import Baseline, baseline_of, in_doubt_since, next_state
from roster_operator.reconcile.report import Decision, RosterRead
from roster_operator.roster.quality import Question, Questions
from roster_operator.sources.source import Complete, Proof, Section

DAY = timedelta(days=1)
START = datetime(2026, 9, 1, 6, tzinfo=UTC)
NOTHING = Verdict(Hold())
UNREADABLE, NOWHERE = frozenset({Doubt.UNREADABLE}), frozenset({Doubt.NOWHERE})
DOUBT = Verdict(Hold(everything=True), doubts=UNREADABLE)
NONE_YET = Verdict(Hold(), doubts=UNREADABLE, suspension_unacknowledged=True)
MANY = Verdict(Hold(everything=True))
FROZEN = Verdict(Hold(everything=True, grants=True))
EVIDENCE = Evidence(sections={"enrollments": SectionEvidence("Total", 700, 7)})


def roster(broken: int = 0, *, delta: bool = False) -> RosterRead:
    return RosterRead(
        proofs={Section.ENROLLMENTS: Complete(Proof.TOTAL, 700, 7, rejected=broken)},
        questions=Questions({Question.REJECTED_ROW: broken}),
        changed_since=START if delta else None,
    )


def after(
    before: DistrictState, verdict: Verdict, broken: int = 0, *, days: int = 0, delta: bool = False
) -> DistrictState:
    return next_state(
        before,
        roster(broken, delta=delta),
        Decision(Plan("plan"), verdict),
        None if delta else EVIDENCE,
        started=START + days * DAY,
    )


def test_the_last_roster_by_which_nothing_was_in_question_is_the_baseline() -> None:
    state = after(DistrictState(), NOTHING, 2)
    assert baseline_of(state) == Baseline({Question.REJECTED_ROW: 2}, {"enrollments": 2})
    for verdict in (DOUBT, NONE_YET, MANY, FROZEN):
        night = baseline_of(after(state, verdict, 9))
        assert (night.questions, night.rejected) == ({Question.REJECTED_ROW: 2}, {"enrollments": 2})


def test_since_when_syncs_waited_for_broken_rows_is_known_until_one_did_not() -> None:
    state = after(DistrictState(), NOTHING)
    for day, verdict in ((1, NONE_YET), (2, DOUBT), (3, DOUBT)):
        state = after(state, verdict, 9, days=day)
        assert state.in_doubt_since == START + DAY
    for verdict in (NOTHING, MANY, FROZEN):
        assert after(state, verdict, 9, days=4).in_doubt_since is None
    patient = Verdict(Hold(), doubts=UNREADABLE)
    assert after(state, patient, 9, days=9).in_doubt_since is None, "they have waited for long enough"


def test_each_doubt_has_a_week_of_its_own() -> None:
    state = after(DistrictState(), NOTHING)
    both = Verdict(Hold(everything=True), doubts=UNREADABLE | NOWHERE)
    state = after(after(state, DOUBT, 9, days=1), both, 9, days=6)
    assert in_doubt_since(state) == {Doubt.UNREADABLE: START + DAY, Doubt.NOWHERE: START + 6 * DAY}
    state = after(state, replace(both, doubts=NOWHERE), days=7)
    assert in_doubt_since(state) == {Doubt.NOWHERE: START + 6 * DAY}
    state = after(state, both, 9, days=8)
    assert in_doubt_since(state) == {Doubt.UNREADABLE: START + 8 * DAY, Doubt.NOWHERE: START + 6 * DAY}
    assert in_doubt_since(replace(state, in_doubt_since=None)) == {}, "as a release leaves it"


def test_what_an_earlier_version_kept_is_the_week_of_every_doubt() -> None:
    state = replace(after(DistrictState(), NOTHING), in_doubt_since=START)
    assert in_doubt_since(state) == dict.fromkeys(Doubt, START)


def test_a_delta_read_leaves_all_as_it_is() -> None:
    state = after(DistrictState(), NOTHING, 2)
    assert after(state, NOTHING, 5, delta=True) == state


def test_how_a_roster_was_told_is_not_believed_while_all_of_it_waits() -> None:
    state = after(DistrictState(), NOTHING)
    assert Evidence.decode(state.evidence) is not None
    assert after(DistrictState(), FROZEN).evidence == ""
    assert after(state, FROZEN, days=1).evidence == state.evidence


@pytest.mark.parametrize("written", ["", "{", '{"questions":{"Unheard":1}}', '{"questions":7}'])
def test_a_baseline_that_is_not_understood_is_none(written: str) -> None:
    assert baseline_of(DistrictState(baseline=written)) == Baseline()
