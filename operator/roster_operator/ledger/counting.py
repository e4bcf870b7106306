"""What a district holds, by eBook."""

from __future__ import annotations

from sqlalchemy import Connection, text

from roster_operator.ledger.ending import STANDING
from roster_operator.licensing.models import Edition, LedgerCounts, LicenseCount

_BY_EBOOK = text(f"""
    SELECT ebook, edition, COUNT(*) AS active, SUM(CASE WHEN origin = 'Sticky' THEN 1 ELSE 0 END) AS sticky
      FROM licenses
     WHERE district_id = :district AND {STANDING}
     GROUP BY ebook, edition
     ORDER BY ebook, edition
""")  # noqa: S608 - a constant


def count(connection: Connection, district_id: int | None) -> LedgerCounts:
    """Licenses by eBook and edition, sticky ones included, and none that has ended."""
    rows = connection.execute(_BY_EBOOK, {"district": district_id}).all()
    return LedgerCounts(
        by_ebook=tuple(LicenseCount(row.ebook, Edition(row.edition), int(row.active)) for row in rows),
        sticky=sum(int(row.sticky) for row in rows),
    )
