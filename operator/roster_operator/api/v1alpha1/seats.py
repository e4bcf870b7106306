"""How many licenses a district may have of an eBook: `spec.seats`, the pools that were bought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from roster_operator.api.rules import rule, ruled
from roster_operator.api.v1alpha1.ebook import EBookEdition
from roster_operator.api.v1alpha1.schedule import Day
from roster_operator.api.v1alpha1.selectors import EBookName, Selector
from roster_operator.api.wire import WireModel

MAX_POOLS: Final = 100
_DAYS_IN_ORDER: Final = "must be firstDay or a later day"
_NO_END_NO_GRACE: Final = "must only be set with lastDay, as they are the days after it; remove it, or set lastDay"
_NOTHING_OVER: Final = "must only be set with overage, as it is its end; remove it, or set overage"
_NO_OVERLAP: Final = (
    "must not name the same seats twice: two pools of one eBook, edition, school and purchaser have a day in common; "
    "add their totals, end the one before the other begins, or name who bought each (purchaser)"
)
_SAME: Final = " && ".join(
    (
        "a.ebook == b.ebook",
        "a.edition == b.edition",
        "(has(a.school) ? a.school : '') == (has(b.school) ? b.school : '')",
        "(has(a.purchaser) ? a.purchaser : '') == (has(b.purchaser) ? b.purchaser : '')",
        "(!has(a.firstDay) || !has(b.lastDay) || a.firstDay <= b.lastDay)",
        "(!has(b.firstDay) || !has(a.lastDay) || b.firstDay <= a.lastDay)",
    )
)
_Seats = Annotated[int, Field(ge=0, le=10_000_000)]


class SeatPool(WireModel):
    """Seats of one edition of an eBook that were bought together."""

    model_config = ConfigDict(
        json_schema_extra=ruled(
            rule(
                "!has(self.firstDay) || !has(self.lastDay) || self.lastDay >= self.firstDay",
                _DAYS_IN_ORDER,
                field_path=".lastDay",
            ),
            rule("!has(self.graceDays) || has(self.lastDay)", _NO_END_NO_GRACE, field_path=".graceDays"),
            rule("!has(self.overageUntil) || has(self.overage)", _NOTHING_OVER, field_path=".overageUntil"),
        )
    )

    ebook: EBookName
    """The EBook's name: see kubectl get ebooks."""
    edition: EBookEdition
    """Of which edition they are."""
    total: _Seats
    """How many there are."""
    overage: _Seats | None = None
    """So many licenses more may be granted once all seats are taken, such as 50. Without it, whoever comes then waits
    until one is free. Whoever has a license keeps it in any case."""
    overage_until: Day | None = None
    """The last day on which licenses beyond the total may be granted, in spec.timeZone: a period of grace, in which
    more seats can be bought. By default overage has no end."""
    purchaser: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """Who bought or provides them, as the agreement has it, such as Springfield USD or a foundation. Shown with the
    pool."""
    school: Selector | None = None
    """The sourcedId of the school to whose people they are bound, as the catalog ConfigMap lists it. By default they
    are for the whole district."""
    first_day: Day | None = None
    """The first day on which they can be taken, such as 2026-08-01, in spec.timeZone. By default they can at once."""
    last_day: Day | None = None
    """The last day on which they can be taken. Nobody loses a license when it is over; whoever comes then waits."""
    grace_days: Annotated[int, Field(ge=0, le=90)] | None = None
    """So many days after lastDay they can still be taken, such as while a renewal is under way."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            raise ValueError(f"lastDay: {_DAYS_IN_ORDER}")
        if self.grace_days is not None and self.last_day is None:
            raise ValueError(f"graceDays: {_NO_END_NO_GRACE}")
        if self.overage_until is not None and self.overage is None:
            raise ValueError(f"overageUntil: {_NOTHING_OVER}")
        return self

    def __str__(self) -> str:
        """As people refer to it."""
        told = [
            *([f"purchaser {self.purchaser}"] if self.purchaser else []),
            *([f"school {self.school}"] if self.school else []),
            *([f"from {self.first_day}"] if self.first_day else []),
            *([f"to {self.last_day}"] if self.last_day else []),
        ]
        described = f" ({', '.join(told)})" if told else ""
        return f"{self.ebook}, {self.edition} edition{described}"


SeatPools = Annotated[
    tuple[SeatPool, ...],
    Field(
        max_length=MAX_POOLS,
        json_schema_extra=ruled(
            rule(f"self.all(a, self.exists_one(b, {_SAME}))", _NO_OVERLAP),
            **{"x-kubernetes-list-type": "atomic"},
        ),
    ),
]


def expect_no_overlap(pools: Iterable[SeatPool]) -> None:
    """Raises `ValueError` that names two pools of the same seats."""
    for one, other in _overlapping(pools):
        raise ValueError(f"seats: {_NO_OVERLAP}. {one} and {other} do")


def _overlapping(pools: Iterable[SeatPool]) -> Iterator[tuple[SeatPool, SeatPool]]:
    for one, other in combinations(pools, 2):
        same = (one.ebook, one.edition, one.school, one.purchaser) == (
            other.ebook,
            other.edition,
            other.school,
            other.purchaser,
        )
        if same and _begins(one) <= _ends(other) and _begins(other) <= _ends(one):
            yield one, other


def _begins(pool: SeatPool) -> date:
    return pool.first_day or date.min


def _ends(pool: SeatPool) -> date:
    return pool.last_day or date.max
