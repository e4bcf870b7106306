"""Where the lines of a plot lie, in units of its picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from roster_operator.console.elements import Plot

WIDTH: Final = 360
HEIGHT: Final = 160
"""About a pixel each on a phone, where the picture is as wide as the screen."""
LEFT: Final = 46
RIGHT: Final = WIDTH - 10
TOP: Final = 8
BOTTOM: Final = HEIGHT - 20
_LAST_LABEL: Final = RIGHT - 20
"""Right of it there is no room for the name of a month."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a template writes."""

    line: str
    """The path of the steps."""
    area: str
    """The same, down to zero."""
    highest: int
    """Of the scale, which begins with 0."""
    months: tuple[tuple[float, str], ...]
    """Where each begins, and its name."""
    marks: tuple[tuple[float, str], ...]
    """Where each stands, and what it says."""


def drawn(plot: Plot, month: Callable[[date], str]) -> Drawing:
    """As steps: a number holds from its day until the next. `month`: the name of that of a day."""
    highest = _rounded_up(max(plot.steps.values(), default=0))
    days = max((plot.until - plot.since).days, 1)

    def across(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - plot.since).days / days, 1)

    def up(number: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * number / highest, 1)

    steps = sorted(plot.steps.items())
    begin = f"M{LEFT} {up(steps[0][1]) if steps else BOTTOM}"
    line = "".join([begin, *(f"H{across(day)}V{up(number)}" for day, number in steps), f"H{RIGHT}"])
    return Drawing(
        line=line,
        area=f"{line}V{BOTTOM}H{LEFT}Z",
        highest=highest,
        months=tuple((across(day), month(day)) for day in _months(plot) if across(day) <= _LAST_LABEL),
        marks=tuple((across(day), text) for day, text in sorted(plot.marks.items())),
    )


def _rounded_up(number: int) -> int:
    """To one digit and zeros, so that the scale is easily read."""
    unit = int("1".ljust(len(str(number)), "0"))
    return max(-(-number // unit) * unit, 1)


def _months(plot: Plot) -> Iterator[date]:
    day = plot.since.replace(day=1)
    while day <= plot.until:
        if day > plot.since:
            yield day
        day = (day + timedelta(days=31)).replace(day=1)
