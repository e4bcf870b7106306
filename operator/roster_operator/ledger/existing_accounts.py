"""Accounts whose licenses from before would end though their people may come: not recognized, or not on the roster."""

from __future__ import annotations

from sqlalchemy import Connection, text

from roster_operator.ledger.matching import Matching
from roster_operator.licensing.login_formats import (
    MOST_COMING,
    MOST_EXISTING,
    ExistingAccounts,
    Logins,
    bridge,
    form,
)

_LOST = """
    FROM accounts
   WHERE accounts.sourced_id IS NULL AND accounts.id IN (SELECT account_id FROM removals WHERE key IS NULL)
"""
_COUNT_LOST = text(f"SELECT COUNT(*) {_LOST}")
_LOST_LOGINS = text(
    f"SELECT accounts.username, accounts.email, accounts.identifier {_LOST} ORDER BY accounts.id LIMIT :most"
)
_COMING_LOGINS = text("""
    SELECT staged.username, staged.email, staged.identifier
      FROM matches JOIN staged ON staged.key = matches.key
     WHERE matches.account_id IS NULL AND matches.key IN (SELECT key FROM staged_entitlements)
     ORDER BY matches.key LIMIT :most
""")
_UNLIKE = 90
"""Percent of those who could be recognized; if fewer are, the forms of their logins are compared."""


def compare(connection: Connection, matched: Matching) -> ExistingAccounts | None:
    """How far they are recognized; None if there are none, or too few. Removals were planned, in `removals`."""
    lost = connection.execute(_COUNT_LOST).scalar_one()
    coming = matched.created + matched.recognised
    found = ExistingAccounts(matched.recognised, matched.recognised + lost, coming)
    if found.few:
        return None
    if found.percent >= _UNLIKE:
        return found
    existing = [Logins(*row) for row in connection.execute(_LOST_LOGINS, {"most": MOST_EXISTING})]
    unknown = [Logins(*row) for row in connection.execute(_COMING_LOGINS, {"most": MOST_COMING})]
    return ExistingAccounts(
        found.recognized, found.existing, found.coming, form(existing), form(unknown), bridge(unknown, existing)
    )
