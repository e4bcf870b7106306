"""A change as it was asked for, and what most changes do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from district_simulator import clock
from district_simulator.directory import Directory
from district_simulator.overlay import TO_BE_DELETED, Edit
from district_simulator.roster import Roster


class ChangeError(ValueError):
    """A change cannot be read, or names something that the roster does not have."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it was asked for."""

    name: str
    value: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Change:
        """Read NAME[:VALUE][,option=value...]."""
        head, *rest = text.split(",")
        name, _, value = head.partition(":")
        options = {}
        for part in rest:
            key, equals, option = part.partition("=")
            if not equals:
                raise ChangeError(f"{part!r} is not option=value")
            options[key] = option
        return cls(name, value or None, options)

    def needed(self) -> str:
        """The value, where the change makes no sense without one."""
        if self.value is None:
            raise ChangeError(f"{self.name} needs a value")
        return self.value

    def how(self, default: str) -> str:
        """What becomes of the rows: ended, tobedeleted or gone."""
        how = self.options.get("how", default)
        if how not in ("ended", TO_BE_DELETED, "gone"):
            raise ChangeError("how is one of: ended, tobedeleted, gone")
        return how

    def count(self) -> int:
        """How many times it happens."""
        text = self.options.get("count", "1")
        if not (text.isascii() and text.isdigit()):
            raise ChangeError("count is a whole number")
        return int(text)


def moment_of(roster: Roster, change: Change) -> str:
    """When a change was made, as a dateLastModified."""
    text = change.options.get("at")
    if text is None:
        if roster.settings.real_time:
            return clock.stamp()
        minute = roster.overlay.revision % 1440
        return f"{roster.settings.today}T{minute // 60:02d}:{minute % 60:02d}:00.000Z"
    try:
        return clock.stamp(datetime.fromisoformat(text))
    except ValueError:
        raise ChangeError("at is a moment such as 2026-11-24T10:00:00Z") from None


def day_of(roster: Roster, text: str | None) -> date:
    """The day that an option names; the simulated one if it names none."""
    if text is None:
        return roster.settings.today
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ChangeError("a date is written YYYY-MM-DD") from None


def school_of(roster: Roster, school_id: str) -> int:
    """The number of a school, by its sourcedId."""
    return Directory(roster).find("schools", school_id)[1] - 1


def end_enrollments(roster: Roster, numbers: Iterable[int], how: str, end: date) -> None:
    """End enrollments as SISs do: the row is `gone`, is `tobedeleted`, or has another end date."""
    overlay = roster.overlay
    for number in numbers:
        if how == "gone":
            overlay.gone["enrollment"].add(number, number + 1)
        else:
            edit = Edit(overlay.revision, status=TO_BE_DELETED)
            if how != TO_BE_DELETED:
                edit = Edit(overlay.revision, end=end.isoformat())
            overlay.enrollments[number] = edit
