"""The school year that surrounds a day: its sessions, their ids and dates.

The year runs from 1 July to 1 July (exclusive), so that every day of the calendar lies in a year, in a semester and in
a term: a demo that is started in the summer has a current roster too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Session:
    """One academicSession; `end` is exclusive, as enrollment end dates are (OneRoster 1.1 CSV column texts)."""

    sourced_id: str
    title: str
    kind: str
    start: date
    end: date
    parent: str | None
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school year, named by the calendar year in which it ends."""

    ends_in: int

    @classmethod
    def around(cls, day: date) -> SchoolYear:
        """The school year in which the day lies."""
        return cls(day.year + (1 if day.month >= 7 else 0))

    @property
    def sourced_id(self) -> str:
        """The sourcedId of the session of type schoolYear."""
        return f"Y{self.ends_in}"

    def session_id(self, part: str) -> str:
        """The sourcedId of a part of the year: S1 and S2, T1 to T4, G1 to G4."""
        return f"Y{self.ends_in}-{part}"

    def sessions(self) -> tuple[Session, ...]:
        """The year, its two semesters, four terms and four grading periods, in this order."""
        first, last = self.ends_in - 1, self.ends_in
        cuts = [date(first, 7, 1), date(first, 10, 15), date(last, 1, 20), date(last, 4, 1), date(last, 7, 1)]
        label = f"{first}-{last}"
        part = self.session_id
        year = Session(self.sourced_id, label, "schoolYear", cuts[0], cuts[4], None, (part("S1"), part("S2")))
        semesters = [
            Session(
                part(f"S{half + 1}"),
                f"Semester {half + 1} {label}",
                "semester",
                cuts[2 * half],
                cuts[2 * half + 2],
                self.sourced_id,
                (part(f"T{2 * half + 1}"), part(f"T{2 * half + 2}")),
            )
            for half in range(2)
        ]
        terms = [
            Session(
                part(f"T{quarter + 1}"),
                f"Term {quarter + 1} {label}",
                "term",
                cuts[quarter],
                cuts[quarter + 1],
                part(f"S{quarter // 2 + 1}"),
                (part(f"G{quarter + 1}"),),
            )
            for quarter in range(4)
        ]
        grading = [
            Session(
                part(f"G{quarter + 1}"),
                f"Grading period {quarter + 1} {label}",
                "gradingPeriod",
                cuts[quarter],
                cuts[quarter + 1],
                part(f"T{quarter + 1}"),
                (),
            )
            for quarter in range(4)
        ]
        return (year, *semesters, *terms, *grading)
