"""The proofs of completeness as they stand in the ledger's list of runs, beside the questions that the roster raised.

The guards hold the next sync against them.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from roster_operator.licensing.guards import Verdict
from roster_operator.reconcile.report import Decision, RosterRead
from roster_operator.roster.quality import Question
from roster_operator.sources.source import Section

QUESTIONS: Final = "questions"
"""The member of a proof that holds what the roster raised."""
QUESTIONS_WHILE_WAITING: Final = "questionsWhileRemovalsWait"
"""The same of a roster that nobody should be compared with."""
QUESTIONS_IN_DOUBT: Final = "questionsInDoubt"
"""The same of one whose removals wait for broken rows, or would."""

_decode_proof: Final = msgspec.json.Decoder(dict[str, Any]).decode


def proofs_as_json(roster: RosterRead, decision: Decision) -> str:
    """The proofs of completeness, for the journal, and the questions that the roster raises.

    Of a delta read, which sees too little for those, since when it asked for changes.
    """
    proofs: dict[str, Any] = {
        str(section): {"proof": str(proof.proof), "rows": proof.rows, "pages": proof.pages, "rejected": proof.rejected}
        for section, proof in roster.proofs.items()
    }
    if roster.changed_since is None:
        proofs[_member(decision.verdict)] = {
            str(question): count for question, count in roster.questions.items() if count
        }
    else:
        proofs[Section.ENROLLMENTS]["changed since"] = roster.changed_since.isoformat(timespec="seconds")
    return msgspec.json.encode(proofs).decode()


def _member(verdict: Verdict) -> str:
    if not verdict.hold.in_question and not verdict.unsettled:
        return QUESTIONS
    return QUESTIONS_IN_DOUBT if verdict.doubtful else QUESTIONS_WHILE_WAITING


def questions_of(proof: str) -> dict[Question, int] | None:
    """The questions that `proofs_as_json` counted; None if it did not, as of a delta read."""
    try:
        found: dict[str, Any] = _decode_proof(proof)
        return msgspec.convert(found.get(QUESTIONS), dict[Question, int] | None)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def rejected_of(proof: str) -> dict[str, int]:
    """Rows of each section that `proofs_as_json` says could not be read."""
    try:
        found: dict[str, Any] = _decode_proof(proof)
    except msgspec.DecodeError:
        return {}
    return {str(section): found.get(section, {}).get("rejected", 0) for section in Section}
