"""Persons who come under a new sourcedId: one of them, or all.

A SIS may make another record of a person at another school, and drop the former one. Who has the login, the email and
the number of an account whose person is gone from the roster is that person. The number must be known, as a login
may have been given to somebody else; and the email may be unknown, but not another one.

A SIS may give every person a new sourcedId, as some do when they move to another version of OneRoster. Links from
accounts to sourcedIds then lead nowhere, and persons are recognised by username and email again, as at go-live. That is
so if not one linked account is on the roster any more and most who come now have the login of one.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

_ALIKE = """
    LOWER(accounts.identifier) = LOWER(staged.identifier)
    AND NOT EXISTS (SELECT 1 FROM accounts own WHERE own.district_id = :district AND own.sourced_id = staged.key)
    AND (EXISTS (SELECT 1 FROM staged former WHERE former.key = accounts.sourced_id AND former.gone)
         OR (NOT EXISTS (SELECT 1 FROM staged former WHERE former.key = accounts.sourced_id)
             AND NOT EXISTS (
                SELECT 1 FROM person_states
                 WHERE person_states.district_id = :district AND person_states.key = accounts.sourced_id)))
"""
_FIND_REISSUED = text(f"""
    INSERT INTO reissued (key, account_id)
    SELECT key, MIN(account_id) FROM (
        SELECT staged.key, accounts.id AS account_id
          FROM staged CROSS JOIN accounts
         WHERE accounts.district_id = :district AND accounts.username_key = staged.username_key
           AND NOT staged.gone AND staged.identifier <> '' AND staged.username_key <> ''
           AND (accounts.email_key = staged.email_key OR accounts.email_key = '' OR staged.email_key = '')
           AND accounts.sourced_id IS NOT NULL AND {_ALIKE}
        UNION ALL
        SELECT staged.key, accounts.id
          FROM staged CROSS JOIN accounts
         WHERE accounts.district_id = :district AND accounts.email_key = staged.email_key
           AND NOT staged.gone AND staged.identifier <> '' AND staged.email_key <> ''
           AND accounts.username_key = '' AND staged.username_key = ''
           AND accounts.sourced_id IS NOT NULL AND {_ALIKE}
    ) found
     GROUP BY key HAVING COUNT(*) = 1
""")  # noqa: S608 - constants

_FEWEST: Final = 10
"""Persons found again; fewer may be a coincidence."""

_SOMEBODY_STAYED = text("""
    SELECT EXISTS (
        SELECT 1 FROM person_states
         WHERE district_id = :district
           AND NOT EXISTS (SELECT 1 FROM staged WHERE staged.key = person_states.key AND staged.gone)
    ) OR EXISTS (
        SELECT 1 FROM staged JOIN accounts ON accounts.district_id = :district AND accounts.sourced_id = staged.key
         WHERE NOT staged.gone
    )
""")

_FOUND_AGAIN = text("""
    WITH coming AS (
        SELECT key, username_key, email_key FROM staged
         WHERE NOT gone AND EXISTS (SELECT 1 FROM staged_entitlements e WHERE e.key = staged.key)
    )
    SELECT COUNT(*),
           COALESCE(SUM(CASE WHEN (:use_username AND username_key <> '' AND EXISTS (
                                SELECT 1 FROM accounts
                                 WHERE accounts.district_id = :district AND accounts.sourced_id IS NOT NULL
                                   AND accounts.username_key = coming.username_key))
                              OR (:use_email AND email_key <> '' AND EXISTS (
                                SELECT 1 FROM accounts
                                 WHERE accounts.district_id = :district AND accounts.sourced_id IS NOT NULL
                                   AND accounts.email_key = coming.email_key))
                             THEN 1 ELSE 0 END), 0)
      FROM coming
""")

_UNLINK = text("""
    UPDATE accounts SET sourced_id = NULL
     WHERE district_id = :district AND sourced_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM matches WHERE matches.account_id = accounts.id)
       AND NOT EXISTS (SELECT 1 FROM licenses WHERE licenses.account_id = accounts.id)
""")


def find_reissued(connection: Connection, district_id: int | None) -> None:
    """Fill `reissued` with staged persons whose account is that of a person who is gone."""
    connection.execute(_FIND_REISSUED, {"district": district_id})


def is_rekeyed(connection: Connection, district_id: int | None, *, use_username: bool, use_email: bool) -> bool:
    """Whether the staged persons are those of before under other sourcedIds."""
    if district_id is None or connection.execute(_SOMEBODY_STAYED, {"district": district_id}).scalar_one():
        return False
    choice = {"district": district_id, "use_username": use_username, "use_email": use_email}
    coming, found = connection.execute(_FOUND_AGAIN, choice).one()
    return bool(found >= _FEWEST and 2 * found >= coming)


def unlink(connection: Connection, district_id: int) -> int:
    """Let accounts that hold nothing be found by their logins when their persons come again; how many."""
    return connection.execute(_UNLINK, {"district": district_id}).rowcount
