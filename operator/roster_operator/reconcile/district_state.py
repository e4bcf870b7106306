"""What a sync leaves for the next one to be held against, and how its proofs of completeness stand in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from roster_operator.ledger.interface.district import DistrictState
from roster_operator.licensing.class_scope import ClassMemory
from roster_operator.licensing.evidence import Evidence, succeeding
from roster_operator.licensing.guards import Doubt, Undone
from roster_operator.reconcile.report import Decision, RosterRead
from roster_operator.roster.quality import Question
from roster_operator.sources.source import Section


class Baseline(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the roster raised at the last sync by which nothing was in question."""

    questions: dict[Question, int] | None = None
    """None if there was no such sync."""
    rejected: dict[str, int] = {}
    """Rows of each section that could not be read."""
    doubts: dict[Doubt, datetime] = {}
    """Since when removals have been waiting for each; of all for as long, if they wait and this holds none."""


# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_decode: Final = msgspec.json.Decoder(Baseline).decode
_decode_undone: Final = msgspec.json.Decoder(Undone).decode


def baseline_of(state: DistrictState) -> Baseline:
    """That of the last syncs; what another version wrote and this one does not understand counts as none."""
    try:
        return _decode(state.baseline)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Baseline()


def in_doubt_since(state: DistrictState) -> Mapping[Doubt, datetime]:
    """Since when removals have been waiting for each doubt at every sync; nothing if they do not wait for any."""
    since = state.in_doubt_since
    if since is None:
        return {}
    return baseline_of(state).doubts or dict.fromkeys(Doubt, since)


def undone_before(state: DistrictState) -> Undone | None:
    """The sync that somebody turned back; of what cannot be read, that somebody did."""
    if not state.undone:
        return None
    try:
        return _decode_undone(state.undone)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Undone("", "somebody", "an earlier day", "unknown")


def undone_as_json(undone: Undone) -> str:
    """`undone_before` reads it."""
    return msgspec.json.encode(undone).decode()


def next_state(
    before: DistrictState, roster: RosterRead, decision: Decision, evidence: Evidence | None, *, started: datetime
) -> DistrictState:
    """What the next sync is held against, if the decision is carried out. A delta read, which sees too little for it,
    leaves it as it is; so does a plan that waits as a whole, but for since when it waits.
    """
    verdict = decision.verdict
    if decision.released:
        before = replace(before, undone="")
    if roster.only_adds:
        return before
    in_question = verdict.hold.in_question or verdict.suspension_unacknowledged
    known, doubts = in_doubt_since(before), verdict.doubts if in_question else ()
    since = {doubt: known.get(doubt, started) for doubt in doubts}
    state = replace(before, in_doubt_since=min(since.values(), default=None))
    if in_question:
        state = _with_baseline(state, msgspec.structs.replace(baseline_of(before), doubts=since))
    else:
        counted = {question: count for question, count in roster.questions.items() if count}
        rejected = {str(section): proof.rejected for section, proof in roster.proofs.items() if proof.rejected}
        state = _with_baseline(state, Baseline(counted, rejected))
    if roster.new_scope is not None and not decision.frozen:
        state = replace(state, classes=_classes(before, roster.new_scope, settled=not verdict.hold.in_question))
    if evidence is None or decision.frozen:
        return state
    settled, day = not verdict.hold.in_question, started.date().isoformat()
    last = Evidence.decode(before.evidence)
    succeeded = succeeding(last, evidence, settled=settled, approved=decision.released, day=day)
    ids_of = last.ids_of if last is not None and decision.plan.source_open else evidence.source
    return replace(state, evidence=succeeded.with_ids_of(ids_of).encode())


def _with_baseline(state: DistrictState, baseline: Baseline) -> DistrictState:
    return replace(state, baseline=msgspec.json.encode(baseline, order="sorted").decode())


def _classes(before: DistrictState, now: ClassMemory, *, settled: bool) -> bytes:
    """While removals wait, who has a license may have it by a class of today or by one of before."""
    return (now if settled else ClassMemory.decode(before.classes) | now).encode()


def proofs_as_json(roster: RosterRead) -> str:
    """The proofs of completeness, for the journal, and the questions that the roster raises.

    Of a delta read, which sees too little for those, since when it asked for changes.
    """
    proofs: dict[str, Any] = {
        str(section): {"proof": str(proof.proof), "rows": proof.rows, "pages": proof.pages, "rejected": proof.rejected}
        for section, proof in roster.proofs.items()
    }
    if roster.changed_since is None:
        proofs["questions"] = {str(question): count for question, count in roster.questions.items() if count}
    else:
        proofs[Section.ENROLLMENTS]["changed since"] = roster.changed_since.isoformat(timespec="seconds")
    return msgspec.json.encode(proofs).decode()
