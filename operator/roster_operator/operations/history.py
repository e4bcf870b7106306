"""The runs of a district, newest first: when, what they changed, what proved the roster whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import RecordedRun
from roster_operator.operations.naming import district_in, run_of
from roster_operator.operations.ports import DistrictName


@dataclass(frozen=True, slots=True)
class SectionProof:
    """What proved that a section of the roster was read whole."""

    section: str
    proof: str
    rows: int
    rejected: int
    """Rows that could not be read."""


@dataclass(frozen=True, slots=True)
class RunTold:
    """A sync of a live district that came to a decision."""

    run_id: str
    started: datetime
    finished: datetime
    duration_seconds: int
    granted: int
    removed: int
    held: int
    unchanged: int
    conflicts: int
    accounts_created: int
    accounts_linked: int
    digest: str
    proof: tuple[SectionProof, ...]
    """Empty for a removal of the resource, or if the roster was not read."""


@dataclass(frozen=True, slots=True)
class History:
    """Runs of a district."""

    district: str
    namespace: str
    runs: tuple[RunTold, ...]
    next: str | None
    """The run before which there are more; none if these were all."""


def history(queries: LedgerQueries, wanted: DistrictName, *, limit: int = 20, before: str = "") -> History:
    """The latest `limit` runs of a district, those that ended before the run `before` if it is given."""
    district = district_in(queries, wanted)
    run = run_of(queries, district, before).id if before else ""
    runs = tuple(map(told, queries.runs(district.id, limit=limit + 1, before=run)))
    more = len(runs) > limit
    return History(district.name, district.namespace, runs[:limit], runs[limit - 1].run_id if more else None)


def told(run: RecordedRun) -> RunTold:
    """A run, as it is told of."""
    return RunTold(
        run_id=run.id,
        started=run.started,
        finished=run.finished,
        duration_seconds=max(0, round((run.finished - run.started).total_seconds())),
        granted=run.granted,
        removed=run.revoked,
        held=run.held,
        unchanged=run.unchanged,
        conflicts=run.conflicts,
        accounts_created=run.accounts_created,
        accounts_linked=run.accounts_linked,
        digest=run.digest,
        proof=_proofs(run.proof),
    )


def _proofs(written: str) -> tuple[SectionProof, ...]:
    try:
        proofs = json.loads(written or "{}")
    except ValueError:
        return ()
    sections: Mapping[str, Any] = proofs if isinstance(proofs, Mapping) else {}
    return tuple(
        SectionProof(name, str(proof["proof"]), int(proof.get("rows", 0)), int(proof.get("rejected", 0)))
        for name, proof in sections.items()
        if isinstance(proof, Mapping) and "proof" in proof
    )
