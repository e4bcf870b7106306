"""How far the staged persons are those whom the ledger knows by their ids, in counts.

An id says who somebody is within one source only. What says it beside the id is a login, an email or a number that is
as it was; one that only repeats the id says nothing. Who has another one, and none that is as it was, may be somebody
else; so may who has another login and another number, as families share an email.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from roster_operator.licensing.models import Recognition

_LOGIN_DIFFERS = """
    (staged.username_key <> '' AND accounts.username_key <> '' AND staged.username_key <> accounts.username_key)
"""
_NUMBER_DIFFERS = """
    (staged.identifier <> '' AND accounts.identifier <> ''
        AND LOWER(staged.identifier) <> LOWER(accounts.identifier))
"""
_AGREES = f"""
    (staged.username_key <> '' AND staged.username_key = accounts.username_key
        AND staged.username_key <> LOWER(staged.key))
    OR (staged.email_key <> '' AND staged.email_key = accounts.email_key
        AND staged.email_key <> LOWER(staged.key) AND NOT ({_LOGIN_DIFFERS} AND {_NUMBER_DIFFERS}))
    OR (staged.identifier <> '' AND LOWER(staged.identifier) = LOWER(accounts.identifier)
        AND LOWER(staged.identifier) <> LOWER(staged.key))
"""
_DIFFERS = f"""
    {_LOGIN_DIFFERS} OR {_NUMBER_DIFFERS}
    OR (staged.email_key <> '' AND accounts.email_key <> '' AND staged.email_key <> accounts.email_key)
"""

_MET_AGAIN = text(f"""
    SELECT COALESCE(SUM(CASE WHEN {_AGREES} THEN 1 ELSE 0 END), 0),
           COALESCE(SUM(CASE WHEN ({_DIFFERS}) AND NOT ({_AGREES}) THEN 1 ELSE 0 END), 0)
      FROM staged CROSS JOIN accounts
     WHERE accounts.district_id = :district AND accounts.sourced_id = staged.key
""")  # noqa: S608 - constants
_STAGED = text("""
    SELECT COALESCE(SUM(CASE WHEN person_states.key IS NOT NULL THEN 1 ELSE 0 END), 0),
           COALESCE(SUM(CASE WHEN NOT staged.gone AND EXISTS (
               SELECT 1 FROM staged_entitlements e WHERE e.key = staged.key) THEN 1 ELSE 0 END), 0)
      FROM staged
      LEFT JOIN person_states ON person_states.district_id = :district AND person_states.key = staged.key
""")
_BY_LOGIN = text("SELECT COUNT(*) FROM matches WHERE NOT linked AND account_id IS NOT NULL")
_KNOWN = text("SELECT COUNT(*) FROM person_states WHERE district_id = :district")
_LINKED = text("SELECT 1 FROM accounts WHERE district_id = :district AND sourced_id IS NOT NULL LIMIT 1")


def by_login(connection: Connection) -> int:
    """Persons whose account was found by a login; after matching."""
    found: int = connection.execute(_BY_LOGIN).scalar_one()
    return found


def any_linked(connection: Connection, district_id: int | None) -> bool:
    """Whether any account of the district was ever linked to an id."""
    return connection.execute(_LINKED, {"district": district_id}).first() is not None


def recognise(connection: Connection, district_id: int | None) -> Recognition:
    """By their ids, of the persons in `staged` and all who were not staged because they are as they were."""
    district = {"district": district_id}
    known: int = connection.execute(_KNOWN, district).scalar_one()
    staged_known, coming = connection.execute(_STAGED, district).one()
    agreeing, changed = connection.execute(_MET_AGAIN, district).one()
    unchanged = known - int(staged_known)
    return Recognition(
        known=known,
        present=unchanged + int(coming),
        confirmed=unchanged + int(agreeing),
        changed=int(changed),
        linked=any_linked(connection, district_id),
    )
