"""Which servers districts may name, and that nothing is told of those that they may not."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from roster_operator.errors import InputError
from roster_operator.sources.network import ANYWHERE, AddressNotAllowed, Network, Servers


def network(*allow: str, deny: tuple[str, ...] = ()) -> Network:
    return Network(Servers.parse(allow), Servers.parse(deny))


@pytest.fixture
def listening() -> Iterator[int]:
    """The port of a server on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What DNS says here: by name, addresses."""
    answers: dict[str, list[str]] = {}
    asked = socket.getaddrinfo

    def look_up(host: str, port: int, **kind: int) -> object:
        if host in answers:
            return [found for address in answers[host] for found in asked(address, port, **kind)]
        if any(letter.isalpha() and ":" not in host for letter in host):
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return asked(host, port, **kind)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "10.96.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.96.0.1",
        "64:ff9b::a60:1",
        "2002:a60:1::1",
        "ff02::1",
        "::a60:1",
        "::ffff:0:a60:1",
        "64:ff9b:1::a60:1",
        "fec0::1",
        "5f00::1",
        "168.63.129.16",
        "::ffff:168.63.129.16",
    ],
)
def test_an_address_of_the_platforms_own_networks_is_not_connected_to(address: str) -> None:
    with pytest.raises(AddressNotAllowed) as refused:
        network().connect(address, 443, 0.1)

    assert refused.value.literal
    with pytest.raises(AddressNotAllowed):
        network().check(address)


def test_addresses_of_the_internet_may_be_named() -> None:
    for address in ("93.184.215.14", "2606:2800:21f:cb07::1"):
        network().check(address)


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.0/8", "sis.example.org", "*.example.org"])
def test_what_is_allowed_is_connected_to(allowed: str, listening: int, known: dict[str, list[str]]) -> None:
    known["sis.example.org"] = ["127.0.0.1"]

    network(allowed).connect("sis.example.org", listening, 5).close()


def test_a_name_is_judged_by_what_it_stands_for_at_that_moment(listening: int, known: dict[str, list[str]]) -> None:
    known["rebound.example.org"] = ["127.0.0.1"]

    with pytest.raises(AddressNotAllowed):
        network().connect("rebound.example.org", listening, 5)


def test_of_several_addresses_those_that_are_allowed_are_tried(listening: int, known: dict[str, list[str]]) -> None:
    known["sis.example.org"] = ["127.0.0.2", "127.0.0.1"]

    network("127.0.0.1").connect("sis.example.org", listening, 5).close()


def test_a_name_of_the_cluster_looks_the_same_whether_it_is_there_or_not(known: dict[str, list[str]]) -> None:
    known["postgres.database.svc"] = ["127.0.0.1"]

    answers = set()
    for name in ("postgres.database.svc", "nothing.database.svc"):
        with pytest.raises(AddressNotAllowed) as refused:
            network().connect(name, 5432, 5)
        answers.add((refused.value.literal, str(refused.value)))

    assert len(answers) == 1


@pytest.mark.parametrize("denied", ["sis.example.org", "*.example.org", "93.184.215.0/24"])
def test_what_is_denied_is_not_connected_to_even_if_it_is_allowed(denied: str, known: dict[str, list[str]]) -> None:
    known["sis.example.org"] = ["93.184.215.14"]

    with pytest.raises(AddressNotAllowed):
        network("sis.example.org", "0.0.0.0/0", deny=(denied,)).connect("sis.example.org", 443, 5)


def test_without_a_bound_a_name_that_is_not_known_says_so(known: dict[str, list[str]]) -> None:
    with pytest.raises(socket.gaierror):
        ANYWHERE.connect("nothing.example.org", 443, 5)


@pytest.mark.parametrize(
    "written", ["", "10.20.0.0/40", "10.20.0.5/16", "a b", "https://sis.example.org", "*", "1.2.3"]
)
def test_what_names_no_server_is_refused_with_what_would(written: str) -> None:
    with pytest.raises(InputError, match=r"10\.20\.0\.0/16"):
        Servers.parse([written])
