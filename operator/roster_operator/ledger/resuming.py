"""What was granted by hand under a block goes on when the block has ended by itself.

The block took the license and left the grant as it was. A block that somebody ends gives it back at once (`by_hand`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from roster_operator.ledger.engine import lock_journal
from roster_operator.ledger.overriding import STANDING
from roster_operator.ledger.planning import Why
from roster_operator.ledger.statements import with_now

_RESUMED: Final = f"""
      FROM overrides
     WHERE overrides.district_id = :district AND overrides.kind = 'Grant' AND {STANDING}
       AND NOT EXISTS (
        SELECT 1 FROM licenses
         WHERE licenses.account_id = overrides.account_id AND licenses.ebook = overrides.ebook
           AND licenses.edition = overrides.edition)
       AND NOT EXISTS (
        SELECT 1 FROM overrides block
         WHERE block.account_id = overrides.account_id AND block.kind = 'Block'
           AND block.edition = overrides.edition AND block.ebook IN ('', overrides.ebook))
"""  # noqa: S608 - a constant
_JOURNAL_RESUMED: Final = with_now(f"""
    INSERT INTO journal
           (run_id, district_id, account_id, ebook, edition, change, why, at, actor, origin, since, until)
    SELECT :run, :district, account_id, ebook, edition, 'Granted', '{Why.UNBLOCKED}', :now, :actor, 'Sticky', created,
           until {_RESUMED}
""")
_RESUME: Final = text(f"""
    INSERT INTO licenses (district_id, account_id, ebook, edition, origin, since, until)
    SELECT :district, account_id, ebook, edition, 'Sticky', created, until {_RESUMED}
""")
_ANY: Final = text(f"SELECT 1 {_RESUMED} LIMIT 1")


def resume(connection: Connection, district_id: int, *, run: str, now: datetime, actor: str) -> int:
    """Once blocks that have ended are cleared away: let what was granted under them go on by hand; how many."""
    if connection.execute(_ANY, {"district": district_id}).first() is None:
        return 0
    lock_journal(connection)
    connection.execute(_JOURNAL_RESUMED, {"district": district_id, "run": run, "now": now, "actor": actor})
    return connection.execute(_RESUME, {"district": district_id}).rowcount
