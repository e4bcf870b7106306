"""Which account the people of a file have; in SQL, from `given` to `holders`.

Whoever cannot be told apart is left out with all their rows: a wrong guess would give a child's licenses to another.
"""

from __future__ import annotations

from sqlalchemy import Connection, TextClause, text

from roster_operator.ledger import tombstones
from roster_operator.ledger.imports.interface import Problem
from roster_operator.ledger.interface.district import District


def _leave_out(problem: Problem, holders: str) -> TextClause:
    """All rows of the holders that `holders` selects."""
    return text(f"""
        UPDATE given SET problem = '{problem}' WHERE problem IS NULL AND holder IN ({holders})
    """)  # noqa: S608 - constants


_LIVE = text(f"UPDATE given SET problem = '{Problem.LIVE}' WHERE NOT stays")  # noqa: S608 - a constant
_WITHIN_THE_FILE = (
    _leave_out(
        Problem.SEVERAL_PEOPLE,
        """
        SELECT holder FROM given GROUP BY holder
        HAVING COUNT(DISTINCT NULLIF(email_key, '')) > 1 OR COUNT(DISTINCT NULLIF(identifier, '')) > 1
        """,
    ),
    _leave_out(
        Problem.USERNAME_MISSING,
        """
        SELECT alone.holder FROM given alone
          JOIN given named ON named.email_key = alone.email_key AND named.username_key <> ''
         WHERE alone.username_key = ''
        """,
    ),
)
_HOLDERS = text("""
    INSERT INTO holders
           (holder, username, email, identifier, username_key, email_key, accounts, account_id, differs)
    WITH told AS (
        SELECT holder, MAX(username) AS username, MAX(email) AS email, MAX(identifier) AS identifier,
               MAX(username_key) AS username_key, MAX(email_key) AS email_key
          FROM given WHERE problem IS NULL
         GROUP BY holder
    ), found AS (
        SELECT told.holder, accounts.id
          FROM told JOIN accounts ON accounts.district_id = :district AND accounts.username_key = told.username_key
         WHERE told.username_key <> ''
        UNION
        SELECT told.holder, accounts.id
          FROM told JOIN accounts ON accounts.district_id = :district AND accounts.email_key = told.email_key
         WHERE told.email_key <> '' AND (told.username_key = '' OR accounts.username_key = '')
    ), each_one AS (
        SELECT holder, COUNT(*) AS accounts, MIN(id) AS account_id FROM found GROUP BY holder
    )
    SELECT told.holder, told.username, told.email, told.identifier, told.username_key, told.email_key,
           COALESCE(each_one.accounts, 0), each_one.account_id,
           accounts.id IS NOT NULL AND (
               (told.email_key <> '' AND accounts.email_key <> '' AND told.email_key <> accounts.email_key)
            OR (told.identifier <> '' AND accounts.identifier <> '' AND told.identifier <> accounts.identifier))
      FROM told
      LEFT JOIN each_one ON each_one.holder = told.holder
      LEFT JOIN accounts ON accounts.id = each_one.account_id
""")
_AGAINST_THE_LEDGER = (
    _leave_out(
        Problem.SEVERAL_ACCOUNTS,
        """
        SELECT holder FROM holders
         WHERE accounts > 1
            OR account_id IN (
                SELECT account_id FROM holders WHERE account_id IS NOT NULL GROUP BY account_id HAVING COUNT(*) > 1)
        """,
    ),
    _leave_out(Problem.OTHER_LOGIN, "SELECT holder FROM holders WHERE differs"),
    text(f"""
        UPDATE given SET problem = '{Problem.BLOCKED}'
         WHERE problem IS NULL AND EXISTS (
            SELECT 1 FROM holders JOIN overrides ON overrides.account_id = holders.account_id
             WHERE holders.holder = given.holder AND overrides.kind = 'Block' AND overrides.edition = given.edition
               AND overrides.ebook IN ('', given.ebook)
               AND (overrides.until IS NULL OR overrides.until > CURRENT_TIMESTAMP))
    """),  # noqa: S608 - a constant
)


_NEW = text("SELECT holder, username_key, email_key, identifier FROM holders WHERE accounts = 0")
_ERASED = text(f"UPDATE given SET problem = '{Problem.ERASED}' WHERE problem IS NULL AND holder = :holder")  # noqa: S608


def match(connection: Connection, district: District) -> None:
    """Fill `holders`, and say in `given` who is left out.

    A live district takes in only what stays beside the roster.
    """
    if district.live_since is not None:
        connection.execute(_LIVE)
    for left_out in _WITHIN_THE_FILE:
        connection.execute(left_out)
    connection.execute(_HOLDERS, {"district": district.id})
    for left_out in _AGAINST_THE_LEDGER:
        connection.execute(left_out)
    _leave_out_erased(connection, district.id)


def _leave_out_erased(connection: Connection, district_id: int | None) -> None:
    """Those who would get an account, and were erased; whoever has one is somebody whom the SIS shares."""
    is_erased = tombstones.erased_logins_in(connection, district_id)
    if is_erased is None:
        return
    erased = [{"holder": holder} for holder, *logins in connection.execute(_NEW) if is_erased(*logins)]
    if erased:
        connection.execute(_ERASED, erased)
