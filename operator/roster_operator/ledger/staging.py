"""The temporary tables of one sync, and how persons get into them: streamed, in batches, memory flat.

- `staged`: the persons who changed; `bundles`: what they are entitled to, each combination once, and the school if it
  comes by one only; `staged_entitlements`: what each of them is entitled to.
- `former`, `agreements`, `confirmed`, `renames`: of a re-key (`rekeying`), accounts that were linked, who agrees with
  which of them by login or number, whose they are, and which id they get (`aside`, if nobody's).
- `reissued`: those of them whose person had another id before, with the account.
- `matches`: those of them who are not gone, each with their account, or none if one is to be created.
- `refused`: those whom matching cannot place; `protected`: accounts whose licenses stay because of them.
- `removals`, `grants`: the plan; `granted`: the grants, once everybody has an account; `told`, `told_grants`: why;
  `kept_by_hand`: licenses that stay, as somebody granted them;
  `lone_schools`: of sets of schools as they are stored, the one that is alone in its set.
- `unseated`: of what would be granted, that for which there is no seat (`seats`).
- `approved`: licenses whose removal somebody saw and approved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, Text, text

from roster_operator.ledger.engine import is_postgres
from roster_operator.ledger.schema import Key, UtcDateTime
from roster_operator.ledger.schema.columns import ebook_and_edition, license_key, logins
from roster_operator.ledger.temporary import Row, TemporaryTables, analyze, insert
from roster_operator.licensing.models import Entitlement, PersonChange

_BATCH = 1_000
_LONGEST = 512
"""Characters of a login or an id. No system issues longer ones, and an index of PostgreSQL takes 2,704 bytes."""

_tables: Final = TemporaryTables()
_table = _tables.table

_staged = _table(
    "staged",
    Column("key", Key, nullable=False),
    Column("digest", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    *logins(),
    Column("schools", Key, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("bundle", Integer, nullable=False),
)
_bundles = _table(
    "bundles",
    Column("bundle", Integer, nullable=False),
    *ebook_and_edition(),
    Column("school_id", Key),
)
_table(
    "staged_entitlements",
    Column("key", Key, nullable=False),
    *ebook_and_edition(),
    Column("school_id", Key),
)
_table(
    "matches",
    Column("key", Key, nullable=False),
    Column("account_id", BigInteger),
    Column("linked", Boolean, nullable=False),
    Column("moves", Boolean, nullable=False),
    Column("cause", Key),
)
_table(
    "former",
    Column("account_id", BigInteger, primary_key=True),
    Column("sourced_id", Key, nullable=False),
    Column("username_key", Key, nullable=False),
    Column("email_key", Key, nullable=False),
    Column("number", Key, nullable=False),
    Column("kind", Text, nullable=False),
)
for _name in ("agreements", "confirmed"):
    _table(
        _name,
        Column("key", Key, nullable=False),
        Column("account_id", BigInteger, nullable=False),
        *(Column(told, Integer, nullable=False) for told in ("own", "login", "number", "at_odds")),
    )
_table(
    "renames",
    Column("account_id", BigInteger, primary_key=True),
    Column("former", Key, nullable=False),
    Column("aside", Key, nullable=False),
    Column("key", Key),
)
_table("reissued", Column("key", Key, nullable=False), Column("account_id", BigInteger, nullable=False))
_table("refused", Column("key", Key, primary_key=True), Column("cause", Key, nullable=False))
_table("protected", Column("account_id", BigInteger, primary_key=True))
_table(
    "removals",
    Column("license_id", BigInteger, primary_key=True),
    Column("account_id", BigInteger, nullable=False),
    Column("key", Key),
    *ebook_and_edition(),
    Column("why", Key, nullable=False),
    Column("schools", Key, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("class_id", Key),
    Column("origin", Key),
    Column("since", UtcDateTime),
    Column("until", UtcDateTime),
    Column("school_id", Key),
    Column("reads", Integer),
    Column("counted", UtcDateTime),
)
_table(
    "grants",
    Column("key", Key, nullable=False),
    *ebook_and_edition(),
    Column("school_id", Key),
)

_table(
    "granted",
    *license_key(),
    Column("school_id", Key),
)
unseated = _table(
    "unseated",
    *(Column(name, Key, primary_key=True) for name in ("key", "ebook", "edition")),
    Column("school_id", Key),
)
approved = _table("approved", Column("license_id", BigInteger, primary_key=True))
told = _table(
    "told",
    Column("license_id", BigInteger, primary_key=True),
    Column("why", Key, nullable=False),
    Column("class_id", Key),
    Column("school_id", Key),
)
told_grants = _table(
    "told_grants",
    Column("key", Key, nullable=False),
    *ebook_and_edition(),
    Column("why", Key, nullable=False),
    Column("class_id", Key),
    Column("school_id", Key),
)
_table("kept_by_hand", Column("license_id", BigInteger, primary_key=True))
lone_schools = _table("lone_schools", Column("schools", Key, primary_key=True), Column("school_id", Key))

_ENTITLE = text("""
    INSERT INTO staged_entitlements (key, ebook, edition, school_id)
    SELECT staged.key, bundles.ebook, bundles.edition, bundles.school_id
      FROM staged JOIN bundles ON bundles.bundle = staged.bundle
""")
_STAGED_TWICE = text("SELECT COUNT(*) <> COUNT(DISTINCT key) FROM staged")
"""Asked first, because PostgreSQL's log quotes the key because of which an index cannot be."""
_ROOM = """
    SET LOCAL work_mem = '32MB';
    SET LOCAL default_statistics_target = 10
"""
"""Sorts of a large district stay in memory, and a rough idea of a temporary table is enough for its planner."""


def create_tables(connection: Connection) -> None:
    """Create them, empty."""
    if is_postgres(connection):
        connection.exec_driver_sql(_ROOM)
    _tables.create(connection)


drop_tables = _tables.drop


def load(connection: Connection, changes: Iterable[PersonChange]) -> int:
    """Fill `staged` and `staged_entitlements`; how many persons cannot be stored."""
    persons = _Persons()
    insert(connection, _staged, persons.rows(changes))
    insert(connection, _bundles, [persons.bundle_rows()])
    connection.execute(_ENTITLE)
    _index(connection)
    return persons.unstorable


class _Persons:
    """Makes persons rows, and counts them."""

    def __init__(self) -> None:
        self.unstorable = 0
        self._bundles: dict[tuple[tuple[Entitlement, ...], str | None], int] = {}
        """Thousands of persons are entitled to the same, by the same school."""

    def rows(self, changes: Iterable[PersonChange]) -> Iterator[list[Row]]:
        """Of `staged`, in batches."""
        remaining = iter(changes)
        while batch := list(islice(remaining, _BATCH)):
            storable = [change for change in map(_bare_if_gone, batch) if _storable(change)]
            self.unstorable += len(batch) - len(storable)
            yield [self._row(change) for change in storable]

    def bundle_rows(self) -> list[Row]:
        """Of `bundles`, once all persons were seen."""
        return [
            (number, entitlement.ebook, str(entitlement.edition), school)
            for (entitlements, school), number in self._bundles.items()
            for entitlement in dict.fromkeys(entitlements)
        ]

    def _row(self, change: PersonChange) -> Row:
        return (
            change.key,
            signed(change.digest),
            change.kind,
            change.username,
            change.email,
            change.identifier,
            login_key(change.username),
            login_key(change.email),
            _as_json(change.schools),
            change.gone,
            self._bundles.setdefault((change.entitlements, lone(change.schools)), len(self._bundles)),
        )


def _index(connection: Connection) -> None:
    if connection.scalar(_STAGED_TWICE):
        raise ValueError("A person was staged twice: changes must hold each key once.")
    connection.execute(text("CREATE UNIQUE INDEX staged_key ON staged (key)"))
    connection.execute(text("CREATE UNIQUE INDEX staged_entitlement ON staged_entitlements (key, ebook, edition)"))
    analyze(connection, "staged", "staged_entitlements")


def _bare_if_gone(change: PersonChange) -> PersonChange:
    """Who is gone goes, even if the login that they have now cannot be stored."""
    if not change.gone or _storable(change):
        return change
    return PersonChange(change.key, gone=True)


def _storable(change: PersonChange) -> bool:
    """Whether a database can hold the person: no NUL, no half of a surrogate pair, nothing endless, and an id."""
    return bool(change.key) and are_storable(change.key, change.username, change.email, change.identifier)


def are_storable(*texts: str) -> bool:
    """Whether a database can hold each of these."""
    if max(map(len, texts)) > _LONGEST:
        return False
    return _is_text("".join(texts))


def _is_text(text: str) -> bool:
    if text.isascii():
        return "\x00" not in text
    return "\x00" not in text and text.encode("utf-8", "ignore").decode() == text


@lru_cache(maxsize=4096)
def lone(schools: tuple[str, ...]) -> str | None:
    """The school if there is only one, and a database can hold its id."""
    return schools[0] if len(schools) == 1 and _is_text(schools[0]) else None


@lru_cache(maxsize=4096)
def _as_json(schools: tuple[str, ...]) -> str:
    """Sorted. Thousands of persons come through the same schools."""
    return json.dumps(sorted(schools), separators=(",", ":"))


def login_key(login: str) -> str:
    """What a username or an email is compared by."""
    return login.strip().lower()


def signed(digest: int) -> int:
    """An unsigned 64-bit number as the database keeps it."""
    return digest - (1 << 64) if digest >= 1 << 63 else digest


def unsigned(digest: int) -> int:
    """The inverse of `signed`."""
    return digest & ((1 << 64) - 1)
