"""What a district says of its terms beside what the SIS tells: `spec.terms`, and what the status says of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from roster_operator.api.rules import Shaped, rule, ruled
from roster_operator.api.v1alpha1.schedule import Day
from roster_operator.api.wire import Code, Remark, WireModel

_DAYS_IN_ORDER: Final = "must be firstDay or a later day"
_HAS_AN_END: Final = "must be at most 366 days after firstDay: a season has an end, so that none is forgotten"
_LONGEST: Final = timedelta(days=366)
_FROZEN_ONLY: Final = "must only be set if season is Frozen, as in others every term begins by its days; remove it"
_NO_TERM_TWICE: Final = "must not name a term twice"
_NO_OVERLAP: Final = "must not overlap: a day is in one season at most; end the one before the other begins"

_TermId = Annotated[
    str,
    Field(min_length=1, max_length=128),
    Shaped(r"^\S(.*\S)?$", "must be the sourcedId of a term, without blanks around"),
]


class SeasonKind(StrEnum):
    """What a season does to terms."""

    IN_SESSION = "InSession"
    FROZEN = "Frozen"
    PREVIEW = "Preview"


class Season(WireModel):
    """Days on which terms count otherwise than by their own days, both included, in the district's time zone."""

    model_config = ConfigDict(
        json_schema_extra=ruled(
            rule("self.lastDay >= self.firstDay", _DAYS_IN_ORDER, field_path=".lastDay"),
            rule("self.lastDay - self.firstDay <= duration('8784h')", _HAS_AN_END, field_path=".lastDay"),
            rule("!has(self.addsFrom) || self.season == 'Frozen'", _FROZEN_ONLY, field_path=".addsFrom"),
        )
    )

    season: SeasonKind
    """Frozen: a term that would end in these days goes on to the last of them, and nobody loses a license because it is
    over. Preview: a term that begins in these days, or on the day after them, counts from the first of them. InSession:
    terms begin and end by their days, and no other season may reach into it."""
    first_day: Day
    """The first of them, such as 2027-05-28."""
    last_day: Day
    """The last of them, at most 366 days later. The season ends by itself."""
    adds_from: (
        Annotated[tuple[_TermId, ...], Field(max_length=20, json_schema_extra={"x-kubernetes-list-type": "set"})] | None
    ) = None
    """Of a Frozen season: the sourcedIds of the only terms that may begin in it, such as that of summer school; others
    wait until it is over. By default any term may begin; with an empty list none does."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError(f"lastDay: {_DAYS_IN_ORDER}")
        if self.last_day - self.first_day > _LONGEST:
            raise ValueError(f"lastDay: {_HAS_AN_END}")
        if self.adds_from is not None and self.season is not SeasonKind.FROZEN:
            raise ValueError(f"addsFrom: {_FROZEN_ONLY}")
        if self.adds_from is not None and len(set(self.adds_from)) != len(self.adds_from):
            raise ValueError(f"addsFrom: {_NO_TERM_TWICE}")
        return self

    def __str__(self) -> str:
        """As people refer to it."""
        return f"{self.season} ({self.first_day} to {self.last_day})"


class Terms(WireModel):
    """From when to when the terms of the SIS count."""

    lead_days: Annotated[int, Field(ge=0, le=60)] = 0
    """So many days before a term begins, its classes bring licenses already."""
    grace_days: Annotated[int, Field(ge=0, le=60)] = 0
    """So many days after a term has ended, its classes still do."""
    seasons: Annotated[
        tuple[Season, ...],
        Field(
            max_length=30,
            json_schema_extra=ruled(
                rule(
                    "self.all(a, self.exists_one(b, a.firstDay <= b.lastDay && b.firstDay <= a.lastDay))", _NO_OVERLAP
                ),
                **{"x-kubernetes-list-type": "atomic"},
            ),
        ),
    ] = ()
    """The district's calendar, such as a freeze over the summer. A day in none of them is in session."""

    @model_validator(mode="after")
    def _one_a_day(self) -> Self:
        for one, other in pairwise(in_order(self.seasons)):
            if other.first_day <= one.last_day:
                raise ValueError(f"seasons: {_NO_OVERLAP}. {one} and {other} do")
        return self


def in_order(seasons: Iterable[Season]) -> list[Season]:
    """By their days."""
    return sorted(seasons, key=lambda each: each.first_day)


class SeasonStatus(WireModel):
    """The season of spec.terms that is on."""

    season: Code
    """InSession, Frozen or Preview."""
    last_day: Day
    """Its last day, in spec.timeZone."""
    message: Remark
    """What that means, in words."""
