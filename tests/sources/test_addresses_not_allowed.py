"""No source of any type connects to a server that districts may not name, nor says what is there."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.sources.support.sockets import misbehaving_server, send_json
from tests.support.clocks import HurriedClock

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.errors import SourceError, SourceUnreachable
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.network import Network, Servers
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source

SSH_KEY = "[127.0.0.1]:22 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJpYdc8gX0eTnV8mZ0FQx3o0yXQK0xk9rWJq5l0Zb7aC"


class Port:
    """A port on which something listens, and who came."""

    def __init__(self) -> None:
        self.visits = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.number: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@pytest.fixture
def port() -> Iterator[Port]:
    listening = Port()
    yield listening
    listening.close()


def failure(source: dict[str, Any], *allow: str) -> SourceError:
    """Why the source of a district cannot be read, where the platform allows only the internet and `allow`."""
    integration = RosterIntegration.model_validate(
        {"metadata": {"name": "d", "namespace": "n"}, "spec": {"source": {"secretRef": {"name": "sis"}, **source}}}
    )
    clock = HurriedClock()
    opened = open_source(
        integration,
        Credentials("key", "secret", known_hosts=SSH_KEY),
        clock,
        Interruption(clock, 60),
        reach=Reach(network=Network(Servers.parse(allow))),
    )
    try:
        with pytest.raises(SourceError) as caught:
            opened.probe()
        return caught.value
    finally:
        opened.close()


SOURCES = {
    "OneRoster": {"baseURL": "http://127.0.0.1:{port}"},
    "OneRosterCSV over HTTP": {"type": "OneRosterCSV", "baseURL": "http://127.0.0.1:{port}/roster.zip"},
    "OneRosterCSV over SFTP": {"type": "OneRosterCSV", "baseURL": "sftp://127.0.0.1:{port}/in"},
    "PowerSchool": {"type": "PowerSchool", "baseURL": "http://127.0.0.1:{port}"},
}


def on(source: dict[str, str], number: int) -> dict[str, str]:
    return {name: text.replace("{port}", str(number)) for name, text in source.items()}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_nothing_is_connected_to_and_open_ports_look_like_closed_ones(source: dict[str, str], port: Port) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        free = closed.getsockname()[1]

    told = {number: failure(on(source, number)) for number in (port.number, free)}

    assert port.visits == 0
    assert {type(each) for each in told.values()} == {SourceUnreachable}
    assert len({each.message.replace(str(number), "PORT") for number, each in told.items()}) == 1
    assert "addresses.allow" in told[free].message


@pytest.mark.parametrize("name", ["localhost", "nothing.database.svc", "kubernetes.default.svc"])
def test_names_of_the_cluster_tell_nothing_either(name: str, port: Port) -> None:
    error = failure({"baseURL": f"http://{name}:{port.number}"})

    assert port.visits == 0
    assert "stands for no address that districts may name here" in error.message


def test_a_token_is_not_asked_for_there_either(port: Port) -> None:
    def answer(connection: socket.socket, _: object) -> None:
        send_json(connection, json.loads('{"error": "unauthorized"}'))

    with misbehaving_server(answer) as sis:
        source = {"baseURL": sis, "tokenURL": f"http://127.0.0.2:{port.number}/token", "auth": "OAuth2"}
        error = failure(source, "127.0.0.1")

    assert port.visits == 0
    assert "may not name here" in error.message
