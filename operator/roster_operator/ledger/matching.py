"""Which account of the district is which staged person. Nothing is merged and nothing taken over.

A person is recognised by sourcedId; else, if that was given anew, by all that is known of them
(`sourced_id_migration`); else, among accounts that no person of a roster was linked to yet, by the first step
(`matching_steps`, in the order given) that finds any. Linked accounts are among them only when the SIS changed every
sourcedId (`sourced_id_migration`), and then one whose identifier is another is not. Refused, with the cause, because a
wrong guess would give a child's licenses to another:

- a step finds several accounts, or two steps find different ones;
- several persons find the same account;
- a person who is new here, or whose login changes, would share it with another account or another staged person.

A login is the username; the email counts where one of the two has no username, since families share emails. An account
that already has its login keeps it. Refused persons leave everything as it is: neither they nor the accounts that they
may be lose or gain anything. Changed persons alone are staged; all others are met through their accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, TextClause, text

from roster_operator.api.v1alpha1 import MatchKey
from roster_operator.ledger import matching_steps
from roster_operator.ledger.engine import is_postgres
from roster_operator.ledger.sourced_id_migration import find_reissued, is_rekeyed
from roster_operator.ledger.temporary import analyze
from roster_operator.licensing.conflicts import Conflict


def _refusal(cause: Conflict, keys: str) -> TextClause:
    """Refuse the persons that `keys` selects for a cause, but for those who were refused for another one."""
    return text(f"""
        INSERT INTO refused (key, cause)
        SELECT DISTINCT chosen.key, '{cause}' FROM ({keys}) chosen WHERE TRUE
        ON CONFLICT (key) DO NOTHING
    """)  # noqa: S608 - constants


def _sharing(login: str, holder: str) -> str:
    """Persons whose login is new to them, and that of another account about whose person `holder` holds."""
    alone = "accounts.username_key = '' OR staged.username_key = ''" if login == "email_key" else "TRUE"
    return f"""
        SELECT matches.key FROM matches JOIN staged ON staged.key = matches.key
          JOIN accounts ON accounts.district_id = :district AND accounts.{login} = staged.{login}
           AND accounts.id <> COALESCE(matches.account_id, 0) AND ({alone})
         WHERE matches.moves AND staged.{login} <> '' AND {holder}
    """  # noqa: S608 - constants


_STAYS = """
    accounts.sourced_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM staged held WHERE held.key = accounts.sourced_id)
    AND EXISTS (
        SELECT 1 FROM person_states
         WHERE person_states.district_id = :district AND person_states.key = accounts.sourced_id)
"""
"""The account's person is on the roster and has not changed."""
_CHANGES = """
    EXISTS (SELECT 1 FROM staged held WHERE held.key = accounts.sourced_id AND NOT held.gone{login})
"""
_LEFT = "accounts.sourced_id IS NOT NULL"

_ONE_ACCOUNT = """
    matches.account_id IN (
        SELECT account_id FROM matches WHERE account_id IS NOT NULL GROUP BY account_id HAVING COUNT(*) > 1)
"""
_REFUSALS = (
    _refusal(
        Conflict.SHARED_LOGIN,
        f"""
        SELECT matches.key FROM matches JOIN staged ON staged.key = matches.key
         WHERE (matches.moves OR {_ONE_ACCOUNT}) AND staged.username_key IN (
            SELECT username_key FROM staged WHERE NOT gone AND username_key <> ''
             GROUP BY username_key HAVING COUNT(*) > 1)
        UNION ALL
        SELECT matches.key FROM matches JOIN staged ON staged.key = matches.key
         WHERE (matches.moves OR {_ONE_ACCOUNT}) AND staged.email_key IN (
            SELECT email_key FROM staged WHERE NOT gone AND email_key <> ''
             GROUP BY email_key HAVING COUNT(*) > 1 AND MIN(username_key) = '')
        """,  # noqa: S608 - constants
    ),
    text("""
        INSERT INTO refused (key, cause)
        SELECT key, cause FROM matches WHERE cause IS NOT NULL
        ON CONFLICT (key) DO NOTHING
    """),
    _refusal(Conflict.SEVERAL_PERSONS, f"SELECT key FROM matches WHERE {_ONE_ACCOUNT}"),  # noqa: S608 - constants
)
"""In the order in which a cause counts before another."""
_LOGINS = ("username_key", "email_key")
_ANY_LOGIN_OF_ANOTHER = text(" UNION ALL ".join(_sharing(login, "TRUE") for login in _LOGINS) + " LIMIT 1")
_REFUSALS_BY_LOGIN = tuple(
    _refusal(cause, _sharing(login, holder.replace("{login}", f" AND accounts.{login} {compared} held.{login}")))
    for cause, holder, compared in (
        (Conflict.SHARED_LOGIN, _STAYS, ""),
        (Conflict.SHARED_LOGIN, _CHANGES, "="),
        (Conflict.LOGIN_MOVES, _CHANGES, "<>"),
        (Conflict.LOGIN_OF_FORMER, _LEFT, ""),
        (Conflict.LOGIN_OF_ACCOUNT, "TRUE", ""),
    )
    for login in _LOGINS
)
"""Of those whose login another account has; likewise."""

_FORGET_REFUSED = text("DELETE FROM matches WHERE key IN (SELECT key FROM refused)")

_PROTECT = text("""
    INSERT INTO protected (account_id)
    WITH logins AS (
        SELECT staged.key, staged.username_key, staged.email_key FROM staged JOIN refused ON refused.key = staged.key
    ), usernames AS (
        SELECT DISTINCT username_key FROM logins WHERE username_key <> ''
    ), emails AS (
        SELECT email_key, MIN(username_key) AS username_key FROM logins WHERE email_key <> '' GROUP BY email_key
    ), candidates AS (
        SELECT accounts.id FROM logins
          JOIN accounts ON accounts.district_id = :district AND accounts.sourced_id = logins.key
        UNION
        SELECT accounts.id FROM usernames
          JOIN accounts ON accounts.district_id = :district AND accounts.username_key = usernames.username_key
        UNION
        SELECT accounts.id FROM emails
          JOIN accounts ON accounts.district_id = :district AND accounts.email_key = emails.email_key
         WHERE accounts.sourced_id IS NULL OR accounts.username_key = '' OR emails.username_key = ''
    )
    SELECT id FROM candidates
     WHERE NOT EXISTS (SELECT 1 FROM matches WHERE matches.account_id = candidates.id)
""")

_CAUSES = text("SELECT cause, COUNT(*) FROM refused GROUP BY cause")
_SOME_ACCOUNTS = text("""
    WITH few AS (
        SELECT staged.key, staged.username_key, staged.email_key
          FROM refused JOIN staged ON staged.key = refused.key
         WHERE refused.cause = :cause
         ORDER BY staged.key LIMIT :most
    )
    SELECT accounts.id FROM few JOIN accounts ON accounts.district_id = :district AND accounts.sourced_id = few.key
    UNION
    SELECT accounts.id FROM few
      JOIN accounts ON accounts.district_id = :district AND accounts.username_key = few.username_key
     WHERE few.username_key <> ''
    UNION
    SELECT accounts.id FROM few
      JOIN accounts ON accounts.district_id = :district AND accounts.email_key = few.email_key
     WHERE few.email_key <> ''
     ORDER BY 1 LIMIT :most
""")
_MOST_NAMED: Final = 5

_RECOGNISED = text("SELECT COUNT(*) FROM matches WHERE account_id IS NOT NULL AND NOT linked")
_CREATED = text("""
    SELECT COUNT(*) FROM matches
     WHERE account_id IS NULL AND key IN (SELECT key FROM staged_entitlements)
""")


@dataclass(frozen=True, slots=True)
class Matching:
    """How matching went, in persons."""

    created: int
    """Get an account; who is entitled to nothing needs none."""
    recognised: int
    """Existing accounts found by username or email."""
    refused: Mapping[Conflict, int]
    accounts: Mapping[Conflict, tuple[int, ...]]
    """Some of the accounts that refused persons have, or have the login of."""
    rekeyed: bool = False
    """Whether links to sourcedIds counted for nothing."""


def match(
    connection: Connection, district_id: int | None, order: Sequence[MatchKey], *, rekeyed: bool | None = None
) -> Matching:
    """Fill `matches` with the persons that have a place, `refused` with the others, and `protected`.

    `rekeyed`: whether links to sourcedIds count for nothing; None: by what is found.
    """
    if rekeyed is None:
        by_username, by_email = MatchKey.USERNAME in order, MatchKey.EMAIL in order
        rekeyed = is_rekeyed(connection, district_id, use_username=by_username, use_email=by_email)
    if not rekeyed:
        find_reissued(connection, district_id)
    by, postgres = tuple(order), is_postgres(connection)
    connection.execute(matching_steps.match(by, postgres=postgres), {"district": district_id, "rekeyed": rekeyed})
    connection.execute(text("CREATE UNIQUE INDEX matches_key ON matches (key)"))
    connection.execute(text("CREATE INDEX matches_account ON matches (account_id)"))
    analyze(connection, "matches")
    district = {"district": district_id}
    clashes = connection.execute(_ANY_LOGIN_OF_ANOTHER, district).first() is not None
    for refuse in (*_REFUSALS, *(_REFUSALS_BY_LOGIN if clashes else ())):
        connection.execute(refuse, district)
    refused = {Conflict(cause): count for cause, count in connection.execute(_CAUSES)}
    accounts = {}
    if refused:
        analyze(connection, "refused")
        accounts = {cause: _some_accounts(connection, district_id, cause) for cause in refused}
        connection.execute(_FORGET_REFUSED)
        connection.execute(_PROTECT, district)
        for step in matching_steps.protect(by, postgres=postgres):
            connection.execute(step, district)
        analyze(connection, "protected")
    return Matching(*_placed(connection), refused, accounts, rekeyed)


def counted_again(connection: Connection, matched: Matching) -> Matching:
    """How matching went, by what `matches` holds now."""
    created, recognised = _placed(connection)
    return replace(matched, created=created, recognised=recognised)


def _placed(connection: Connection) -> tuple[int, int]:
    return connection.execute(_CREATED).scalar_one(), connection.execute(_RECOGNISED).scalar_one()


def _some_accounts(connection: Connection, district_id: int | None, cause: Conflict) -> tuple[int, ...]:
    chosen = {"district": district_id, "cause": str(cause), "most": _MOST_NAMED}
    return tuple(connection.execute(_SOME_ACCOUNTS, chosen).scalars())
