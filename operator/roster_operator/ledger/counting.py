"""What a district holds, by eBook."""

from __future__ import annotations

from sqlalchemy import Connection, text

from roster_operator.ledger.ending import STANDING
from roster_operator.licensing.models import Edition, LedgerCounts, LicenseCount

_BY_EBOOK = text(f"""
    SELECT ebook, edition, COUNT(*) AS active, SUM(CASE WHEN origin = 'Sticky' THEN 1 ELSE 0 END) AS sticky,
           SUM(CASE WHEN origin = 'Purchased' THEN 1 ELSE 0 END) AS purchased
      FROM licenses
     WHERE district_id = :district AND {STANDING}
     GROUP BY ebook, edition
     ORDER BY ebook, edition
""")  # noqa: S608 - a constant


_WAITING = text("SELECT ebook, edition, COUNT(*) FROM seat_waits WHERE district_id = :district GROUP BY ebook, edition")


def count(connection: Connection, district_id: int | None) -> LedgerCounts:
    """Licenses by eBook and edition, sticky ones included, and none that has ended."""
    rows = connection.execute(_BY_EBOOK, {"district": district_id}).all()
    waiting = {
        (name, edition): count for name, edition, count in connection.execute(_WAITING, {"district": district_id})
    }
    counts = {
        (row.ebook, row.edition): LicenseCount(
            row.ebook,
            Edition(row.edition),
            int(row.active),
            int(row.purchased),
            waiting.pop((row.ebook, row.edition), 0),
        )
        for row in rows
    }
    counts |= {
        (name, edition): LicenseCount(name, Edition(edition), 0, 0, count) for (name, edition), count in waiting.items()
    }
    return LedgerCounts(
        by_ebook=tuple(counts[which] for which in sorted(counts)),
        sticky=sum(int(row.sticky) for row in rows),
    )
