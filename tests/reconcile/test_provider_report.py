"""When a server is looked at, what the status says of it, and that it does not change for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from tests.reconcile.multi_day_harness import DAY, NIGHT, Nights, simulated

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Outcome, Trigger
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import open_oneroster
from roster_operator.sources.oneroster.from_spec import oneroster_settings
from roster_operator.sources.registry import open_source
from roster_operator.sources.source import RosterSource

pytestmark = pytest.mark.slow

PROBED_AND_READ = 4
"""Requests for enrollments of a sync that examines nothing, at most: the probe's, and pages to compare and to read."""


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Nights]:
    """A district without delta reads."""
    with simulated() as district:
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        del nights.scene.spec["source"]["delta"]
        yield nights
        nights.scene.close()


def test_a_server_is_looked_at_on_first_contact_and_then_left_alone(plain: Nights) -> None:
    plain.sync()
    first = plain.scene.status["provider"]
    assert plain.asked("/enrollments") > PROBED_AND_READ
    assert first["examinedTime"] == "2026-10-06T02:00:00Z"
    assert (first["totals"], first["links"], first["sort"]) == ("Right", "Present", "Honoured")
    for _ in range(3):
        plain.night("student-arrives")
        assert plain.scene.status["provider"] == first
        assert plain.asked("/enrollments") <= PROBED_AND_READ


def test_it_is_looked_at_again_on_request_for_a_new_spec_and_after_a_month(plain: Nights) -> None:
    plain.sync()
    plain.district.fault("ignore-sort")
    plain.night()
    assert plain.scene.status["provider"]["sort"] == "Honoured"
    plain.sync(trigger=Trigger.REQUESTED)
    assert plain.scene.status["provider"]["sort"] == "Ignored"
    plain.district.clear_faults()
    plain.scene.change_spec(interval="12h")
    plain.sync()
    assert plain.scene.status["provider"]["sort"] == "Honoured"
    plain.district.fault("no-link")
    plain.clock.advance(30 * DAY)
    plain.sync()
    assert plain.scene.status["provider"]["links"] == "Absent"


def test_in_setup_mode_too(plain: Nights) -> None:
    plain.scene.spec["live"] = False
    plain.sync(Outcome.PLANNED)
    assert plain.scene.status["provider"]["dates"] == "Constant"


class OnlyPages(httpx2.HTTPTransport):
    """The network to a server that breaks off whatever it is asked beside its pages."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = request.url.params
        if int(asked.get("limit", 5000)) < 5000:
            raise httpx2.ReadError("broken off")
        return super().handle_request(request)


def test_a_server_that_cannot_be_looked_at_is_read_all_the_same(plain: Nights) -> None:
    def open_breaking(
        integration: RosterIntegration, credentials: Credentials, clock: Clock, interruption: Interruption
    ) -> RosterSource:
        settings = oneroster_settings(integration.spec.source)
        return open_oneroster(settings, credentials, clock=clock, interruption=interruption, transport=OnlyPages())

    plain.scene.open_source = open_breaking
    plain.sync()
    assert "provider" not in plain.scene.status
    assert plain.scene.licenses() == plain.scene.expected()
    plain.scene.open_source = open_source
    plain.night("student-arrives")
    assert plain.scene.status["provider"]["totals"] == "Right"


def test_what_was_learnt_outlasts_a_failure(plain: Nights) -> None:
    plain.sync()
    first = plain.scene.status["provider"]
    plain.clock.advance(DAY)
    plain.district.fault("error=503")
    plain.sync(Outcome.INCOMPLETE)
    assert plain.scene.status["provider"] == first


def test_pages_are_asked_for_as_large_as_the_server_gives_them(tmp_path: Path) -> None:
    with simulated(400) as district:
        district.fault("clamp=200")
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        nights.begin()
        assert nights.scene.status["provider"]["largestPage"] == 200
        nights.clock.advance(timedelta(hours=1))
        nights.sync(trigger=Trigger.SECRET_CHANGED)
        assert nights.scene.licenses() == nights.scene.expected()
        nights.scene.close()


@pytest.mark.parametrize("allowed", [1, 2])
def test_no_more_is_asked_at_once_than_is_allowed(tmp_path: Path, allowed: int) -> None:
    with simulated(400) as district:
        nights = Nights(district, f"sqlite:///{tmp_path / 'ledger.sqlite'}")
        nights.scene.spec["source"] |= {"concurrency": allowed, "pageSize": 100}
        nights.begin()
        assert nights.scene.status["provider"]["sort"] == "Honoured"
        assert district.stats()["most_parallel"] == allowed
        nights.scene.close()


def test_the_words_of_another_version_are_no_reason_to_fail(plain: Nights) -> None:
    plain.sync()
    plain.scene.status["provider"] |= {"dates": "Sometimes", "dateFilter": "Perhaps", "new": 1}
    plain.night()
    assert plain.clock.now() == NIGHT + DAY
    assert plain.scene.licenses() == plain.scene.expected()
