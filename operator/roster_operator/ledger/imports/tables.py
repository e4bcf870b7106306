"""The temporary tables of one import, and how the rows of a file get into them.

- `given`: each license of the file, and why it is left out, if it is.
- `holders`: each person whom the logins of the file tell apart, with their account if the ledger has one.
- `coming`: each license once, with that of the ledger if it is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Connection

from roster_operator.ledger.imports.interface import GivenLicense, Problem
from roster_operator.ledger.schema import Key, UtcDateTime
from roster_operator.ledger.schema.columns import ebook_and_edition, logins
from roster_operator.ledger.staging import are_storable, login_key
from roster_operator.ledger.temporary import TemporaryTables, analyze

_BATCH: Final = 5_000

_tables: Final = TemporaryTables()
_table = _tables.table
drop = _tables.drop

_given = _table(
    "given",
    Column("line", BigInteger, nullable=False),
    Column("holder", Key, nullable=False),
    *logins(Key),
    *ebook_and_edition(),
    Column("stays", Boolean, nullable=False),
    Column("until", UtcDateTime),
    Column("purchase", Key, nullable=False),
    Column("problem", Key),
)
_table(
    "holders",
    Column("holder", Key, primary_key=True),
    *logins(Key),
    Column("accounts", BigInteger, nullable=False),
    Column("account_id", BigInteger),
    Column("differs", Boolean, nullable=False),
)
_table(
    "coming",
    Column("holder", Key, primary_key=True),
    Column("ebook", Key, primary_key=True),
    Column("edition", Key, primary_key=True),
    Column("origin", Key, nullable=False),
    Column("until", UtcDateTime),
    Column("purchase", Key, nullable=False),
    Column("license_id", BigInteger),
)


def fill(connection: Connection, given: Iterable[GivenLicense]) -> str:
    """Create them, and fill `given`; what stands for its content."""
    _tables.create(connection)
    remaining, content = iter(given), hashlib.sha256()
    while batch := list(islice(remaining, _BATCH)):
        for each in batch:
            content.update(f"{tuple(each)}\n".encode("utf-8", "surrogatepass"))
        connection.execute(_given.insert(), [_row(each) for each in batch])
    connection.exec_driver_sql("CREATE INDEX given_holder ON given (holder)")
    connection.exec_driver_sql("CREATE INDEX given_email ON given (email_key)")
    analyze(connection, "given")
    return content.hexdigest()


def _row(each: GivenLicense) -> dict[str, Any]:
    if not are_storable(each.username, each.email, each.identifier):
        return {**_row(each._replace(username="", email="", identifier="")), "problem": Problem.LOGIN}
    username_key, email_key = login_key(each.username), login_key(each.email)
    return {
        "line": each.row,
        "holder": f"username {username_key}" if username_key else f"email {email_key}",
        "username": each.username.strip(),
        "email": each.email.strip(),
        "identifier": each.identifier.strip(),
        "username_key": username_key,
        "email_key": email_key,
        "ebook": each.ebook,
        "edition": each.edition,
        "stays": each.stays or bool(each.purchase),
        "until": each.until,
        "purchase": each.purchase,
        "problem": None,
    }
