"""A provider that is away, or is not the one that was configured, lets nobody in, and keeps nobody waiting."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from hack.openid.server import OpenIDProvider
from hack.processes import free_ports
from tests.console.by_provider import ports, provider

from roster_operator.clock import FixedClock
from roster_operator.console.openid.flows import LONGEST, Flows
from roster_operator.console.openid.provider import Client, Provider
from roster_operator.errors import InputError
from roster_operator.service.refusals import Refused

__all__ = ["ports", "provider"]

CALLBACK = "https://console.example/sign-in/callback"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 30, 8, 0, tzinfo=UTC))


@pytest.fixture
def flows(clock: FixedClock) -> Flows:
    return Flows(lambda: b"k" * 32, clock)


def asked(issuer: str, clock: FixedClock, flows: Flows, times: int = 1) -> str:
    async def ask() -> str:
        provider = Provider(Client(issuer, "console", CALLBACK), clock)
        for _ in range(times - 1):
            with pytest.raises(Refused):
                await provider.address(flows.begin()[0])
        return await provider.address(flows.begin()[0])

    return asyncio.run(ask())


def test_one_that_names_another_issuer_is_not_asked(provider: OpenIDProvider, clock: FixedClock, flows: Flows) -> None:
    assert asked(provider.issuer, clock, flows).startswith(f"{provider.issuer}/auth?")
    for issuer in (provider.issuer.replace("127.0.0.1", "localhost"), f"{provider.issuer}/"):
        with pytest.raises(Refused) as raised:
            asked(issuer, clock, flows)
        assert "Platform: see the console's log" in raised.value.message


def test_one_that_is_away_is_not_asked_for_everybody(clock: FixedClock, flows: Flows) -> None:
    (port,) = free_ports(1)
    began = time.monotonic()
    with pytest.raises(Refused):
        asked(f"http://127.0.0.1:{port}", clock, flows, times=20)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "issuer",
    ["http://provider.example", "ftp://127.0.0.1", "provider.example", "", "http://127.0.0.1.evil.example", "https://"],
)
def test_secrets_are_sent_over_tls_or_not_off_the_machine(issuer: str, clock: FixedClock) -> None:
    with pytest.raises(InputError):
        Provider(Client(issuer, "console", CALLBACK), clock)


def test_a_sign_in_that_takes_too_long_has_ended(flows: Flows, clock: FixedClock) -> None:
    flow, cookie = flows.begin()
    clock.advance(LONGEST + timedelta(seconds=1))
    assert flows.end(cookie, flow.state) is None
    flow, cookie = flows.begin()
    assert flows.end(cookie, "another") is None
    assert flows.end(f"{cookie[:-4]}AAA=", flow.state) is None
    assert flows.end(cookie, flow.state) == flow
    assert flow.verifier not in repr(flow)
    assert flows.end(cookie, flow.state) is None
