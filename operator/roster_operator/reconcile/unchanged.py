"""Recognizing a roster that is still what the last sync found, so that none of it is decoded or compared again.

Only a sync that left nothing open is remembered: every name resolved, no removal waiting, no conflict. Then nothing
but the roster, the day, or what is digested here can make the next one end otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import xxhash

import roster_operator
from roster_operator.api.v1alpha1 import RosterCounts
from roster_operator.ledger.interface.district import Memory
from roster_operator.ledger.interface.sync import LicenseCheck
from roster_operator.licensing.models import LedgerCounts
from roster_operator.reconcile.contract import Catalog, Request, Trigger
from roster_operator.reconcile.report import Decision, Mappings, Offered, ReconcileReport, RosterRead
from roster_operator.roster.dates import earliest_after
from roster_operator.roster.quality import Question, Questions
from roster_operator.sources.source import Complete, Report, RosterSource, Section

_EXCLUDED = frozenset({"live", "suspend", "interval", "schedule", "retry_interval", "timeout", "guard", "approval"})
"""Fields of the spec that decide when a sync runs and what becomes of its plan, but not what the roster means."""


class _Findings(msgspec.Struct):
    """What a sync found out of the roster alone."""

    access: Report
    proofs: dict[Section, Complete]
    members: dict[Section, dict[str, int]]
    questions: dict[Question, int]
    mappings: Mappings
    counts: dict[str, int]
    catalog: Catalog


@dataclass(frozen=True, slots=True)
class LastResult:
    """What the last sync found and this one may take over, as the roster is the same."""

    access: Report
    offered: Offered
    roster: RosterRead
    licenses: LedgerCounts | None


# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_decode_findings: Final = msgspec.msgpack.Decoder(_Findings).decode


def inputs_of(request: Request) -> str:
    """A digest of all that decides beside the roster and the day."""
    spec = request.integration.spec
    wanted = sorted({name for course in spec.courses for name in course.ebooks} & request.ebooks.keys())
    inputs = (
        _program(),
        spec.model_dump_json(exclude=set(_EXCLUDED)),
        [request.ebooks[name].spec.model_dump_json() for name in wanted],
    )
    return xxhash.xxh3_128_hexdigest(msgspec.json.encode(inputs))


@cache
def _program() -> str:
    """A digest of this program: another one may read, or decide, otherwise."""
    folder = Path(roster_operator.__file__).parent
    digest = xxhash.xxh3_128()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".toml"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def may_reuse(request: Request) -> bool:
    """Whether an unchanged roster may be passed over: who asks for a sync gets a whole one."""
    return request.is_live and request.trigger is not Trigger.REQUESTED


def reuse(
    memory: Memory, source: RosterSource, request: Request, day: str, *, check_licenses: Callable[[], LicenseCheck]
) -> LastResult | None:
    """What the last sync found, if all is as it was then; reads the roster, but only to compare digests.

    `check_licenses`: of the ledger; taken in a thread of its own meanwhile.
    """
    valid = memory.day <= day and (not memory.until or day < memory.until)
    if not valid or memory.inputs != inputs_of(request):
        return None
    beside = ThreadPoolExecutor(1, thread_name_prefix="roster-ledger")
    try:
        counting = beside.submit(check_licenses)
        if not source.repeats(memory.transcript):
            return None
        counted = counting.result()
    finally:
        beside.shutdown(wait=False)
    if not counted.undisturbed:
        return None
    try:
        findings = _decode_findings(memory.findings)
    except msgspec.ValidationError:
        return None
    roster = RosterRead(
        proofs=findings.proofs,
        questions=Questions(findings.questions),
        members=findings.members,
        counts=RosterCounts.model_validate(findings.counts),
        unchanged=True,
    )
    return LastResult(findings.access, Offered(findings.catalog, findings.mappings), roster, counted.licenses)


def to_remember(
    request: Request, source: RosterSource, day: str, report: ReconcileReport, decision: Decision
) -> Memory | None:
    """What the next sync may go by; None if it must look at everything again."""
    access, mappings, catalog, roster = report.access, report.mappings, report.catalog, report.roster
    if access is None or mappings is None or catalog is None or roster is None or roster.counts is None:
        return None
    if decision.plan.conflicts or decision.verdict.hold or not mappings.resolved:
        return None
    transcript = source.transcript()
    if transcript is None:
        return None
    findings = _Findings(
        access=access,
        proofs=dict(roster.proofs),
        members={section: dict(held) for section, held in roster.members.items()},
        questions=dict(roster.questions),
        mappings=mappings,
        counts=roster.counts.model_dump(),
        catalog=catalog,
    )
    return Memory(
        inputs=inputs_of(request),
        day=day,
        until=earliest_after(day, roster.next_changes),
        findings=msgspec.msgpack.encode(findings),
        transcript=transcript,
    )
