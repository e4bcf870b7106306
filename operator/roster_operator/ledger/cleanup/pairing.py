"""Which accounts are one, and which of them had better be left as they are; in SQL, over `cleaning`.

Two accounts are one if they have one username; the email counts where one of the two has no username, as everywhere.
That is not enough where anything speaks against it, or where the rules alone made the logins alike: a wrong guess would
give a child's licenses to another. The account that the roster has stays, else that which it had, else the older one.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, TextClause, text

from roster_operator.ledger.cleanup.interface import Objection
from roster_operator.ledger.statements import with_now
from roster_operator.ledger.temporary import analyze

_ALIKE_BY_USERNAME = """
    SELECT username_key AS login, COUNT(*) AS accounts, MIN(account_id) AS one, MAX(account_id) AS two
      FROM cleaning WHERE username_key <> '' GROUP BY username_key HAVING COUNT(*) > 1
"""
_ALIKE_BY_EMAIL = """
    SELECT email_key AS login, COUNT(*) AS accounts, MIN(account_id) AS one, MAX(account_id) AS two
      FROM cleaning WHERE email_key <> '' GROUP BY email_key HAVING COUNT(*) > 1 AND MIN(username_key) = ''
"""
_SEVERAL: Final = (
    text(f"""
        UPDATE cleaning SET objection = '{Objection.SEVERAL_ACCOUNTS}'
         WHERE NOT on_roster AND username_key IN (
            SELECT login FROM ({_ALIKE_BY_USERNAME}) AS alike WHERE accounts > 2)
    """),  # noqa: S608 - constants
    text(f"""
        UPDATE cleaning SET objection = '{Objection.SEVERAL_ACCOUNTS}'
         WHERE NOT on_roster AND username_key = '' AND email_key IN (
            SELECT login FROM ({_ALIKE_BY_EMAIL}) AS alike WHERE accounts > 2)
    """),  # noqa: S608 - constants
)
_EVIDENCE: Final = """
    ((one.identifier <> '' AND one.identifier = two.identifier)
     OR (one.username_key <> '' AND one.username_key = two.username_key
         AND one.email_key <> '' AND one.email_key = two.email_key))
"""
"""More than one login is the same."""
_ALIKE_BEFORE: Final = """
    ((one.plain_username_key <> '' AND one.plain_username_key = two.plain_username_key)
     OR (one.plain_email_key <> '' AND one.plain_email_key = two.plain_email_key
         AND (one.plain_username_key = '' OR two.plain_username_key = '')))
"""
_FORMER: Final = "(one.linked AND NOT one.on_roster) OR (two.linked AND NOT two.on_roster)"
_SECOND_STAYS: Final = """
    (two.on_roster AND NOT one.on_roster) OR (two.linked AND NOT one.linked)
"""
_PAIRS = text(f"""
    INSERT INTO pairs (goes, stays, objection)
    WITH alike AS (
        SELECT one, two FROM ({_ALIKE_BY_USERNAME}) AS by_username WHERE accounts = 2
        UNION
        SELECT one, two FROM ({_ALIKE_BY_EMAIL}) AS by_email WHERE accounts = 2
    )
    SELECT CASE WHEN {_SECOND_STAYS} THEN one.account_id ELSE two.account_id END,
           CASE WHEN {_SECOND_STAYS} THEN two.account_id ELSE one.account_id END,
           CASE WHEN '{Objection.SEVERAL_ACCOUNTS}' IN (one.objection, two.objection)
                    THEN '{Objection.SEVERAL_ACCOUNTS}'
                WHEN one.on_roster AND two.on_roster THEN '{Objection.BOTH_ON_ROSTER}'
                WHEN (one.email_key <> '' AND two.email_key <> '' AND one.email_key <> two.email_key)
                  OR (one.identifier <> '' AND two.identifier <> '' AND one.identifier <> two.identifier)
                    THEN '{Objection.OTHER_PERSON}'
                WHEN ({_FORMER}) AND NOT (one.identifier <> '' AND one.identifier = two.identifier)
                    THEN '{Objection.FORMER_PERSON}'
                WHEN NOT {_ALIKE_BEFORE} AND NOT {_EVIDENCE} THEN '{Objection.COLLIDES}' END
      FROM alike
      JOIN cleaning one ON one.account_id = alike.one
      JOIN cleaning two ON two.account_id = alike.two
""")  # noqa: S608 - constants
_IN_SEVERAL_PAIRS: Final = """
    SELECT account_id FROM (SELECT goes AS account_id FROM pairs UNION ALL SELECT stays FROM pairs) AS either
     GROUP BY account_id HAVING COUNT(*) > 1
"""
_OBJECT_TO_PAIRS: Final = (
    text(f"""
        UPDATE pairs SET objection = '{Objection.SEVERAL_ACCOUNTS}'
         WHERE objection IS NULL AND (goes IN ({_IN_SEVERAL_PAIRS}) OR stays IN ({_IN_SEVERAL_PAIRS}))
    """),  # noqa: S608 - constants
    text(f"""
        UPDATE pairs SET objection = '{Objection.DECISIONS}'
         WHERE objection IS NULL AND EXISTS (
            SELECT 1 FROM overrides one
              JOIN overrides two ON two.ebook = one.ebook AND two.edition = one.edition
             WHERE one.account_id = pairs.goes AND two.account_id = pairs.stays)
    """),  # noqa: S608 - a constant
)


def _blocked(blocked: str, has: str) -> TextClause:
    """Pairs of which one account is blocked from what the other has, or is to have."""
    return with_now(f"""
        UPDATE pairs SET objection = '{Objection.BLOCKED}'
         WHERE objection IS NULL AND EXISTS (
            SELECT 1 FROM overrides block
              JOIN (
                SELECT account_id, ebook, edition FROM licenses WHERE until IS NULL OR until > :now
                UNION ALL
                SELECT account_id, ebook, edition FROM overrides WHERE kind = 'Grant'
              ) AS has ON has.edition = block.edition AND block.ebook IN ('', has.ebook)
             WHERE block.kind = 'Block' AND block.account_id = pairs.{blocked} AND has.account_id = pairs.{has}
               AND (block.until IS NULL OR block.until > :now))
    """)  # noqa: S608 - constants


_BLOCKED: Final = (_blocked("goes", "stays"), _blocked("stays", "goes"))
_ANY_BLOCK = text("SELECT 1 FROM overrides WHERE district_id = :district AND kind = 'Block' LIMIT 1")
_OBJECT_TO_ACCOUNTS = text(f"""
    UPDATE cleaning SET objection = told.objection
      FROM (
        SELECT account_id, MIN(objection) AS objection
          FROM (
            SELECT goes AS account_id, objection FROM pairs WHERE objection IS NOT NULL
            UNION ALL
            SELECT stays, objection FROM pairs WHERE objection IS NOT NULL) AS either
         GROUP BY account_id) AS told
     WHERE cleaning.objection IS NULL AND cleaning.account_id = told.account_id
       AND (NOT cleaning.on_roster OR told.objection = '{Objection.BOTH_ON_ROSTER}')
""")  # noqa: S608 - constants
_LEFT: Final = "FROM cleaning AS other WHERE other.objection IS NOT NULL AND NOT other.on_roster"
_COLLIDE: Final = (
    text(f"""
        UPDATE cleaning SET objection = '{Objection.COLLIDES}'
         WHERE objection IS NULL AND username_key <> plain_username_key AND username_key <> ''
           AND username_key IN (SELECT other.plain_username_key {_LEFT})
    """),  # noqa: S608 - constants
    text(f"""
        UPDATE cleaning SET objection = '{Objection.COLLIDES}'
         WHERE objection IS NULL AND email_key <> plain_email_key AND email_key <> ''
           AND email_key IN (
            SELECT other.plain_email_key {_LEFT} AND (other.plain_username_key = '' OR cleaning.username_key = ''))
    """),  # noqa: S608 - constants
)
"""Who is left as they are keeps the login that they have, which nobody else may get."""
_OBJECT_TO_THEIR_PAIRS = text(f"""
    UPDATE pairs SET objection = '{Objection.COLLIDES}'
     WHERE objection IS NULL AND (
        goes IN (SELECT account_id FROM cleaning WHERE objection IS NOT NULL AND NOT on_roster)
        OR stays IN (SELECT account_id FROM cleaning WHERE objection IS NOT NULL AND NOT on_roster))
""")  # noqa: S608 - constants
_MERGE = text("""
    UPDATE cleaning SET into_id = (
        SELECT pairs.stays FROM pairs WHERE pairs.goes = cleaning.account_id AND pairs.objection IS NULL)
     WHERE account_id IN (SELECT goes FROM pairs WHERE objection IS NULL)
""")
_FILL_UP = text("""
    UPDATE cleaning
       SET rules = CASE WHEN cleaning.rules = '' THEN 'Merged' ELSE cleaning.rules || ',Merged' END,
           username = CASE WHEN cleaning.username = '' THEN gone.username ELSE cleaning.username END,
           username_key = CASE WHEN cleaning.username = '' THEN gone.username_key ELSE cleaning.username_key END,
           email = CASE WHEN cleaning.email = '' THEN gone.email ELSE cleaning.email END,
           email_key = CASE WHEN cleaning.email = '' THEN gone.email_key ELSE cleaning.email_key END,
           identifier = CASE WHEN cleaning.identifier = '' THEN gone.identifier ELSE cleaning.identifier END
      FROM pairs JOIN cleaning AS gone ON gone.account_id = pairs.goes
     WHERE pairs.objection IS NULL AND cleaning.account_id = pairs.stays AND NOT cleaning.on_roster
       AND ((cleaning.username = '' AND gone.username <> '') OR (cleaning.email = '' AND gone.email <> '')
         OR (cleaning.identifier = '' AND gone.identifier <> ''))
""")
"""What the account that goes knew of the person, the one that stays knows from then on; but the SIS knows better."""


def pair(connection: Connection, asked: dict[str, object]) -> None:
    """Fill `pairs`, and say in `cleaning` what is merged with what, and what is left out. `asked`: district and now."""
    for several in _SEVERAL:
        connection.execute(several)
    connection.execute(_PAIRS)
    connection.exec_driver_sql("CREATE INDEX pairs_goes ON pairs (goes)")
    connection.exec_driver_sql("CREATE INDEX pairs_stays ON pairs (stays)")
    analyze(connection, "pairs")
    for object_to in _OBJECT_TO_PAIRS:
        connection.execute(object_to)
    if connection.execute(_ANY_BLOCK, {"district": asked["district"]}).first() is not None:
        for object_to in _BLOCKED:
            connection.execute(object_to, {"now": asked["now"]})
    connection.execute(_OBJECT_TO_ACCOUNTS)
    while sum([connection.execute(collide).rowcount for collide in _COLLIDE]):
        connection.execute(_OBJECT_TO_THEIR_PAIRS)
        connection.execute(_OBJECT_TO_ACCOUNTS)
    connection.execute(_MERGE)
    connection.execute(_FILL_UP)
