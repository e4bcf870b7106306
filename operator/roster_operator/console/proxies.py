"""Whose address a request counts for, where proxies stand before the console.

A proxy writes the address that it was asked from behind those that it was sent (`X-Forwarded-For`), so all but what
our own proxies wrote may be made up by whoever asks. `Forwarded` (RFC 7239) is not read: a proxy that writes one of
the two lets the other through as it came, and then it is whoever asks that wrote it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from roster_operator.errors import InputError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_FORWARDED_FOR: Final = "X-Forwarded-For"
_WITH_PORT: Final = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}")
_OF_ONE_VISITOR: Final = 64
"""Bits of an IPv6 address: one visitor has all that begin with them (RFC 6177)."""


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Those whose word is taken about whom they were asked by."""

    ranges: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def parse(cls, written: Iterable[str]) -> TrustedProxies:
        """Each an address, or a range such as 10.20.0.0/16; raises `InputError`."""
        try:
            return cls(tuple(ipaddress.ip_network(each.strip()) for each in written))
        except ValueError:
            raise InputError(
                "A trusted proxy is an address or a range such as 10.20.0.0/16. Platform: correct --trusted-proxies "
                "(console.trustedProxies)."
            ) from None

    def visitor(self, request: web.Request) -> str:
        """Of a request: the last address that none of them has, or what asked if that is none of them."""
        return self.visitor_of(request.remote or "", request.headers.getall(_FORWARDED_FOR, ()))

    def visitor_of(self, peer: str, forwarded: Iterable[str]) -> str:
        """`peer`: what the connection is from; `forwarded`: the headers, in their order."""
        address = _address(peer)
        if address is None:
            return peer
        for before in _from_the_last(forwarded):
            if before is None or not self._hold(address):
                break
            address = before
        return _one_visitor(address)

    def _hold(self, address: _Address) -> bool:
        return any(address in each for each in self.ranges)


def _from_the_last(forwarded: Iterable[str]) -> Iterator[_Address | None]:
    """The addresses that proxies wrote, the last one first; None for what is none."""
    for each in reversed([part for header in forwarded for part in header.split(",")]):
        yield _address(each)


def _address(text: str) -> _Address | None:
    """An address, with a port or without; one of IPv4 that is written as IPv6 is the one of IPv4."""
    text = text.strip()
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _one_visitor(address: _Address) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), _OF_ONE_VISITOR), strict=False))
    return str(address)


NO_PROXIES: Final = TrustedProxies()
"""Whatever asks is the visitor."""
