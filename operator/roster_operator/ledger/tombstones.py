"""Who was erased does not come back: a sync leaves out whoever of a roster is among them, a file and a person too.

They are known by keyed hashes, which name nobody; the key is the ledger's, as one that could be lost apart from it
would bring everybody back. A sync knows them by the SIS's id alone, as logins are given again to other children. An id
is one of one source: where ids are found to be other people's, the hashes of them stand for nobody, and go
(`rekeying`). Who has no id, as in a file, is known by login and number, unless an account of the district has the login
by now.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable

from sqlalchemy import Connection, bindparam, insert, select, text, update

from roster_operator.ledger.schema import accounts, erased_logins, erasures, identity
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


def bury_logins(connection: Connection, district_id: int, account: int) -> None:
    """Write down hashes of what the account of somebody who is being erased can be told by."""
    known = accounts.c
    row = connection.execute(
        select(known.username_key, known.email_key, known.identifier).where(known.id == account)
    ).one()
    key, there = _key(connection), _buried(connection, district_id)
    found = {_hash(key, district_id, told) for told in _told_by(*row)} - there
    if found:
        connection.execute(insert(erased_logins), [{"district_id": district_id, "login": each} for each in found])


def erased_logins_in(connection: Connection, district_id: int | None) -> Callable[[str, str, str], bool] | None:
    """Tells of a username and an email, as they are compared, and a number whether it is of somebody who was erased.

    None if nobody was. As in matching, an email counts where one of the two has no username.
    """
    buried = _buried(connection, district_id) if district_id is not None else frozenset()
    if district_id is None or not buried:
        return None
    key = _key(connection)

    def is_erased(username: str, email: str, number: str) -> bool:
        return any(_hash(key, district_id, each) in buried for each in _asked_by(username, email, number))

    return is_erased


def _told_by(username: str, email: str, number: str) -> list[str]:
    """What is written down of somebody; no id of a SIS begins so."""
    found = {"username": username, "email": email, "email alone": "" if username else email, "number": _number(number)}
    return [f"\0{name} {value}" for name, value in found.items() if value]


def _asked_by(username: str, email: str, number: str) -> list[str]:
    """Of which any that was written down tells that it is they."""
    found = {"username": username, "email alone" if username else "email": email, "number": _number(number)}
    return [f"\0{name} {value}" for name, value in found.items() if value]


def _number(number: str) -> str:
    return number.strip().lower()


def _buried(connection: Connection, district_id: int) -> frozenset[str]:
    mine = erased_logins.c.district_id == district_id
    return frozenset(connection.scalars(select(erased_logins.c.login).where(mine)))


def _key(connection: Connection) -> bytes:
    key: str = connection.execute(select(identity.c.erasure_key).order_by(identity.c.id).limit(1)).scalar_one()
    return key.encode()


def _hash(key: bytes, district_id: int, sourced_id: str) -> str:
    return hmac.new(key, f"{district_id}\0{sourced_id}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
