"""How many come to each school of whom nobody knew anything, and how many are known there; after matching."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

from sqlalchemy import Connection, TextClause, text

from roster_operator.licensing.models import Newcomers

_FEW: Final = 10
"""Newcomers of a whole district who are not worth a look."""
_ENTITLED = "EXISTS (SELECT 1 FROM staged_entitlements e WHERE e.key = staged.key)"
_COMING = text(f"""
    SELECT staged.schools, staged.kind, COUNT(*) FROM matches JOIN staged ON staged.key = matches.key
     WHERE matches.account_id IS NULL AND {_ENTITLED}
     GROUP BY staged.schools, staged.kind
""")  # noqa: S608 - a constant
_RETURNING = text(f"""
    SELECT staged.schools, staged.kind, COUNT(*) FROM matches JOIN staged ON staged.key = matches.key
     WHERE matches.account_id IS NOT NULL AND {_ENTITLED} AND NOT EXISTS (
        SELECT 1 FROM person_states
         WHERE person_states.district_id = :district AND person_states.key = staged.key)
     GROUP BY staged.schools, staged.kind
""")  # noqa: S608 - a constant
_KNOWN = text("""
    SELECT person_states.schools, accounts.kind, COUNT(*)
      FROM person_states
      JOIN accounts ON accounts.district_id = :district AND accounts.sourced_id = person_states.key
     WHERE person_states.district_id = :district
     GROUP BY person_states.schools, accounts.kind
""")
_LEAVING = text("""
    SELECT person_states.schools, accounts.kind, COUNT(*)
      FROM staged CROSS JOIN person_states CROSS JOIN accounts
     WHERE person_states.district_id = :district AND person_states.key = staged.key
       AND accounts.district_id = :district AND accounts.sourced_id = staged.key AND staged.gone
     GROUP BY person_states.schools, accounts.kind
""")

_STAFF: Final = "Staff"
_STUDENT: Final = "Student"
_KINDS: Final = (_STAFF, _STUDENT)
_Place = tuple[str, str]
"""A school's id, and a kind of person."""


def newcomers(connection: Connection, district_id: int | None, created: int) -> tuple[Newcomers, ...]:
    """By school and kind, and of all schools at which somebody was known; none if so few accounts are `created`."""
    if created <= _FEW or district_id is None:
        return ()
    coming, known, leaving, returning = (
        _by_place(connection, statement, district_id) for statement in (_COMING, _KNOWN, _LEAVING, _RETURNING)
    )
    schools = sorted({school for school, _ in known})
    here = [(school, kind) for school in schools for kind in _KINDS]
    there = Counter({place: known[place] - leaving[place] + returning[place] for place in here})
    found = [
        Newcomers(school, coming[school, kind], _known(known, school, kind), there[school, kind])
        for school, kind in here
        if coming[school, kind]
    ]
    return (*found, *(_of_all(coming, known, there, kind) for kind in _KINDS))


def _known(known: Counter[_Place], school: str, kind: str) -> int:
    """Where students are known, staff is expected to be as well; but classes may be given their teachers first."""
    return known[school, _STUDENT] if kind == _STUDENT else known[school, _STUDENT] + known[school, _STAFF]


def _of_all(coming: Counter[_Place], known: Counter[_Place], there: Counter[_Place], kind: str) -> Newcomers:
    schools = {school for school, _ in known}
    return Newcomers(
        "",
        sum(coming[school, kind] for school in schools),
        sum(_known(known, school, kind) for school in schools),
        sum(there[school, kind] for school in schools),
    )


def _by_place(connection: Connection, statement: TextClause, district_id: int) -> Counter[_Place]:
    """A person of two schools counts in both."""
    total: Counter[_Place] = Counter()
    for schools, kind, count in connection.execute(statement, {"district": district_id}):
        for school in json.loads(schools):
            total[school, kind] += count
    return total
