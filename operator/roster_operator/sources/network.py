"""Which servers districts may name: all of the internet, and of the platform's own networks those that it allows.

Whoever may write a RosterIntegration chooses where the operator connects to, and its status tells how that went. So
each address is judged before anything is sent to it, wherever it was found (base URL, token URL, redirect), by what its
name stands for at that moment; and what is not allowed looks the same as what is not there.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from roster_operator.errors import InputError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Range = ipaddress.IPv4Network | ipaddress.IPv6Network


class _Place(NamedTuple):
    family: socket.AddressFamily
    kind: socket.SocketKind
    protocol: int
    address: Any


_NAME: Final = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as NAT64 writes them (RFC 6052)."""
_OF_NO_INTERNET: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10", "5f00::/16", "168.63.129.16/32")
)
"""Beside those that are known as private: IPv4 addresses as further translators write them (RFC 4291, 7915, 8215),
a site's or segment's own addresses, and that from which Azure's machines get their settings."""
_ALL: Final = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


class AddressNotAllowed(OSError):
    """The address is none that districts may name, as far as it is known."""

    def __init__(self, *, literal: bool) -> None:
        """`literal`: it stands in the URL; else a name does, and no address that is allowed was found for it."""
        super().__init__("address not allowed")
        self.literal = literal


@dataclass(frozen=True, slots=True)
class Servers:
    """Some of the network: ranges of addresses, and names."""

    ranges: tuple[_Range, ...] = ()
    names: frozenset[str] = frozenset()
    """Host names; `*.example.org` stands for all below a domain."""

    @classmethod
    def parse(cls, written: Iterable[str]) -> Servers:
        """Each an address, a range such as 10.20.0.0/16, or a name; raises `InputError`."""
        ranges: list[_Range] = []
        names: set[str] = set()
        for text in written:
            name = text.strip().lower().rstrip(".")
            try:
                ranges.append(ipaddress.ip_network(name))
            except ValueError:
                if not _NAME.fullmatch(name) or re.fullmatch(r"[0-9./]+", name):
                    raise InputError(
                        f"{text!r} is no address, no range such as 10.20.0.0/16, and no name such as sis.example.org "
                        "or *.example.org."
                    ) from None
                names.add(name)
        return cls(tuple(ranges), frozenset(names))

    def hold(self, address: _Address) -> bool:
        """Whether an address is among the ranges."""
        return any(address in each for each in self.ranges)

    def name(self, host: str) -> bool:
        """Whether a host is among the names."""
        if host in self.names:
            return True
        labels = host.split(".")
        return any(f"*.{'.'.join(labels[cut:])}" in self.names for cut in range(1, len(labels)))


@dataclass(frozen=True, slots=True)
class Network:
    """Who may be connected to. Denied counts more than allowed."""

    allowed: Servers = Servers(_ALL)
    """Beside the internet."""
    denied: Servers = Servers()

    def connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """A connection to the first address of a host that is allowed and answers.

        Raises `AddressNotAllowed` before anything was sent, also for a name that is not known, if it may be one of
        the platform's own; else what `socket.create_connection` raises.
        """
        failure: OSError | None = None
        for place in self._looked_up(host, port):
            connection = socket.socket(place.family, place.kind, place.protocol)
            try:
                connection.settimeout(timeout)
                connection.connect(place.address)
            except OSError as error:
                connection.close()
                failure = error
            else:
                return connection
        raise failure or AddressNotAllowed(literal=_address(host) is not None)

    def check(self, host: str) -> None:
        """Raise `AddressNotAllowed` for a host that somebody else looks up, as far as the URL shows it: a proxy."""
        address = _address(host)
        if address is not None and not self._permits(address):
            raise AddressNotAllowed(literal=True)
        if address is None and self.denied.name(_normal(host)):
            raise AddressNotAllowed(literal=False)

    def _looked_up(self, host: str, port: int) -> Iterator[_Place]:
        name = _normal(host)
        if self.denied.name(name):
            return
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            if self.unrestricted:
                raise
            return
        for family, kind, protocol, _, place in found:
            address = _address(str(place[0]))
            if (
                address is not None
                and not self.denied.hold(address)
                and (self.allowed.name(name) or self._permits(address))
            ):
                yield _Place(family, kind, protocol, place)

    @property
    def unrestricted(self) -> bool:
        """Whether everything may be named."""
        return self.allowed.ranges == _ALL and self.denied == Servers()

    def _permits(self, address: _Address) -> bool:
        if self.denied.hold(address):
            return False
        if self.allowed.hold(address):
            return True
        own = address.is_multicast or any(address in each for each in _OF_NO_INTERNET)
        return address.is_global and not own


ANYWHERE: Final = Network()


def _address(text: str) -> _Address | None:
    """The address that a text is, as it counts: the IPv4 address of one that is translated to it; None for a name."""
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _normal(host: str) -> str:
    return host.lower().rstrip(".")
