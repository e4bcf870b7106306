"""The temporary tables of one clean-up, and how accounts get into them: by pages, memory flat.

- `cleaning`: each account of the district, with the logins that it is to have, and by what they are others. `plain_`
  are those with upper case and blanks gone and no more: nobody is told apart by these.
- `pairs`: two accounts that are one, which goes and which stays, and why they are left as they are, if they are.
- `moving`: the licenses that a merge concerns, as they are and as they are to be; none: it goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, Row, Text, text

from roster_operator.ledger import temporary
from roster_operator.ledger.cleanup.interface import Objection
from roster_operator.ledger.schema import Key
from roster_operator.ledger.schema.cleaning import license_and_what_it_becomes
from roster_operator.ledger.schema.columns import logins
from roster_operator.ledger.staging import login_key
from roster_operator.ledger.temporary import TemporaryTables, analyze, insert
from roster_operator.licensing.clean_logins import Cleaned, CleanRules, Rule, cleaner
from roster_operator.licensing.login_formats import Logins

_PAGE: Final = 5_000

_tables: Final = TemporaryTables()
_table = _tables.table
drop = _tables.drop

_cleaning = _table(
    "cleaning",
    Column("account_id", BigInteger, nullable=False),
    *logins(),
    Column("plain_username_key", Key, nullable=False),
    Column("plain_email_key", Key, nullable=False),
    Column("rules", Key, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("on_roster", Boolean, nullable=False),
    Column("objection", Key),
    Column("into_id", BigInteger),
)
_table(
    "pairs",
    Column("goes", BigInteger, nullable=False),
    Column("stays", BigInteger, nullable=False),
    Column("objection", Key),
)
_table(
    "moving",
    Column("license_id", BigInteger, primary_key=True),
    *license_and_what_it_becomes(),
    Column("purchase", Text, nullable=False),
    Column("now_purchase", Text, nullable=False),
)

_Account = Row[int, str, str, str, str, str, bool, bool]

_ACCOUNTS = text("""
    SELECT accounts.id, accounts.username, accounts.email, accounts.identifier, accounts.username_key,
           accounts.email_key, accounts.sourced_id IS NOT NULL AS linked, person_states.key IS NOT NULL AS on_roster
      FROM accounts
      LEFT JOIN person_states
             ON person_states.district_id = :district AND person_states.key = accounts.sourced_id
     WHERE accounts.district_id = :district AND accounts.id > :after
     ORDER BY accounts.id LIMIT :some
""")
_INDEXES: Final = (
    "CREATE UNIQUE INDEX cleaning_account ON cleaning (account_id)",
    "CREATE INDEX cleaning_username ON cleaning (username_key)",
    "CREATE INDEX cleaning_email ON cleaning (email_key)",
)


def fill(connection: Connection, district_id: int, rules: CleanRules) -> int:
    """Create them, and fill `cleaning`; how many accounts there are."""
    _tables.create(connection)
    accounts = 0
    for page in _pages(connection, district_id, rules):
        insert(connection, _cleaning, [page])
        accounts += len(page)
    for index in _INDEXES:
        connection.exec_driver_sql(index)
    analyze(connection, "cleaning")
    return accounts


def _pages(connection: Connection, district_id: int, rules: CleanRules) -> Iterator[list[temporary.Row]]:
    after, cleaned = 0, cleaner(rules)
    while found := connection.execute(_ACCOUNTS, {"district": district_id, "after": after, "some": _PAGE}).all():
        after = found[-1].id
        yield [_row(each, cleaned(Logins(*each[1:4]))) for each in found]


def _row(account: _Account, cleaned: Cleaned) -> temporary.Row:
    """The SIS gives the logins of who is on the roster, so they stay as they are."""
    plain, made, applied = cleaned
    stored = account.username_key, account.email_key
    keys = login_key(made.username), login_key(made.email)
    plain_keys = login_key(plain.username), login_key(plain.email)
    if account.on_roster:
        why = Objection.ON_ROSTER if keys != plain_keys else None
        return account.id, *account[1:4], *stored, *stored, "", True, True, why, None
    names = ",".join(applied) or (Rule.CASE if stored != keys else "")
    return account.id, *made, *keys, *plain_keys, names, bool(account.linked), False, None, None
