"""A re-key: where ids count for nothing by themselves, accounts go to whom login or number says they belong.

Another server may give the same ids to other children. So, before anything else is planned, each person is held
against the accounts that were linked to ids: who agrees with one by login or number has it from now on, under
whatever id. All others come as people of whom nobody knew, and the accounts that nobody has any more are retired: they
get an id that no SIS gives, and count as those of people who are no longer listed.

That is written to the ledger's own tables, up to a savepoint: the plan that is made upon it is an ordinary one, and
whoever does not apply it takes the re-key back. Set-based, and only where it is needed.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from sqlalchemy import Connection, text

from roster_operator.api.v1alpha1 import Unconfirmed
from roster_operator.ledger import tombstones
from roster_operator.ledger.interface.sync import Changes
from roster_operator.ledger.temporary import analyze
from roster_operator.licensing.conflicts import Conflict
from roster_operator.licensing.models import Recognition
from roster_operator.licensing.rekey import Agreement, Rekey, few

RETIRED: Final = "\x1f"
"""What the id of a retired account begins with; the number of the account and the id that it had follow."""
_SAVEPOINT: Final = "before_rekey"
_STREAMED = 10_000

_FORMER = text("""
    INSERT INTO former (account_id, sourced_id, username_key, email_key, number, kind)
    SELECT id, sourced_id, username_key, email_key, LOWER(identifier), kind FROM accounts
     WHERE district_id = :district AND sourced_id IS NOT NULL
       AND (:other_source
            OR EXISTS (SELECT 1 FROM staged WHERE staged.key = accounts.sourced_id)
            OR NOT EXISTS (SELECT 1 FROM person_states
                            WHERE person_states.district_id = :district AND person_states.key = accounts.sourced_id))
""")
"""At the same source, who is as before is who they were."""

_LOGIN_DIFFERS = "(s.username_key <> '' AND f.username_key <> '' AND s.username_key <> f.username_key)"
_NUMBER_DIFFERS = "(s.identifier <> '' AND f.number <> '' AND LOWER(s.identifier) <> f.number)"
_EMAIL_DIFFERS = "(s.email_key <> '' AND f.email_key <> '' AND s.email_key <> f.email_key)"
_OWN = "f.sourced_id = s.key"
_SAME_USERNAME = f"""
    s.username_key <> '' AND s.username_key = f.username_key AND NOT ({_OWN} AND s.username_key = LOWER(s.key))
"""
_SAME_EMAIL = f"""
    s.email_key <> '' AND s.email_key = f.email_key AND NOT ({_OWN} AND s.email_key = LOWER(s.key))
    AND CASE WHEN {_OWN} THEN NOT ({_LOGIN_DIFFERS} AND {_NUMBER_DIFFERS})
             ELSE (s.username_key = '' OR f.username_key = '') AND NOT {_NUMBER_DIFFERS} END
"""
_SAME_NUMBER = f"""
    s.identifier <> '' AND LOWER(s.identifier) = f.number
    AND CASE WHEN {_OWN} THEN f.number <> LOWER(s.key) ELSE f.kind IN ('', s.kind) END
"""


def _pairs(join: str) -> str:
    return f"""
        SELECT s.key, f.account_id, CASE WHEN {_OWN} THEN 1 ELSE 0 END AS own,
               CASE WHEN ({_SAME_USERNAME}) OR ({_SAME_EMAIL}) THEN 1 ELSE 0 END AS login,
               CASE WHEN {_SAME_NUMBER} THEN 1 ELSE 0 END AS number,
               CASE WHEN {_LOGIN_DIFFERS} OR {_NUMBER_DIFFERS} THEN 1 ELSE 0 END AS at_odds
          FROM staged s JOIN former f ON {join}
         WHERE NOT s.gone
    """  # noqa: S608 - constants


_AGREEMENTS = text(f"""
    INSERT INTO agreements (key, account_id, own, login, number, at_odds)
    SELECT key, account_id, own, login, number, at_odds FROM (
        {_pairs("f.username_key = s.username_key AND s.username_key <> ''")}
        UNION {_pairs("f.email_key = s.email_key AND s.email_key <> ''")}
        UNION {_pairs("f.number = LOWER(s.identifier) AND s.identifier <> ''")}
    ) pairs
     WHERE login = 1 OR number = 1
""")  # noqa: S608 - constants


def _confirm(which: str) -> str:
    """Who agrees with one account alone, and it with nobody else, among the agreements that `which` selects."""
    return f"""
        INSERT INTO confirmed (key, account_id, own, login, number, at_odds)
        SELECT key, account_id, own, login, number, at_odds FROM agreements
         WHERE {which}
           AND key IN (SELECT key FROM agreements WHERE {which} GROUP BY key HAVING COUNT(*) = 1)
           AND account_id IN (SELECT account_id FROM agreements WHERE {which} GROUP BY account_id HAVING COUNT(*) = 1)
    """  # noqa: S608 - constants


_SETTLE = text("""
    DELETE FROM agreements
     WHERE key IN (SELECT key FROM confirmed) OR account_id IN (SELECT account_id FROM confirmed)
""")
_CONFIRM: Final = tuple(
    text(_confirm(which)) for which in ("own = 1 AND login = 1", "login = 1 AND number = 1", "own >= 0")
)
"""The id with the login leaves no doubt; login and number leave none without the id; then whatever else says it."""

_AGREEING = text("""
    SELECT COALESCE(SUM(login * number), 0), COALESCE(SUM(login * (1 - number)), 0),
           COALESCE(SUM((1 - login) * number), 0), COALESCE(SUM(at_odds), 0), COALESCE(SUM(1 - own), 0)
      FROM confirmed
""")
_AMBIGUOUS = text("SELECT COUNT(DISTINCT key) FROM agreements")
_REFUSE = text(f"""
    INSERT INTO refused (key, cause)
    SELECT key, CASE WHEN COUNT(*) > 1 THEN '{Conflict.SEVERAL_ACCOUNTS}' ELSE '{Conflict.SEVERAL_PERSONS}' END
      FROM agreements GROUP BY key
""")  # noqa: S608 - constants
_PROTECT = text("""
    INSERT INTO protected (account_id)
    SELECT DISTINCT account_id FROM agreements
     WHERE NOT EXISTS (SELECT 1 FROM matches WHERE matches.account_id = agreements.account_id)
    ON CONFLICT (account_id) DO NOTHING
""")
_OWN_UNCONFIRMED = f"""
      FROM staged s JOIN former f ON {_OWN}
     WHERE NOT s.gone AND NOT EXISTS (SELECT 1 FROM confirmed WHERE confirmed.key = s.key)
       AND NOT EXISTS (SELECT 1 FROM agreements WHERE agreements.key = s.key)
"""  # noqa: S608 - constants
_NOTHING_DIFFERS = f"NOT ({_LOGIN_DIFFERS} OR {_NUMBER_DIFFERS} OR {_EMAIL_DIFFERS})"
_NEITHER = text(f"""
    SELECT COUNT(*), COALESCE(SUM(CASE WHEN {_NOTHING_DIFFERS} THEN 1 ELSE 0 END), 0) {_OWN_UNCONFIRMED}
""")
_CONFIRM_BY_ID = text(f"""
    INSERT INTO confirmed (key, account_id, own, login, number, at_odds)
    SELECT s.key, f.account_id, 1, 0, 0, 0 {_OWN_UNCONFIRMED}
       AND (:whatever_differs OR {_NOTHING_DIFFERS})
       AND NOT EXISTS (SELECT 1 FROM confirmed WHERE confirmed.account_id = f.account_id)
       AND NOT EXISTS (SELECT 1 FROM agreements WHERE agreements.account_id = f.account_id)
""")  # noqa: S608 - constants

_RENAMES = text("""
    INSERT INTO renames (account_id, former, aside, key)
    SELECT f.account_id, f.sourced_id, :mark || CAST(f.account_id AS TEXT) || :mark || f.sourced_id, confirmed.key
      FROM former f LEFT JOIN confirmed ON confirmed.account_id = f.account_id
     WHERE (confirmed.key IS NOT NULL AND confirmed.key <> f.sourced_id)
        OR (confirmed.key IS NULL AND SUBSTR(f.sourced_id, 1, 1) <> :mark
            AND (:retire_all OR EXISTS (SELECT 1 FROM staged WHERE staged.key = f.sourced_id AND NOT staged.gone)))
""")
_RENAMES_IN_ORDER = text("SELECT account_id, former, key FROM renames ORDER BY account_id")
_RETIRED = text("SELECT COUNT(*) FROM renames WHERE key IS NULL")
_LIST_AS_GONE = text("""
    INSERT INTO staged (key, digest, kind, username, email, identifier, username_key, email_key, schools, gone, bundle)
    SELECT aside, 0, '', '', '', '', '', '', '[]', TRUE, 0 FROM renames
     WHERE key IS NULL AND EXISTS (SELECT 1 FROM staged WHERE staged.key = renames.former)
""")
_FORGET_GONE = text("DELETE FROM staged WHERE gone AND key IN (SELECT former FROM renames)")
_RENAME: Final = tuple(
    text(step)
    for step in (
        """
        UPDATE accounts SET sourced_id = renames.aside FROM renames
         WHERE accounts.id = renames.account_id AND accounts.district_id = :district
        """,
        """
        UPDATE person_states SET key = renames.aside FROM renames
         WHERE person_states.district_id = :district AND person_states.key = renames.former
        """,
        """
        DELETE FROM person_states WHERE district_id = :district AND key IN (
            SELECT key FROM renames WHERE key IS NOT NULL)
        """,
        """
        UPDATE accounts SET sourced_id = renames.key FROM renames
         WHERE accounts.id = renames.account_id AND accounts.district_id = :district AND renames.key IS NOT NULL
        """,
        """
        UPDATE person_states SET key = renames.key, digest = 0 FROM renames
         WHERE person_states.district_id = :district AND person_states.key = renames.aside AND renames.key IS NOT NULL
        """,
    )
)
"""First out of the way, and then to where they go: ids may have changed places."""


def rekey(
    connection: Connection, district_id: int | None, changes: Changes, people: Recognition
) -> tuple[Rekey | None, bool]:
    """Give accounts the ids of whom they belong to, up to a savepoint; None if ids are those of before.

    And whether it is still open that they are: of another source, too few have come to tell. `people`: by their ids.
    `staged` is filled; if the source is another one, with everybody.
    """
    if district_id is None or not people.linked:
        return None, False
    if changes.only_adds:
        return None, changes.other_source
    if not changes.other_source and people.changed <= few(people.known or people.present):
        return None, False
    found = _compare(connection, district_id, other_source=changes.other_source)
    both = min(people.known, people.present) if people.known else people.present
    by_ids = changes.unconfirmed is Unconfirmed.SAME_ACCOUNT
    ids_count = by_ids or not changes.other_source or found.mostly_proves(both)
    if changes.other_source and ids_count:
        tombstones.unstage(connection, district_id)
    if changes.other_source and found.proves(both):
        return None, 2 * found.agreeing < max(people.known, 1)
    return _carry_out(connection, district_id, found, by_ids=by_ids, ids_count=ids_count), False


def refuse_ambiguous(connection: Connection) -> None:
    """Who agrees with several accounts, or is one of several who agree with one: refused before they are matched."""
    connection.execute(_REFUSE)


def protect_ambiguous(connection: Connection) -> None:
    """Their accounts keep what they have, once all others were matched."""
    connection.execute(_PROTECT)


def take_back(connection: Connection) -> None:
    """Leave the ledger as it was before the re-key."""
    connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")


def digest_of(connection: Connection) -> str:
    """Of which account gets which id."""
    digest = hashlib.sha256()
    for rename in connection.execute(_RENAMES_IN_ORDER, execution_options={"yield_per": _STREAMED}):
        digest.update(json.dumps(tuple(rename)).encode())
    return digest.hexdigest()


def _compare(connection: Connection, district_id: int, *, other_source: bool) -> Agreement:
    connection.execute(_FORMER, {"district": district_id, "other_source": other_source})
    for column in ("sourced_id", "username_key", "email_key", "number"):
        connection.execute(text(f"CREATE INDEX former_{column} ON former ({column})"))
    analyze(connection, "former")
    connection.execute(_AGREEMENTS)
    connection.execute(text("CREATE INDEX agreements_key ON agreements (key)"))
    connection.execute(text("CREATE INDEX agreements_account ON agreements (account_id)"))
    analyze(connection, "agreements")
    for confirm in _CONFIRM:
        connection.execute(confirm)
        connection.execute(_SETTLE)
    analyze(connection, "confirmed")
    both, login, number, at_odds, moved = map(int, connection.execute(_AGREEING).one())
    neither, silent = map(int, connection.execute(_NEITHER).one())
    ambiguous: int = connection.execute(_AMBIGUOUS).scalar_one()
    return Agreement(both, login, number, neither, silent, ambiguous, at_odds, moved)


def _carry_out(connection: Connection, district_id: int, found: Agreement, *, by_ids: bool, ids_count: bool) -> Rekey:
    by_id = 0
    if ids_count:
        by_id = connection.execute(_CONFIRM_BY_ID, {"whatever_differs": by_ids}).rowcount
    district: dict[str, Any] = {"district": district_id}
    connection.execute(_RENAMES, {"mark": RETIRED, "retire_all": not ids_count})
    retired: int = connection.execute(_RETIRED).scalar_one()
    connection.execute(_LIST_AS_GONE)
    connection.execute(_FORGET_GONE)
    analyze(connection, "staged", "renames")
    connection.exec_driver_sql(f"SAVEPOINT {_SAVEPOINT}")
    renamed = sum(connection.execute(step, district).rowcount for step in _RENAME)
    if not ids_count:
        tombstones.forget(connection, district_id)
    return Rekey(found, retired, by_id, renamed, digest_of(connection))
