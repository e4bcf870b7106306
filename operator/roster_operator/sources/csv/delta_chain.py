"""Which sets a roster is made of: the newest bulk set, and the deltas after it.

A delta says what changed since the set before it, so it means nothing without a bulk set, and nothing if one before it
is lost. What is not sure about that is refused; `docs/decisions/` has the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import pairwise
from typing import Final

from roster_operator.errors import ReadIncomplete, SourceProtocolError, StillDelivered
from roster_operator.interruption import Interruption
from roster_operator.sources.csv.delivered_set import DeliveredSet
from roster_operator.sources.csv.failures import shown
from roster_operator.sources.csv.files import File
from roster_operator.sources.csv.locations.location import Delivery, Location
from roster_operator.sources.csv.manifest import Mode
from roster_operator.sources.csv.settings import CsvSettings
from roster_operator.sources.csv.snapshots import copied

_CLOCKS_DIFFER: Final = 120.0
"""Seconds by which a file may be younger than now without a word about clocks."""
_DATED = re.compile(r"(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?:[-_.T ]?(\d\d)[-_.:h]?(\d\d)(?:[-_.:m]?(\d\d))?)?(?!\d)")
_CHANGES = re.compile(r"delta|incremental|changes")
"""Words in the names of deltas."""
_KINDS = re.compile(rf"bulk|full|{_CHANGES.pattern}")
"""Words in the names of sets that only say of which kind they are."""


Identity = list[tuple[str, str]]
"""Names and digests of sets."""


class Series:
    """The sets that make a roster, the newest first, down to a bulk set."""

    def __init__(self, sets: Sequence[DeliveredSet], age: float | None) -> None:
        """`age` of the newest, in seconds; None if the place does not say."""
        self.sets = sets
        self.age = age

    @property
    def base(self) -> DeliveredSet:
        """The bulk set."""
        return self.sets[-1]

    @property
    def identity(self) -> Identity:
        """What the sets are called and what they hold, the bulk set first."""
        return [(each.name, each.digest) for each in reversed(self.sets)]

    def check_nothing_lost(self, before: Identity, where: str) -> None:
        """Raises `ReadIncomplete` if a delta is gone that was read before, on the same bulk set.

        Who was enrolled by it would be missing, and nothing else would show that.
        """
        held = {digest for _, digest in self.identity}
        if not before or before[0][1] != self.base.digest:
            return
        for name, digest in before:
            if digest not in held:
                raise ReadIncomplete(
                    f"{name} is not there any more, or not as it was, in {where}, and the deltas after it mean nothing "
                    "without it. District: deliver a new bulk set; let deltas lie there until then."
                )

    def layers(self, file: File) -> list[DeliveredSet]:
        """The sets that say something about a file, from the newest to the one that holds all of it."""
        layers = []
        for each in self.sets:
            mode = each.mode(file)
            if mode is not Mode.ABSENT:
                layers.append(each)
            if mode is Mode.BULK:
                break
        return layers


def open_series(
    location: Location, settings: CsvSettings, *, now: datetime, interruption: Interruption, resources: ExitStack
) -> Series:
    """Copy and open what is needed of what lies at a place; `resources` closes it.

    Raises `ReadIncomplete` if something is still being delivered, if the order of sets is not sure, or if deltas have
    no bulk set; `Flawed` for a set that is not as it should be.
    """
    deliveries = location.deliveries()
    check_settled(deliveries, now, settings.settle, location.where)
    sets: list[DeliveredSet] = []
    ordered = newest_first(deliveries, location.where)
    left = settings.max_delivered_bytes
    for delivery in ordered[: settings.max_sets]:
        left -= sum(file.size for file in delivery.files)
        if left < 0:
            raise SourceProtocolError(
                f"The sets in {location.where} have more than {settings.max_delivered_bytes} bytes. No roster is that "
                "large. District: deliver a new bulk set, as a ZIP, and remove the sets before it."
            )
        opened = _open(location, delivery, settings, interruption, resources)
        opened.check_ends()
        if not opened.has_manifest and _CHANGES.search(delivery.name.lower()):
            raise ReadIncomplete(
                f"{opened.name} in {location.where} is a delta by its name, and has no manifest.csv that says so; what "
                "is not in it would be taken for gone. District: deliver it with its manifest."
            )
        sets.append(opened)
        if not opened.manifest.is_delta:
            break
    if sets[-1].manifest.is_delta:
        raise ReadIncomplete(
            f"{location.where} holds deltas and no bulk set before them, and a delta says only what changed. District: "
            "deliver a bulk set, and each delta after it, as ZIPs of their own in one folder, with date and time in "
            "their names, such as roster-2026-11-25T0200.zip, and let none replace another."
        )
    changed = ordered[0].changed
    return Series(sets, None if changed is None else now.timestamp() - changed)


def _open(
    location: Location, delivery: Delivery, settings: CsvSettings, interruption: Interruption, resources: ExitStack
) -> DeliveredSet:
    copies = []
    for file in delivery.files:
        copy = copied(location, file, settings.max_file_bytes)
        resources.callback(copy.close)
        copies.append(copy)
    return DeliveredSet(
        delivery.name,
        copies,
        zipped=delivery.zipped,
        interruption=interruption,
        max_unpacked=settings.max_unpacked_bytes,
    )


def check_settled(deliveries: Iterable[Delivery], now: datetime, settle: float, where: str) -> None:
    """Raises `StillDelivered` while something was changed so recently that more may follow."""
    times = [(delivery.changed, delivery.name) for delivery in deliveries if delivery.changed is not None]
    if not times:
        return
    changed, name = max(times)
    age = now.timestamp() - changed
    if age >= settle:
        return
    what = f"{shown(name)} in {where}" if name else where
    if age < -_CLOCKS_DIFFER:
        raise ReadIncomplete(
            f"{what} has a time in the future, so nobody can say whether it is whole. Platform: compare the clocks of "
            "the operator and of the place where it lies."
        )
    raise StillDelivered(
        f"{what} was changed {max(0.0, age):.0f} s ago and may still be on its way. Nobody has to act: it is read when "
        f"it has been left alone for {settle:.0f} s (spec.source.settleTime).",
        retry_after=max(1.0, settle - age),
    )


def newest_first(deliveries: Sequence[Delivery], where: str) -> list[Delivery]:
    """Deliveries in order, by the dates in their names.

    Times of files are not trusted for that: copying changes them. Nor are names that differ in more than dates, as they
    may be rosters of several schools, of which the newest would be taken for all.
    """
    if len(deliveries) == 1:
        return list(deliveries)
    dated = {delivery.name: _dated(delivery.name) for delivery in deliveries}
    ordered = sorted(deliveries, key=lambda delivery: dated[delivery.name][0], reverse=True)
    for newer, older in pairwise(ordered):
        if not dated[older.name][0] or dated[newer.name][0] == dated[older.name][0]:
            raise ReadIncomplete(
                f"Of {shown(newer.name)} and {shown(older.name)} in {where} nobody can say which is newer. District: "
                "put date and time into the names of sets, such as roster-2026-11-25T0200.zip, or leave only one there."
            )
        if dated[newer.name][1] != dated[older.name][1]:
            raise ReadIncomplete(
                f"{shown(newer.name)} and {shown(older.name)} in {where} may be rosters of different schools, as their "
                "names differ in more than the date. District: deliver one set for the whole district, always under "
                "the same name but for date and time."
            )
    return ordered


def _dated(name: str) -> tuple[tuple[int, ...], str]:
    """The time in a name, empty if there is none; and the name without it."""
    for found in _DATED.finditer(name):
        parts = [int(part) if part else 0 for part in found.groups()]
        try:
            datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - only whether there is such a time
        except ValueError:
            continue
        rest = name[: found.start()] + re.sub(r"\d|\.zip$", "", name[found.end() :], flags=re.IGNORECASE)
        return tuple(parts), re.sub(r"[^a-z0-9]", "", _KINDS.sub("", rest.lower()))
    return (), name
