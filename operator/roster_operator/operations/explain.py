"""Why one person has the eBooks that they have, and lacks the others: from the ledger and the last reading.

The SIS is not asked, so the answer says of when it is. By what it decides is what syncs decide by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from roster_operator.errors import Actor
from roster_operator.ledger.queries.interface import QUESTION, HeldLicense, KnownDistrict, LicenseHolder
from roster_operator.licensing.causes import Cause
from roster_operator.licensing.explanation import Break, Explanation
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.operations.inquiry import Inquiry
from roster_operator.operations.naming import district_or_newcomer, unknown
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.questions import Raised, raised
from roster_operator.operations.remedies import REMEDIES
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.snapshot.reader import find

MOST_BREAKS = 10
"""Enrollments that are told of for one eBook."""


class NoReading(StrEnum):
    """Why only what the ledger holds can be told."""

    NO_KEY = "NoKey"
    """Platform: name the key's file with --snapshot-key-file."""
    NO_SNAPSHOT = "NoSnapshot"
    """No sync has kept its reading yet, or spec.snapshot is None."""
    OTHER_KEY = "OtherKey"
    """It was written by another key; the next sync that reads the roster writes it anew."""
    NEVER_LINKED = "NeverLinked"
    """No sync has recognized the account as a person of the roster."""


@dataclass(frozen=True, slots=True)
class Has:
    """A license that they have."""

    ebook: str
    edition: str
    origin: str
    since: datetime
    until: datetime | None
    classes: tuple[str, ...]
    """That give it by the last reading; or by which it came, if there is none."""
    removal_waits: bool
    """Whether it was to go, and a guard holds it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Why one enrollment does not give it."""

    class_id: str
    cause: str
    """The nearest to giving it."""
    further: tuple[str, ...]
    acts: Actor | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Lacks:
    """An eBook that they do not have."""

    ebook: str
    edition: str
    entitled: bool
    """The last reading gives it all the same: the sync refused the person (see the checklist), or has not run since."""
    because: tuple[Broken, ...]
    """The nearest to giving it first; empty if they are in no class at a selected school."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One person."""

    district: str
    namespace: str
    account: int | None
    """None: the last reading has the person, by their sourcedId, and they never had a license."""
    day: date
    """As of which enrollments were judged, in the district."""
    read: datetime | None
    """When the sync began whose reading this rests on."""
    no_reading: NoReading | None
    unclear: bool
    """Nobody can say all that they are entitled to, so they keep what they have."""
    has: tuple[Has, ...]
    lacks: tuple[Lacks, ...]
    questions: tuple[Raised, ...]
    """What the checklist counts of their rows in the SIS."""


def explain(inquiry: Inquiry, wanted: DistrictName, person: str, *, ebook: str = "") -> Explained:
    """What a person has and lacks; of one eBook, if it is named. The access log is told who asked."""
    queries, key = inquiry.queries, inquiry.key
    district = district_or_newcomer(queries, wanted)
    asked = _asked_about(inquiry, district, person)
    named = queries.accounts_named(district.id, person)
    account = inquiry.look_at(district, person, "explain") if named else None
    known = queries.holder(district.id, account) if account is not None else LicenseHolder(asked or person.strip(), ())
    read, zone, why_not, explanation, offered = None, ZoneInfo("UTC"), None, None, frozenset[Entitlement]()
    with queries.snapshot(district.id) as snapshot:
        if snapshot is None or key is None or snapshot.key_id != key.id or not known.sourced_id:
            why_not = _why_not(key, known, there=snapshot is not None)
        else:
            read, zone = snapshot.taken, ZoneInfo(snapshot.header.zone)
            hashed = key.hash_of(known.sourced_id)
            found = find(snapshot.header, snapshot.blobs, [hashed])
            explainer = found.explainer(inquiry.now.astimezone(zone).date().isoformat())
            offered = frozenset(explainer.offer.entitlements)
            if account is not None or hashed in found.enrollments:
                explanation = found.explain(hashed, explainer)
    if account is None:
        inquiry.look_at_newcomer(district, person, "explain", there=bool(asked) or explanation is not None)
    names = {each.ebook for each in offered} | {each.ebook for each in known.licenses}
    if ebook and ebook not in names:
        raise unknown("eBook", ebook, names, where=f"of {district.name}")
    licenses = [each for each in known.licenses if ebook in ("", each.ebook)]
    held = {Entitlement(each.ebook, Edition(each.edition)) for each in licenses}
    lacking = {each for each in offered - held if ebook in ("", each.ebook)}
    return Explained(
        district=district.name,
        namespace=district.namespace,
        account=account,
        day=inquiry.now.astimezone(zone).date(),
        read=read,
        no_reading=why_not,
        unclear=explanation is not None and explanation.unclear,
        has=tuple(_has(each, explanation) for each in licenses),
        lacks=tuple(_lacks(explanation, sorted(lacking), all_of=bool(ebook))) if explanation is not None else (),
        questions=tuple(map(raised, queries.questions_about(district.owner, known.sourced_id))),
    )


def _asked_about(inquiry: Inquiry, district: KnownDistrict, person: str) -> str:
    """The SIS's id of whom a question of the checklist is about, if that is how they are named."""
    number = person.strip().removeprefix(QUESTION)
    return inquiry.queries.person_of_question(district.owner, number) if number != person.strip() else ""


def _why_not(key: SnapshotKey | None, known: LicenseHolder, *, there: bool) -> NoReading:
    if key is None:
        return NoReading.NO_KEY
    if not there:
        return NoReading.NO_SNAPSHOT
    return NoReading.OTHER_KEY if known.sourced_id else NoReading.NEVER_LINKED


def _has(held: HeldLicense, explanation: Explanation | None) -> Has:
    classes: tuple[str, ...] = (held.class_id,) if held.class_id else ()
    if explanation is not None:
        giving = explanation.giving(Entitlement(held.ebook, Edition(held.edition)))
        classes = tuple(dict.fromkeys(chain.class_id for chain in giving))
    return Has(held.ebook, held.edition, held.origin, held.since, held.until, classes, held.removal_waits)


def _lacks(explanation: Explanation, lacking: Iterable[Entitlement], *, all_of: bool) -> Iterable[Lacks]:
    """`all_of`: also what no enrollment of the person has to do with, and the edition that is not for their role."""
    for entitlement in lacking:
        breaks = explanation.lacking(entitlement)
        near = [broken for broken in breaks if entitlement.ebook in broken.chain.ebooks]
        told = near or (breaks if all_of else [])
        entitled = entitlement in explanation.entitlements
        if not all_of and near and all(broken.causes == (Cause.OTHER_EDITION,) for broken in near):
            continue
        if told or entitled or all_of:
            because = tuple(map(_broken, told[:MOST_BREAKS]))
            yield Lacks(entitlement.ebook, str(entitlement.edition), entitled, () if entitled else because)


def _broken(broken: Break) -> Broken:
    first, *further = broken.causes
    remedy = REMEDIES[first]
    return Broken(broken.chain.class_id, str(first), tuple(map(str, further)), remedy.acts, remedy.what)
