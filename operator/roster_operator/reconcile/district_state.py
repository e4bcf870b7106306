"""What a sync leaves for the next one to be held against, and how its proofs of completeness stand in the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from roster_operator.ledger.ledger import DistrictState
from roster_operator.licensing.class_scope import ClassMemory
from roster_operator.licensing.evidence import Evidence, succeeding
from roster_operator.reconcile.report import Decision, RosterRead
from roster_operator.roster.quality import Question
from roster_operator.sources.source import Section


class Baseline(msgspec.Struct, frozen=True):
    """What the roster raised at the last sync by which nothing was in question."""

    questions: dict[Question, int] | None = None
    """None if there was no such sync."""
    rejected: dict[str, int] = {}
    """Rows of each section that could not be read."""


# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_decode: Final = msgspec.json.Decoder(Baseline).decode


def baseline_of(state: DistrictState) -> Baseline:
    """That of the last syncs; what another version wrote and this one does not understand counts as none."""
    try:
        return _decode(state.baseline)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Baseline()


def next_state(
    before: DistrictState, roster: RosterRead, decision: Decision, evidence: Evidence | None, *, started: datetime
) -> DistrictState:
    """What the next sync is held against, if the decision is carried out. A delta read, which sees too little for it,
    leaves it as it is; so does a plan that waits as a whole, but for since when it waits.
    """
    verdict = decision.verdict
    if roster.only_adds:
        return before
    in_question = verdict.hold.in_question or verdict.suspension_unacknowledged
    in_doubt_since = (before.in_doubt_since or started) if verdict.doubtful and in_question else None
    state = replace(before, in_doubt_since=in_doubt_since)
    if not in_question:
        counted = {question: count for question, count in roster.questions.items() if count}
        rejected = {str(section): proof.rejected for section, proof in roster.proofs.items() if proof.rejected}
        baseline = msgspec.json.encode(Baseline(counted, rejected), order="sorted").decode()
        state = replace(state, baseline=baseline)
    if roster.new_scope is not None and not decision.frozen:
        state = replace(state, classes=_classes(before, roster.new_scope, settled=not verdict.hold.in_question))
    if evidence is None or decision.frozen:
        return state
    settled, day = not verdict.hold.in_question, started.date().isoformat()
    known = Evidence.decode(before.evidence)
    succeeded = succeeding(known, evidence, settled=settled, approved=decision.released, day=day)
    return replace(state, evidence=succeeded.encode())


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
