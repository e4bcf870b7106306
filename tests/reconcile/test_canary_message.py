"""What the status says of a canary is short, and who acts is in it, however long the names of schools are."""

from __future__ import annotations

import pytest

from roster_operator.api.v1alpha1 import Canary
from roster_operator.reconcile.canary import status_of
from roster_operator.reconcile.report import Promotion


@pytest.mark.parametrize("disputed", [0, 12])
@pytest.mark.parametrize("school", ["n", "Springfield Middle School of the Sciences and the Arts, West Campus"])
def test_it_says_who_acts(school: str, disputed: int) -> None:
    canary = Canary(schools=(f"{school} 1", f"{school} 2", f"{school} 3", f"{school} 4"))
    promotion = Promotion(grants=120_000, revocations=1_200, held=1_200, digest="d", disputed=disputed)
    told = status_of(canary, "", promotion, live=True).message
    assert "Promotion would grant 120000 licenses and remove 1200, of which 1200 would wait." in told
    assert "Publisher: remove spec.canary when this is right." in told
    assert ("12 persons there wait for promotion" in told) == bool(disputed)
