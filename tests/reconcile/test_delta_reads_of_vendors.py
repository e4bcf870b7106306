"""Delta reads of every vendor's server: what the vendor's habits allow, and never a license less."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.reconcile.multi_day_harness import DAY, Nights, simulated
from tests.sources.vendors.sis import simulated_by

from roster_operator import vendors
from roster_operator.reconcile.contract import Trigger
from roster_operator.sources.credentials import Credentials

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("vendor", vendors.names())
def test_a_night_with_a_vendors_server(tmp_path: Path, vendor: str) -> None:
    with simulated(60, vendor=simulated_by(vendor)) as district:
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        scene = nights.scene
        scene.spec["source"]["vendor"] = vendor
        if district.vendor.shows_token_url:
            scene.spec["source"]["tokenURL"] = district.token_url
        if district.access.auth == "bearer":
            scene.credentials = Credentials("", "", token=district.client_secret)
        _keep_time(nights)
        nights.begin()
        nights.clock.advance(DAY)
        _keep_time(nights)
        nights.change("student-arrives,count=2", "student-leaves:S1000010")
        nights.sync()
        assert nights.reads in {("Delta", "Unchanged"), ("Full", "NotTold")}
        assert scene.licenses() >= scene.expected()
        assert scene.status["provider"]["totals"] in {"Right", "Absent"}
        nights.sync(trigger=Trigger.REQUESTED)
        assert scene.licenses() == scene.expected()
        scene.close()


def _keep_time(nights: Nights) -> None:
    """Signatures are good for minutes: let the server's clock show the scene's time."""
    nights.district.clear_faults()
    ahead = nights.clock.now() - datetime.now(UTC)
    nights.district.fault(f"clock-skew={ahead.total_seconds():.0f}")
