"""Whether the ledger has lost what it held of a district, as far as the status remembers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from roster_operator.licensing.guards import Forgotten

if TYPE_CHECKING:
    from roster_operator.api.v1alpha1 import RosterIntegrationStatus
    from roster_operator.ledger.interface.district import District
    from roster_operator.ledger.interface.sync import SyncLedger

_A_SECOND: Final = timedelta(seconds=1)
"""Times of a status are cut to the second."""


def forgotten(
    ledger: SyncLedger, ledger_id: str, district: District, status: RosterIntegrationStatus
) -> Forgotten | None:
    """What `ledger` should hold of the district, if it holds nothing of it; everybody is to be looked at anew then."""
    before, last = status.ledger, status.last_sync_time
    if before is None or not before.licenses or last is None or not ledger.forgot(district, last + _A_SECOND):
        return None
    return Forgotten(before.licenses, other_ledger=before.id != ledger_id)
