"""Why one person has the eBooks that they have, and lacks the others.

From the ledger and the last reading, or with `live` from what the SIS tells now. By what it decides is what syncs
decide by: as the last one did, and, by the spec of today, as the next one will.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from roster_operator.api import conditions
from roster_operator.errors import Actor, InputError, RosterOperatorError
from roster_operator.ledger.queries.interface import KeptReading
from roster_operator.ledger.queries.records import QUESTION, KnownDistrict, LicenseHolder
from roster_operator.licensing.causes import Cause
from roster_operator.licensing.explanation import Chain
from roster_operator.operations import circumstances, live
from roster_operator.operations.circumstances import Circumstance, What
from roster_operator.operations.explained import (
    GIVES,
    NOT_ENROLLED,
    Differs,
    Explained,
    NoReading,
)
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.judging import Judged, SpecOfToday, judge
from roster_operator.operations.licenses_told import Absence, LicensesTold, waits_for_promotion
from roster_operator.operations.naming import district_or_newcomer
from roster_operator.operations.ports import DistrictName, Resources, Sis
from roster_operator.operations.questions import raised
from roster_operator.reconcile.terms import absent_reads
from roster_operator.roster.dates import DayOrder
from roster_operator.roster.time_zone import time_zone
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.snapshot.reader import find
from roster_operator.sources.registry import words_for
from roster_operator.sources.terminology import WORDS, Words


@dataclass(frozen=True, slots=True)
class Asked:
    """About whom, and of what."""

    district: DistrictName
    person: str = field(repr=False)
    ebook: str = ""
    live: Sis | None = None


def explain(inquiry: Inquiry, resources: Resources, asked: Asked) -> Explained:
    """What a person has and lacks; of one eBook, if it is named. The access log is told who asked."""
    return _Explaining(inquiry, resources, asked).told()


@dataclass(slots=True)
class _Found:
    """What there is to judge by."""

    judged: Judged | None
    no_reading: NoReading | None
    read: datetime | None
    zone: ZoneInfo
    there: bool
    """Whether the reading has the person."""


class _Explaining:
    """One question."""

    def __init__(self, inquiry: Inquiry, resources: Resources, asked: Asked) -> None:
        self.inquiry = inquiry
        self.queries = inquiry.queries
        self.asked = asked
        self.district: KnownDistrict = district_or_newcomer(self.queries, asked.district)
        self.circumstances: list[Circumstance] = []
        self.differs: tuple[Differs, ...] = ()
        self.spec = self._spec(resources)
        self.words: Words = words_for(self.spec.integration.spec.source) if self.spec is not None else WORDS

    def told(self) -> Explained:
        """The answer."""
        district, asked, inquiry = self.district, self.asked, self.inquiry
        account = inquiry.look_for(district, asked.person, "explain")
        questioned = self._asked_about()
        known = LicenseHolder(questioned or asked.person.strip(), ())
        if account is not None:
            known = self.queries.holder(district.id, account, now=inquiry.now)
            self.circumstances += circumstances.of_account(known, asked.person)
            self.circumstances += circumstances.of_decisions(known)
            self.circumstances += circumstances.of_seats(known)
        found = recorded = self._recorded(known)
        if asked.live is not None:
            found = self._live(known, account, recorded, asked.live)
        if account is None:
            inquiry.look_at_newcomer(district, asked.person, "explain", there=found.there or bool(questioned))
        judged = found.judged if account is not None or found.there else None
        if judged is not None:
            self.circumstances += circumstances.of_reading(judged)
            if waits_for_promotion(judged, known):
                self.circumstances.append(circumstances.of_canary())
        licenses = LicensesTold(district, known, judged, asked.ebook, self.words, self._absence(recorded.judged))
        return Explained(
            district=district.name,
            namespace=district.namespace,
            account=account,
            day=inquiry.now.astimezone(found.zone).date(),
            read=found.read,
            live=asked.live is not None,
            no_reading=found.no_reading,
            unclear=judged is not None and judged.next.unclear,
            unclear_because=tuple(licenses.unclear()),
            has=tuple(licenses.has()),
            lacks=tuple(licenses.lacks()),
            circumstances=tuple(self.circumstances),
            questions=tuple(map(raised, self.queries.questions_about(district.owner, known.sourced_id))),
            differs=self.differs,
        )

    def _absence(self, recorded: Judged | None) -> Absence:
        """By the spec of today; if it cannot be seen, by none."""
        if self.spec is None:
            return Absence(recorded, 1, held=False)
        integration = self.spec.integration
        held = integration.status.condition(conditions.HELD) is not None
        return Absence(recorded, absent_reads(integration.spec, self.inquiry.now), held=held)

    def _asked_about(self) -> str:
        """The SIS's id of whom a question of the checklist is about, if that is how they are named."""
        said = self.asked.person.strip()
        number = said.removeprefix(QUESTION)
        return self.queries.person_of_question(self.district.owner, number) if number != said else ""

    def _spec(self, resources: Resources) -> SpecOfToday | None:
        """The spec of today, if it can be seen and is this district's."""
        owner = self.district.owner.partition("/")
        name = DistrictName(owner[2], owner[0]) if owner[2] else self.asked.district
        try:
            integration = resources.one(name)
            wanted = {ebook for course in integration.spec.courses for ebook in course.ebooks}
            ebooks = resources.ebooks(wanted)
        except RosterOperatorError as error:
            if self.asked.live is not None:
                raise
            self.circumstances.append(circumstances.spec_unknown(error.message))
            return None
        self.circumstances += circumstances.of_district(integration)
        return SpecOfToday(integration, ebooks)

    def _recorded(self, known: LicenseHolder) -> _Found:
        """By the last reading."""
        key, zone = self.inquiry.key, self._zone()
        before = self.queries.classes_in_scope(self.district.id)
        with self.queries.snapshot(self.district.id) as snapshot:
            if snapshot is None or key is None or snapshot.key_id != key.id or not known.sourced_id:
                why_not = _why_not(key, known, there=snapshot is not None)
                return _Found(None, why_not, None, zone, there=False)
            return self._by_snapshot(snapshot, key.hash_of(known.sourced_id), before)

    def _by_snapshot(self, snapshot: KeptReading, hashed: int, before: bytes) -> _Found:
        """`before`: the classes of the last sync."""
        zone = ZoneInfo(snapshot.header.zone)
        found = find(snapshot.header, snapshot.blobs, [hashed])
        judged = judge(found, hashed, self._day(zone), self.spec, before)
        return _Found(judged, None, snapshot.taken, zone, there=hashed in found.enrollments)

    def _live(self, known: LicenseHolder, account: int | None, recorded: _Found, sis: Sis) -> _Found:
        """By the SIS, and what it tells otherwise."""
        if self.spec is None:
            raise InputError("Without its RosterIntegration nobody knows which SIS to ask.")
        zone = self._zone()
        typed = {self.asked.person.strip(), *known.logins}
        whom = live.Whom(known.sourced_id if account is not None else "", frozenset(map(str.casefold, typed)))
        order = recorded.judged.found.header.order if recorded.judged is not None else DayOrder.UNKNOWN
        with closing(sis.open(self.spec.integration)) as source:
            told = live.read_person(source, self.spec, whom, now=self.inquiry.now, order=order, progress=sis.progress)
        before = self.queries.classes_in_scope(self.district.id)
        judged = judge(told.found, live.PERSON, self._day(zone), self.spec, before)
        if not told.known:
            message = "The SIS knows nobody by this id, login, email or number."
            self.circumstances.append(Circumstance(What.NOT_IN_SIS, None, Actor.DISTRICT, message))
        if account is None and told.known:
            fitting = {each for login in told.logins for each in self.queries.accounts_named(self.district.id, login)}
            self.circumstances += circumstances.of_newcomer(sorted(fitting))
        if recorded.judged is not None:
            self.differs = tuple(_differences(recorded.judged, judged))
        return _Found(judged, None, self.inquiry.now, zone, there=told.known)

    def _zone(self) -> ZoneInfo:
        return time_zone(self.spec.integration.spec.time_zone) if self.spec is not None else ZoneInfo("UTC")

    def _day(self, zone: ZoneInfo) -> str:
        return self.inquiry.now.astimezone(zone).date().isoformat()


def _why_not(key: SnapshotKey | None, known: LicenseHolder, *, there: bool) -> NoReading:
    if key is None:
        return NoReading.NO_KEY
    if not there:
        return NoReading.NO_SNAPSHOT
    return NoReading.OTHER_KEY if known.sourced_id else NoReading.NEVER_LINKED


def _differences(recorded: Judged, now: Judged) -> Iterator[Differs]:
    """By class; a class at a school that is not selected is in no reading that is kept."""
    before, after = _by_class(recorded.next.chains), _by_class(now.next.chains)
    for class_id in dict.fromkeys((*before, *after)):
        was, is_ = before.get(class_id, NOT_ENROLLED), after.get(class_id, NOT_ENROLLED)
        if was != is_ and not (class_id not in before and str(Cause.SCHOOL_NOT_SELECTED) in is_):
            yield Differs(class_id, was, is_)
    if recorded.next.person != now.next.person:
        was, is_ = (", ".join(each.next.person) or "Counts" for each in (recorded, now))
        yield Differs("", was, is_)


def _by_class(chains: Sequence[Chain]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for chain in chains:
        found.setdefault(chain.class_id, set()).add(GIVES if chain.gives else ", ".join(chain.causes))
    return {class_id: "; ".join(sorted(said)) for class_id, said in found.items()}
