"""Of one person that was judged: which licenses they have and lack, why, and what comes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from roster_operator.errors import Actor
from roster_operator.ledger.queries.records import HeldLicense, KnownDistrict, LicenseHolder, SeatWait
from roster_operator.licensing.causes import Cause
from roster_operator.licensing.eligibility import STAFF
from roster_operator.licensing.explanation import Break, Chain
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.operations.circumstances import What
from roster_operator.operations.explained import Broken, Has, Lacks, NextSync, Waits
from roster_operator.operations.judging import Judged
from roster_operator.operations.naming import unknown
from roster_operator.operations.remedies import REMEDIES
from roster_operator.plurals import counted
from roster_operator.roster.models import Role
from roster_operator.sources.terminology import Words

MOST_BREAKS = 10
"""Enrollments that are told of for one eBook."""

_BLOCKED: Final = Broken(
    "", "", "", str(What.BLOCKED), (), Actor.PUBLISHER, "Somebody blocked them. If that is over, end it: block --end."
)


@dataclass(frozen=True, slots=True)
class Absence:
    """By what it is decided when somebody who is merely no longer listed loses a license."""

    recorded: Judged | None
    """By the last reading."""
    reads: int
    """That have to say so."""
    held: bool
    """Whether a guard holds removals of the district."""

    def is_all(self, held: HeldLicense, judged: Judged | None) -> bool:
        """Whether nothing is said of a license that would go but that its person is not listed, and that not yet often
        enough."""
        if self.reads <= 1 or held.origin == "Manual":
            return False
        if held.waits is not None:
            return held.waits.reads > 0 and (self.held or held.waits.reads + 1 < self.reads)
        if judged is None or (judged.next.person and judged.next.chains):
            return False
        entitlement = Entitlement(held.ebook, Edition(held.edition))
        gave = self.recorded.last.giving(entitlement) if self.recorded is not None else []
        now = {chain.class_id: chain.causes for chain in judged.next.chains}
        if gave:
            return any(Cause.CLASS_NOT_LISTED in now.get(chain.class_id, [Cause.CLASS_NOT_LISTED]) for chain in gave)
        lacking = judged.next.lacking(entitlement)
        return not lacking or lacking[0].causes[0] is Cause.CLASS_NOT_LISTED


@dataclass(frozen=True, slots=True)
class LicensesTold:
    """What there is to tell of somebody."""

    district: KnownDistrict
    known: LicenseHolder
    judged: Judged | None
    """None: there is no reading to judge by."""
    ebook: str
    """The only one that is asked for; empty: all."""
    words: Words
    absence: Absence

    def has(self) -> Iterator[Has]:
        """The licenses that they have; raises `UnknownName` for an eBook that has nothing to do with the district."""
        names = {each.ebook for each in self._offered} | {each.ebook for each in self.known.licenses}
        if self.ebook and self.ebook not in names:
            raise unknown("eBook", self.ebook, names, where=f"of {self.district.name}")
        return (self._has(each) for each in self.known.licenses if self.ebook in ("", each.ebook))

    @property
    def _offered(self) -> frozenset[Entitlement]:
        return self.judged.offered if self.judged is not None else frozenset()

    def _has(self, held: HeldLicense) -> Has:
        judged = self.judged
        classes: tuple[str, ...] = (held.class_id,) if held.class_id else ()
        if judged is not None:
            giving = judged.next.giving(Entitlement(held.ebook, Edition(held.edition)))
            classes = tuple(dict.fromkeys(chain.class_id for chain in giving))
        waits, name = held.waits, self.district.name
        within = f" -n {self.district.namespace}" if self.district.namespace else ""
        told = (
            Waits(waits.digest, waits.since, waits.why, f"kubectl roster approve {name} {waits.digest}{within}")
            if waits is not None
            else None
        )
        coming = _coming_of(held, self.known, judged, may_go=self._may_go(held))
        absent = coming is NextSync.REMOVES and self.absence.is_all(held, judged)
        coming = NextSync.KEEPS if absent else coming
        return Has(held.ebook, held.edition, held.origin, held.since, held.until, classes, told, coming, absent)

    def _may_go(self, held: HeldLicense) -> bool:
        """Whether a removal does not wait for a person."""
        return held.waits is None or (held.waits.reads > 0 and not self.absence.held)

    def lacks(self) -> Iterator[Lacks]:
        """Of a named eBook also what no enrollment has to do with, and the edition that is not for their role."""
        judged = self.judged
        if judged is None:
            return
        held = {Entitlement(each.ebook, Edition(each.edition)) for each in self.known.licenses}
        all_of = bool(self.ebook)
        for entitlement in sorted(each for each in self._offered - held if self.ebook in ("", each.ebook)):
            breaks = judged.next.lacking(entitlement)
            near = [broken for broken in breaks if self._is_near(broken, entitlement, judged)]
            told = near or (breaks if all_of else [])
            gives = judged.gives(entitlement)
            if not (all_of or gives) and near and all(one.causes == (Cause.OTHER_EDITION,) for one in near):
                continue
            if told or gives or all_of:
                entitled = entitlement in judged.next.entitlements
                breaks = [] if entitled else told[:MOST_BREAKS]
                because = tuple(self._broken(one, entitlement.ebook, judged) for one in breaks)
                if entitled and (wait := self.known.waits_for(entitlement.ebook, str(entitlement.edition))) is not None:
                    because = (_no_seat(wait),)
                if self.known.is_blocked(entitlement.ebook, str(entitlement.edition)):
                    because = (_BLOCKED, *because)
                yield Lacks(
                    entitlement.ebook,
                    str(entitlement.edition),
                    entitlement in judged.last.entitlements,
                    _coming_to(entitlement, judged, self.known),
                    because,
                )

    def _is_near(self, broken: Break, wanted: Entitlement, judged: Judged) -> bool:
        """Whether its course leads there, or nearly so."""
        if wanted.ebook in broken.chain.ebooks:
            return True
        if broken.causes[0] is not Cause.COURSE_NOT_MAPPED or wanted.edition not in _editions(broken.chain):
            return False
        return bool(judged.place(broken.chain.class_id, wanted.ebook).did_you_mean)

    def unclear(self) -> Iterator[Broken]:
        """What nobody can say of them, or of their classes."""
        judged = self.judged
        if judged is None or not judged.next.unclear:
            return
        explained = judged.next
        if explained.person:
            remedy = REMEDIES[explained.person[0]]
            what = remedy.said_for(explained.person[0], self.words)
            yield Broken("", "", "", str(explained.person[0]), (), remedy.acts, what)
        for chain in explained.chains[:MOST_BREAKS]:
            if chain.unclear and chain.causes:
                yield self._broken(Break(chain.causes, chain), "", judged)

    def _broken(self, broken: Break, ebook: str, judged: Judged) -> Broken:
        first, *further = broken.causes
        remedy, place = REMEDIES[first], judged.place(broken.chain.class_id, ebook)
        what = remedy.said_for(first, self.words)
        if place.did_you_mean and Cause.COURSE_NOT_MAPPED in broken.causes:
            what += f" Did you mean {place.did_you_mean}?"
        told = tuple(map(str, further))
        return Broken(broken.chain.class_id, place.course, place.school, str(first), told, remedy.acts, what)


def _no_seat(wait: SeatWait) -> Broken:
    turn = f"{counted(wait.before, '[person|people]')} since before" if wait.before else "nobody since before"
    what = (
        f"No seat of spec.seats is free. They wait since {wait.since:%Y-%m-%d %H:%M} UTC, {turn}: the sync after one "
        "comes back gives it to whoever has waited longest. Or buy more, and raise the total."
    )
    return Broken("", "", "", str(What.NO_SEAT), (), Actor.PUBLISHER, what)


def waits_for_promotion(judged: Judged, known: LicenseHolder) -> bool:
    """Whether syncs leave somebody alone until all schools are live. Whom they have served, they serve."""
    return judged.outside_canary and not any(each.origin == "Roster" for each in known.licenses)


def _editions(chain: Chain) -> tuple[Edition, ...]:
    """That somebody may get by what they are in a class."""
    by_role = {Role.STUDENT: Edition.STUDENT, **dict.fromkeys(STAFF, Edition.TEACHER)}
    edition = by_role.get(chain.said.role)
    return tuple(Edition) if edition is None else (edition,)


def _coming_of(held: HeldLicense, known: LicenseHolder, judged: Judged | None, *, may_go: bool) -> NextSync:
    """What becomes of a license, if what the reading says is enough."""
    if held.origin in {"Sticky", "Purchased"} or not may_go or known.has_by_hand(held.ebook, held.edition):
        return NextSync.KEEPS
    if judged is None:
        return NextSync.UNKNOWN
    if waits_for_promotion(judged, known):
        return NextSync.KEEPS
    blocked = known.is_blocked(held.ebook, held.edition)
    given = Entitlement(held.ebook, Edition(held.edition)) in judged.next.entitlements and not blocked
    if given or judged.next.unclear or judged.unresolved or (known.elsewhere and held.origin == "Manual"):
        return NextSync.KEEPS
    return NextSync.UNKNOWN if judged.unread else NextSync.REMOVES


def _coming_to(wanted: Entitlement, judged: Judged, known: LicenseHolder) -> NextSync:
    """What becomes of a license that is not there. Of whom something is unclear, they keep what they have."""
    if known.is_blocked(wanted.ebook, wanted.edition) or waits_for_promotion(judged, known):
        return NextSync.NOTHING
    if wanted in judged.next.entitlements and known.waits_for(wanted.ebook, str(wanted.edition)) is not None:
        return NextSync.UNKNOWN
    if wanted in judged.next.entitlements:
        return NextSync.UNKNOWN if judged.next.unclear and known.licenses else NextSync.GRANTS
    return NextSync.UNKNOWN if judged.unread else NextSync.NOTHING
