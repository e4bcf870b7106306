"""Who was erased does not come back: a sync leaves out whoever of a roster is among them.

They are known by a keyed hash of the SIS's id alone, which names nobody; the key is the ledger's, as one that could be
lost apart from it would bring everybody back. An id is one of one source: where ids are found to be other people's, the
hashes stand for nobody, and go (`rekeying`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable

from sqlalchemy import Connection, bindparam, select, text, update

from roster_operator.ledger.schema import erasures, identity
from roster_operator.licensing.models import PersonChange

_STAGED = text("SELECT key FROM staged WHERE NOT gone")
_UNSTAGE = tuple(
    text(f"DELETE FROM {table} WHERE key IN :erased").bindparams(bindparam("erased", expanding=True))  # noqa: S608
    for table in ("staged", "staged_entitlements", "agreements", "confirmed")
)
_AT_ONCE = 500


def left_out(
    connection: Connection, district_id: int | None, changes: Iterable[PersonChange]
) -> Iterable[PersonChange]:
    """Changes of persons who were not erased."""
    is_erased = erased_in(connection, district_id)
    return changes if is_erased is None else (change for change in changes if not is_erased(change.key))


def erased_in(connection: Connection, district_id: int | None) -> Callable[[str], bool] | None:
    """Tells of an id of the SIS whether its person was erased; None if nobody was."""
    if district_id is None:
        return None
    of_district = (erasures.c.district_id == district_id) & erasures.c.person.is_not(None)
    erased = frozenset(connection.scalars(select(erasures.c.person).where(of_district)))
    if not erased:
        return None
    key = _key(connection)
    return lambda sourced_id: _hash(key, district_id, sourced_id) in erased


def unstage(connection: Connection, district_id: int) -> None:
    """Take out of what is staged, and of whom accounts were compared with, persons who were erased."""
    is_erased = erased_in(connection, district_id)
    if is_erased is None:
        return
    erased = [key for key in connection.scalars(_STAGED) if is_erased(key)]
    for at in range(0, len(erased), _AT_ONCE):
        for step in _UNSTAGE:
            connection.execute(step, {"erased": erased[at : at + _AT_ONCE]})


def forget(connection: Connection, district_id: int) -> None:
    """Ids of the district are other people's now; that somebody was erased stays written."""
    mine = erasures.c.district_id == district_id
    connection.execute(update(erasures).where(mine, erasures.c.person.is_not(None)).values(person=None))


def tombstone(connection: Connection, district_id: int, sourced_id: str) -> str:
    """What stands for an erased person."""
    return _hash(_key(connection), district_id, sourced_id)


def _key(connection: Connection) -> bytes:
    key: str = connection.execute(select(identity.c.erasure_key).order_by(identity.c.id).limit(1)).scalar_one()
    return key.encode()


def _hash(key: bytes, district_id: int, sourced_id: str) -> str:
    return hmac.new(key, f"{district_id}\0{sourced_id}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
