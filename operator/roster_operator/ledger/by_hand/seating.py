"""Whether there is a seat for what somebody grants by hand, in the transaction in which it is granted.

It takes the place of nobody who waits but by being there first: who decides by hand knows more than the roster.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

from sqlalchemy import Connection, select, text

from roster_operator.ledger.by_hand.concerned import License
from roster_operator.ledger.by_hand.interface import DecisionOrder
from roster_operator.ledger.ending import STANDING
from roster_operator.ledger.schema import accounts, person_states
from roster_operator.licensing.models import Edition, Entitlement
from roster_operator.licensing.seats import Seating, by_entitlement

_HELD: Final = text(f"""
    SELECT COALESCE(person_states.schools, '[]'), COUNT(*)
      FROM licenses
      JOIN accounts ON accounts.id = licenses.account_id
      LEFT JOIN person_states
             ON person_states.district_id = licenses.district_id AND person_states.key = accounts.sourced_id
     WHERE licenses.district_id = :district AND licenses.ebook = :ebook AND licenses.edition = :edition
       AND licenses.origin <> 'Purchased' AND {STANDING}
     GROUP BY COALESCE(person_states.schools, '[]')
""")  # noqa: S608 - a constant


def is_short(connection: Connection, order: DecisionOrder, comes: list[License]) -> bool:
    """Whether one of the licenses that come is new, and has no seat."""
    pools = by_entitlement(order.pools)
    for each in comes:
        of_it = pools.get(Entitlement(each.ebook, Edition(each.edition)))
        if each.id is not None or of_it is None:
            continue
        seating, held = Seating(of_it), Counter[tuple[str, ...]]()
        what = {"district": order.district_id, "ebook": each.ebook, "edition": each.edition}
        for schools, count in connection.execute(_HELD, what):
            held[tuple(json.loads(schools))] += count
        seating.keep(held)
        if not seating.take(_schools(connection, order)):
            return True
    return False


def _schools(connection: Connection, order: DecisionOrder) -> list[str]:
    """Of the person; of somebody whom no sync has served, none is known."""
    if not isinstance(order.whom, int):
        return []
    key = select(accounts.c.sourced_id).where(accounts.c.id == order.whom).scalar_subquery()
    found = select(person_states.c.schools).where(
        person_states.c.district_id == order.district_id, person_states.c.key == key
    )
    return list(json.loads(connection.scalar(found) or "[]"))
