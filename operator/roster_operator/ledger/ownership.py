"""To whom districts belong: a namespace has what its RosterIntegrations reserved or had live, until it is transferred.

Namespaces are tenants. What one has, with all its accounts and licenses, is not for another to take by naming it, not
even once nobody holds it any more; and what a message says of it is nothing but that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from roster_operator.errors import DistrictConflict
from roster_operator.ledger import district_state, questions, shown_plans
from roster_operator.ledger.engine import lock_district
from roster_operator.ledger.interface.ownership import Holding
from roster_operator.ledger.schema import districts, held_removals, licenses, reservations
from roster_operator.licensing.models import Claim, namespace_of


def check(connection: Connection, claim: Claim) -> bool:
    """Whether what `claim` names is its namespace's, or nobody's; raises `DistrictConflict` if it is another one's."""
    namespaces = _namespaces(connection, claim.source)
    if any(namespace != claim.namespace for namespace in namespaces):
        raise DistrictConflict(
            f"The district {claim.source} is not this namespace's: another one has it, or has reserved it. "
            "Publisher: set spec.district here if it is another district behind the same URL. Platform: if it is to be "
            "this namespace's from now on, transfer it (roster-operator transfer)."
        )
    return bool(namespaces)


def _namespaces(connection: Connection, source: str) -> list[str]:
    """Of the district of that source; of nobody, if it has neither been live nor reserved."""
    row = connection.execute(
        select(districts.c.namespace, districts.c.owner).where(districts.c.source == source)
    ).one_or_none()
    if row is not None and (row.namespace or row.owner):
        return [row.namespace or namespace_of(row.owner)]
    owners = connection.scalars(select(reservations.c.owner).where(reservations.c.source == source)).all()
    return [namespace_of(owner) for owner in owners]


def is_kept(connection: Connection, claim: Claim) -> bool:
    """Whether there is nothing to reserve: the district is the namespace's. Raises `DistrictConflict`."""
    return check(connection, claim) and not _others(connection, claim)


def _others(connection: Connection, claim: Claim) -> Sequence[str]:
    """Sources that the owner has reserved and names no longer."""
    others = (reservations.c.owner == claim.owner) & (reservations.c.source != claim.source)
    return connection.scalars(select(reservations.c.source).where(others)).all()


def reserve(connection: Connection, claim: Claim, now: datetime) -> None:
    """Keep the district for the namespace, instead of what the owner had reserved. Raises `DistrictConflict`."""
    kept = check(connection, claim)
    mine = reservations.c.owner == claim.owner
    connection.execute(delete(reservations).where(mine, reservations.c.source != claim.source))
    if not kept:
        connection.execute(insert(reservations).values(source=claim.source, owner=claim.owner, created=now))


def settle(connection: Connection, claim: Claim) -> None:
    """The district is live: from now on it is the namespace's by itself."""
    mine = (reservations.c.owner == claim.owner) | (reservations.c.source == claim.source)
    connection.execute(delete(reservations).where(mine))


def transfer(connection: Connection, source: str, namespace: str, now: datetime) -> bool:
    """Give the district to `namespace`, and nobody holds it; whether it was known."""
    row = connection.execute(select(districts.c.id).where(districts.c.source == source)).one_or_none()
    lock_district(connection, f"source {source}", *([f"id {row.id}"] if row else []))
    for owner in _owners(connection, source):
        questions.forget(connection, owner)
    reserved = connection.execute(delete(reservations).where(reservations.c.source == source)).rowcount
    if row is None:
        values = {"source": source, "namespace": namespace, "version": 0, "created": now}
        connection.execute(insert(districts).values(values))
        return bool(reserved)
    version = districts.c.version + 1
    given = update(districts).where(districts.c.id == row.id)
    connection.execute(given.values(namespace=namespace, owner=None, live_since=None, version=version))
    connection.execute(delete(held_removals).where(held_removals.c.district_id == row.id))
    shown_plans.let_go(connection, row.id)
    district_state.let_go(connection, row.id)
    return True


def _owners(connection: Connection, source: str) -> list[str]:
    """Who holds the district, or has reserved it."""
    held = select(districts.c.owner).where(districts.c.source == source, districts.c.owner.is_not(None))
    reserved = select(reservations.c.owner).where(reservations.c.source == source)
    return list(connection.scalars(held.union(reserved)))


def holdings(connection: Connection) -> list[Holding]:
    """All districts, and those that are only reserved."""
    active = func.count(licenses.c.id)
    columns = (districts.c.source, districts.c.namespace, districts.c.owner, districts.c.live_since)
    rows = connection.execute(
        select(*columns, active)
        .select_from(districts.outerjoin(licenses, licenses.c.district_id == districts.c.id))
        .group_by(districts.c.id, *columns)
    ).all()
    found = [Holding(row[0], row[1] or "", row[2] or "", row[3], row[4]) for row in rows]
    known = {holding.source for holding in found}
    for source, owner in connection.execute(select(reservations.c.source, reservations.c.owner)).all():
        if source not in known:
            found.append(Holding(source, namespace_of(owner), "", None, 0))
    return sorted(found, key=lambda holding: holding.source)
