"""What a district holds, by eBook."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, text

from roster_operator.ledger.ending import STANDING
from roster_operator.licensing.models import Edition, LedgerCounts, LicenseCount

_BY_EBOOK = text(f"""
    SELECT ebook, edition, COUNT(*) AS active, SUM(CASE WHEN origin = 'Sticky' THEN 1 ELSE 0 END) AS sticky,
           SUM(CASE WHEN origin = 'Purchased' THEN 1 ELSE 0 END) AS purchased, 0 AS waiting
      FROM licenses
     WHERE district_id = :district AND {STANDING}
     GROUP BY ebook, edition
    UNION ALL
    SELECT ebook, edition, 0, 0, 0, COUNT(*) FROM seat_waits WHERE district_id = :district GROUP BY ebook, edition
""")  # noqa: S608 - a constant


def count(connection: Connection, district_id: int | None) -> LedgerCounts:
    """Licenses by eBook and edition, sticky ones included, and none that has ended; and who waits for one."""
    rows = connection.execute(_BY_EBOOK, {"district": district_id}).all()
    counts: dict[tuple[str, str], LicenseCount] = {}
    for row in rows:
        before = counts.get((row.ebook, row.edition), LicenseCount(row.ebook, Edition(row.edition), 0))
        counts[row.ebook, row.edition] = replace(
            before,
            active=before.active + int(row.active),
            purchased=before.purchased + int(row.purchased),
            waiting=before.waiting + int(row.waiting),
        )
    return LedgerCounts(
        by_ebook=tuple(counts[which] for which in sorted(counts)),
        sticky=sum(int(row.sticky) for row in rows),
    )
