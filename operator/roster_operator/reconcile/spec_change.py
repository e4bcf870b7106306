"""What the spec selects otherwise than at the last applied sync, by what its names stand for today. Pure.

Another name for the same school or course is no change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set

from roster_operator.licensing.guards import SpecChange
from roster_operator.reconcile.contract import Catalog
from roster_operator.roster.models import Course, School
from roster_operator.roster.scope import as_compared, names_of_courses, names_of_schools, parsed

Names = Set[str]


def spec_change(before: Iterable[str], now: Iterable[str], catalog: Catalog) -> SpecChange:
    """From selectors as the spec had them to those of today; of what has no name in the catalog only that it went."""
    schools = names_of_schools(School(each.id, each.name, each.identifier) for each in catalog.schools).values()
    courses = names_of_courses(Course(each.id, each.code, each.title) for each in catalog.courses).values()
    said_before, said_now = _compared(before), _compared(now)
    return SpecChange(
        schools_removed=_removed("school", said_before, said_now, schools),
        schools_added=_is_new(said_now, said_before, schools),
        courses_removed=_removed("course", said_before, said_now, courses),
        courses_added=_is_new(said_now, said_before, courses),
    )


def _compared(selectors: Iterable[str]) -> Names:
    return {as_compared(kind, selector) for kind, selector in map(parsed, selectors)}


def _removed(kind: str, before: Names, now: Names, rows: Collection[Names]) -> bool:
    known: Names = frozenset().union(*rows)
    unknown = {name for name in before - now - known if name.startswith(f"{kind} ")}
    return bool(unknown) or _is_new(before, now, rows)


def _is_new(names: Names, others: Names, rows: Collection[Names]) -> bool:
    """Whether any row has one of the names, and none of the others."""
    return any(names & row and not others & row for row in rows)
