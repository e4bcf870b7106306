"""Whose address a request counts for: what a trusted proxy wrote, and nothing that whoever asks can write."""

from __future__ import annotations

import pytest

from roster_operator.console.proxies import TrustedProxies
from roster_operator.errors import InputError

INGRESS, BALANCER, VISITOR, OTHER = "10.20.0.7", "192.0.2.1", "203.0.113.5", "198.51.100.9"
PROXIES = TrustedProxies.parse(["10.20.0.0/16", BALANCER, "2001:db8:1::/48"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        (INGRESS, [VISITOR], VISITOR),
        (INGRESS, [f"{VISITOR}, {BALANCER}"], VISITOR),
        (INGRESS, [f" {VISITOR} ,{BALANCER},10.20.3.3"], VISITOR),
        (INGRESS, [VISITOR, BALANCER], VISITOR),
        (INGRESS, [f"{VISITOR}:51234"], VISITOR),
        (INGRESS, ["[2001:db8:7:7::1]:443"], "2001:db8:7:7::/64"),
        ("2001:db8:1::9", ["2001:db8:7:7:1:2:3:4"], "2001:db8:7:7::/64"),
        (f"::ffff:{INGRESS}", [f"::ffff:{VISITOR}"], VISITOR),
        (INGRESS, [], INGRESS),
        (INGRESS, ["10.20.1.1, 10.20.1.2"], "10.20.1.1"),
    ],
)
def test_the_last_address_that_is_no_proxys_is_the_visitors(peer: str, forwarded: list[str], visitor: str) -> None:
    assert PROXIES.visitor_of(peer, forwarded) == visitor


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        (VISITOR, [OTHER], VISITOR),
        (VISITOR, [f"{OTHER}, {INGRESS}"], VISITOR),
        (INGRESS, [f"{OTHER}, {VISITOR}"], VISITOR),
        (INGRESS, [f"{OTHER}, {INGRESS}, {VISITOR}"], VISITOR),
        (INGRESS, [OTHER, VISITOR], VISITOR),
        (INGRESS, [f"{OTHER}, x"], INGRESS),
        (INGRESS, [f"{OTHER},"], INGRESS),
        (INGRESS, ["unknown", BALANCER], BALANCER),
        (INGRESS, [f"{OTHER}, 999.1.1.1"], INGRESS),
        ("", [OTHER], ""),
        ("10.21.0.1", [OTHER], "10.21.0.1"),
    ],
)
def test_what_whoever_asks_wrote_counts_for_nothing(peer: str, forwarded: list[str], visitor: str) -> None:
    assert PROXIES.visitor_of(peer, forwarded) == visitor


def test_without_a_trusted_proxy_whatever_asks_is_the_visitor() -> None:
    assert TrustedProxies().visitor_of(VISITOR, [OTHER]) == VISITOR


@pytest.mark.parametrize("written", ["ingress", "10.20.0.1/16", "10.20.0.0/33", "*"])
def test_what_is_no_range_of_addresses_is_refused(written: str) -> None:
    with pytest.raises(InputError, match=r"--trusted-proxies \(console.trustedProxies\)"):
        TrustedProxies.parse([written])
