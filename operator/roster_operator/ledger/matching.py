"""Which account of the district is which staged person. Nothing is merged and nothing taken over.

A person is recognised by sourcedId; else, among accounts that no person of a roster was linked to yet, by the first of
username and email (in the order given) that finds any. Linked accounts are among them only when the SIS changed every
sourcedId (`rekeying`), and then one whose identifier is another is not. Refused, because a wrong guess would give a
child's licenses to another:

- the login finds several accounts, or username and email find different ones;
- several persons find the same account;
- a person who is new here, or whose login changes, would share it with another account or another staged person.

A login is the username; the email counts where one of the two has no username, since families share emails. An account
that already has its login keeps it. Refused persons leave everything as it is: neither they nor the accounts that they
may be lose or gain anything. Changed persons alone are staged; all others are met through their accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from roster_operator.ledger.rekeying import is_rekeyed
from roster_operator.ledger.staging import analyze
from roster_operator.licensing.models import MatchBy

_MATCH = text("""
    INSERT INTO matches (key, account_id, linked, moves, ambiguous)
    WITH by_username AS (
        SELECT username_key, COUNT(*) AS accounts, MIN(id) AS account_id
          FROM accounts
         WHERE district_id = :district AND (sourced_id IS NULL OR :rekeyed) AND :use_username
           AND username_key IN (SELECT username_key FROM staged WHERE username_key <> '')
         GROUP BY username_key
    ), by_email AS (
        SELECT email_key, COUNT(*) AS accounts, MIN(id) AS account_id
          FROM accounts
         WHERE district_id = :district AND (sourced_id IS NULL OR :rekeyed) AND :use_email
           AND email_key IN (SELECT email_key FROM staged WHERE email_key <> '')
         GROUP BY email_key
    ), found AS (
        SELECT staged.key, staged.username_key, staged.email_key, staged.identifier, own.id AS own_id,
               COALESCE(by_username.accounts, 0) AS usernames, COALESCE(by_email.accounts, 0) AS emails,
               CASE WHEN own.id IS NOT NULL THEN own.id
                    WHEN :username_first THEN COALESCE(by_username.account_id, by_email.account_id)
                    ELSE COALESCE(by_email.account_id, by_username.account_id) END AS account_id,
               CASE WHEN :username_first THEN COALESCE(by_username.accounts, by_email.accounts, 0)
                    ELSE COALESCE(by_email.accounts, by_username.accounts, 0) END AS decisive
          FROM staged
          LEFT JOIN accounts own ON own.district_id = :district AND own.sourced_id = staged.key
          LEFT JOIN by_username ON by_username.username_key = staged.username_key
          LEFT JOIN by_email ON by_email.email_key = staged.email_key
         WHERE NOT staged.gone
    )
    SELECT found.key, found.account_id, found.own_id IS NOT NULL,
           accounts.id IS NULL
               OR accounts.username_key <> found.username_key OR accounts.email_key <> found.email_key,
           found.own_id IS NULL AND accounts.id IS NOT NULL AND (
               found.decisive > 1
               OR (found.usernames > 0 AND accounts.username_key <> found.username_key)
               OR (found.emails > 0 AND accounts.email_key <> found.email_key)
               OR (accounts.sourced_id IS NOT NULL AND accounts.identifier <> '' AND found.identifier <> ''
                   AND accounts.identifier <> found.identifier))
      FROM found LEFT JOIN accounts ON accounts.id = found.account_id
""")

_REFUSE = text("""
    INSERT INTO refused (key)
    SELECT key FROM matches WHERE ambiguous
    UNION
    SELECT key FROM matches WHERE account_id IN (
        SELECT account_id FROM matches WHERE account_id IS NOT NULL GROUP BY account_id HAVING COUNT(*) > 1)
    UNION
    SELECT matches.key FROM matches JOIN staged ON staged.key = matches.key
     WHERE matches.moves AND staged.username_key IN (
        SELECT username_key FROM staged WHERE NOT gone AND username_key <> ''
         GROUP BY username_key HAVING COUNT(*) > 1)
    UNION
    SELECT matches.key FROM matches JOIN staged ON staged.key = matches.key
     WHERE matches.moves AND staged.email_key IN (
        SELECT email_key FROM staged WHERE NOT gone AND email_key <> ''
         GROUP BY email_key HAVING COUNT(*) > 1 AND MIN(username_key) = '')
    UNION
    SELECT matches.key FROM matches JOIN staged ON staged.key = matches.key
     WHERE matches.moves AND staged.username_key <> '' AND EXISTS (
        SELECT 1 FROM accounts
         WHERE accounts.district_id = :district AND accounts.username_key = staged.username_key
           AND accounts.id <> COALESCE(matches.account_id, 0))
    UNION
    SELECT matches.key FROM matches JOIN staged ON staged.key = matches.key
     WHERE matches.moves AND staged.email_key <> '' AND EXISTS (
        SELECT 1 FROM accounts
         WHERE accounts.district_id = :district AND accounts.email_key = staged.email_key
           AND accounts.id <> COALESCE(matches.account_id, 0)
           AND (accounts.username_key = '' OR staged.username_key = ''))
""")

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
    refused: int
    rekeyed: bool = False
    """Whether links to sourcedIds counted for nothing."""


def match(connection: Connection, district_id: int | None, order: Sequence[MatchBy]) -> Matching:
    """Fill `matches` with the persons that have a place, `refused` with the others, and `protected`."""
    logins = [by for by in order if by is not MatchBy.SOURCED_ID]
    choice: dict[str, Any] = {
        "district": district_id,
        "use_username": MatchBy.USERNAME in logins,
        "use_email": MatchBy.EMAIL in logins,
        "username_first": logins[:1] == [MatchBy.USERNAME],
    }
    choice["rekeyed"] = rekeyed = is_rekeyed(
        connection, district_id, use_username=choice["use_username"], use_email=choice["use_email"]
    )
    connection.execute(_MATCH, choice)
    connection.execute(text("CREATE UNIQUE INDEX matches_key ON matches (key)"))
    connection.execute(text("CREATE INDEX matches_account ON matches (account_id)"))
    analyze(connection, "matches")
    refused = connection.execute(_REFUSE, {"district": district_id}).rowcount
    if refused:
        analyze(connection, "refused")
        connection.execute(_FORGET_REFUSED)
        connection.execute(_PROTECT, {"district": district_id})
        analyze(connection, "protected")
    return counted(connection, refused, rekeyed=rekeyed)


def counted(connection: Connection, refused: int, *, rekeyed: bool) -> Matching:
    """How matching went, by what `matches` holds now."""
    return Matching(
        created=connection.execute(_CREATED).scalar_one(),
        recognised=connection.execute(_RECOGNISED).scalar_one(),
        refused=refused,
        rekeyed=rekeyed,
    )
