"""The license calendar: which licenses a roster that stays as it is would bring on each of the coming days.

The decisions are those of the sync: `ClassTable.standing`, `eligibility`, `Fold.mask`; and what it does with them from
one day to the next: whoever it knows and of whom nobody can say all keeps what they have. So a day is not counted by
itself: each person is followed from the day of the reading on. Most people are in the same classes on the same days as
others, so what is followed are those ways, each once, with how many people go it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Final, NamedTuple

from roster_operator.licensing.entitlements import Offer
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import Entitlement
from roster_operator.roster.models import Standing, Status
from roster_operator.snapshot import format as form
from roster_operator.snapshot.format import Header, Kind
from roster_operator.snapshot.reader import Blobs
from roster_operator.snapshot.ways import NOTHING, Way, Ways, Word

AT_ONCE: Final = 150_000
"""People who are followed at a time; of a larger district they are taken in turns."""


@dataclass(frozen=True, slots=True)
class Step:
    """What changes on one day."""

    begin: Mapping[Entitlement, int]
    """Licenses that come."""
    end: Mapping[Entitlement, int]
    """Licenses that go."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of one reading."""

    first: str
    """The day of the reading, as an ISO date."""
    licenses: Mapping[Entitlement, int]
    """On that day."""
    steps: Mapping[str, Step]
    """By day after it, in their order; only those on which something changes."""
    undecided: int
    """People of whom nobody can say all on the first day: they keep what they have, which the reading does not tell."""


class _Went(NamedTuple):
    """What a person has, and whether the ledger knows them from a sync before."""

    has: int = 0
    known: bool = False


def forecast(header: Header, blobs: Blobs, until: str, *, at_once: int = AT_ONCE) -> Forecast:
    """Up to and including `until`, an ISO date."""
    ways = Ways(header, blobs, until)
    turns = max(1, -(-header.persons // at_once))
    groups: Counter[tuple[Way, Standing | None]] = Counter()
    for turn in range(turns):
        groups.update(_people(blobs, ways, turn, turns))
    return _followed(header, ways, groups)


def _people(blobs: Blobs, ways: Ways, turn: int, turns: int) -> Iterator[tuple[Way, Standing | None]]:
    """The way of everybody whose turn it is, and what they are; None: nobody describes them."""
    went: dict[int, int] = {}
    for blob in blobs(Kind.ENROLLMENTS):
        _enroll(form.decode_enrollments(blob), ways, went, turn, turns)
    standings: dict[int, Standing] = {}
    for blob in blobs(Kind.PERSONS):
        columns = form.decode_persons(blob)
        here = list(map(went.__contains__, columns.hashes))
        for hashed, stands in compress(zip(columns.hashes, columns.stands, strict=True), here):
            if hashed not in standings or standings[hashed][1] is Status.GONE:
                standings[hashed] = columns.standings[stands]
    for hashed, number in went.items():
        yield ways.way(number), standings.get(hashed)


def _enroll(columns: form.EnrollmentColumns, ways: Ways, went: dict[int, int], turn: int, turns: int) -> None:
    """Let each row lead its person further; `went`: numbers of ways by hash."""
    of_class, joined = ways.of_class, ways.joined
    of_part = list(map(ways.of_part.__getitem__, columns.parts))
    led_by = ways.led_by
    classes = list(map(of_class.__getitem__, columns.classes))
    hashes = columns.hashes
    for person, section, said in compress(zip(columns.persons, classes, columns.said, strict=True), classes):
        if turns > 1 and hashes[person] % turns != turn:
            continue
        led = led_by[section, of_part[said]]
        if led:
            hashed = hashes[person]
            before = went.get(hashed, NOTHING)
            went[hashed] = joined[before, led] if before else led


def _followed(header: Header, ways: Ways, groups: Mapping[tuple[Way, Standing | None], int]) -> Forecast:
    judge = _Judge(ways)
    at_first: Counter[int] = Counter()
    begin: defaultdict[str, Counter[int]] = defaultdict(Counter)
    end: defaultdict[str, Counter[int]] = defaultdict(Counter)
    undecided = 0
    for (way, standing), people in groups.items():
        first, *later = way
        undecided += people * judge.is_undecided(first[1], standing)
        went = judge.next(_Went(), first[1], standing)
        at_first[went.has] += people
        for day, word in later:
            before, went = went, judge.next(went, word, standing)
            begin[day][went.has & ~before.has] += people
            end[day][before.has & ~went.has] += people
    spelled = ways.offer
    steps = {day: Step(_by_license(spelled, begin[day]), _by_license(spelled, end[day])) for day in sorted(begin)}
    kept = {day: step for day, step in steps.items() if step.begin or step.end}
    return Forecast(header.day, _by_license(spelled, at_first), kept, undecided)


class _Judge:
    """Does with a person's word of a day what a sync of that day does."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._entitlements = (1 << len(ways.offer.entitlements)) - 1
        self._masks: dict[tuple[Word, Standing], int] = {}

    def next(self, before: _Went, word: Word, standing: Standing | None) -> _Went:
        """What they have after it."""
        if not word.here:
            return _Went()
        if standing is None:
            return before
        if standing[1] is Status.GONE:
            return _Went()
        mask = self._mask(word, standing)
        if mask & self._ways.offer.unclear and before.known:
            return before
        has = mask & self._entitlements
        return _Went(has, known=bool(has))

    def is_undecided(self, word: Word, standing: Standing | None) -> bool:
        """Whether nobody can say all that they are entitled to."""
        if not word.here or (standing is not None and standing[1] is Status.GONE):
            return False
        return standing is None or bool(self._mask(word, standing) & self._ways.offer.unclear)

    def _mask(self, word: Word, standing: Standing) -> int:
        known = self._masks.get((word, standing))
        if known is None:
            known = self._masks[word, standing] = self._masked(word, standing)
        return known

    def _masked(self, word: Word, standing: Standing) -> int:
        if standing[1] is Status.UNRECOGNIZED:
            return self._ways.offer.unclear
        fold: Fold = self._ways.fold()
        fold.merge([("", word.mask, word.undecided)])
        return fold.mask("", standing[0])


def _by_license(offer: Offer, counts: Mapping[int, int]) -> dict[Entitlement, int]:
    total: Counter[Entitlement] = Counter()
    for mask, people in counts.items():
        for entitlement in offer.decode(mask).entitlements:
            total[entitlement] += people
    return {entitlement: total[entitlement] for entitlement in sorted(total)}


def running(forecast: Forecast, days: Iterable[str]) -> Iterator[tuple[str, dict[Entitlement, int]]]:
    """Licenses on each of `days`, which are in their order and none before the first."""
    licenses = Counter(forecast.licenses)
    steps = list(forecast.steps.items())
    for day in days:
        while steps and steps[0][0] <= day:
            step = steps.pop(0)[1]
            licenses.update(step.begin)
            licenses.subtract(step.end)
        yield day, dict(licenses)
