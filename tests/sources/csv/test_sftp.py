"""Files come from an SFTP server that proved who it is, and from no other."""

from __future__ import annotations

import logging
import os
import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from tests.sources.csv.opened import opened, read
from tests.sources.csv.sets import CsvSet
from tests.sources.csv.sftp_server import PASSWORD, USER, SftpServer, sftp_server

from district_simulator.library import SimulatedDistrict
from roster_operator.clock import SystemClock
from roster_operator.errors import (
    CredentialsMissing,
    CredentialsRejected,
    HostNotTrusted,
    ReadIncomplete,
    RosterOperatorError,
    SourceUnreachable,
    TimedOut,
    WrongURL,
)
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.source import Complete


@pytest.fixture(scope="module")
def whole() -> CsvSet:
    return CsvSet.of(SimulatedDistrict(students=60, schools=2, seed=3))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    (tmp_path / "in").mkdir()
    with sftp_server(tmp_path) as server:
        yield server


def enrolled(server: SftpServer, path: str = "/in", credentials: Credentials | None = None) -> int:
    with opened(server.url(path), credentials=credentials or server.credentials()) as source:
        assert not source.probe().refused
        rows, outcome = read(source.enrollments())
        assert isinstance(outcome, Complete), outcome
        return len(rows)


def test_a_zip_a_folder_and_sets_in_a_folder_are_read(server: SftpServer, whole: CsvSet) -> None:
    expected = len(whole.tables["enrollments"])
    whole.zip(server.root / "in" / "roster-20261124.zip")
    assert enrolled(server) == expected
    assert enrolled(server, "/in/roster-20261124.zip") == expected
    whole.folder(server.root / "loose")
    assert enrolled(server, "/loose/") == expected
    assert enrolled(server, "/~/loose") == expected
    fewer = whole.lack("enrollments", *list(whole.tables["enrollments"])[:5])
    fewer.since(whole).zip(server.root / "in" / "roster-20261125.zip")
    assert enrolled(server) == expected
    fewer.folder(server.root / "in" / "roster-20261126")
    assert enrolled(server) == expected - 5


def test_only_the_files_of_a_roster_are_opened(server: SftpServer, whole: CsvSet) -> None:
    folder = whole.folder(server.root / "in")
    for name in ("demographics.csv", "userProfiles.csv", "notes.txt"):
        (folder / name).write_text("private")
    enrolled(server)
    assert {Path(path).name for path in server.opened} == {f"{name}.csv" for name in (*whole.tables, "manifest")}


def test_a_key_signs_in_without_a_password(server: SftpServer, whole: CsvSet) -> None:
    whole.zip(server.root / "in" / "roster.zip")
    keys = server.credentials(client_secret="", private_key=server.private_key)
    assert enrolled(server, credentials=keys)
    assert enrolled(server, credentials=server.credentials(known_hosts=server.bare_key))
    assert set(server.logins) == {USER}


def failed(server: SftpServer, error: type[RosterOperatorError], path: str = "/in", **keys: str) -> str:
    with pytest.raises(error) as caught, opened(server.url(path), credentials=server.credentials(**keys)) as source:
        source.probe()
    assert PASSWORD not in caught.value.message
    assert USER not in caught.value.message.replace("sftp://", "")
    return caught.value.message


def test_a_server_with_another_key_is_told_nothing(server: SftpServer, whole: CsvSet) -> None:
    whole.zip(server.root / "in" / "roster.zip")
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    for known in (other, f"[127.0.0.1]:{server.port} {other}"):
        message = failed(server, HostNotTrusted, known_hosts=known)
        assert "nothing was sent" in message
    failed(server, HostNotTrusted, known_hosts=f"files.example.org {server.bare_key}")
    assert not server.logins


@pytest.mark.parametrize(
    "algorithms",
    [
        {"kex_algs": ["diffie-hellman-group14-sha1"]},
        {"mac_algs": ["hmac-sha1", "hmac-sha1-etm@openssh.com"], "encryption_algs": ["aes128-ctr"]},
    ],
    ids=lambda algorithms: next(iter(algorithms)),
)
def test_nothing_is_agreed_on_that_rests_on_sha_1(algorithms: dict[str, Any], tmp_path: Path) -> None:
    with sftp_server(tmp_path, **algorithms) as server:
        # Which end refuses first is a race: a server that does may hang up with what it said still on its way.
        message = failed(server, SourceUnreachable)
        assert re.search("offers none of the ciphers|hung up before anybody had signed in", message)
        assert not server.logins


class _HangsUp(socketserver.BaseRequestHandler):
    """Says nothing, and closes."""


def test_a_server_that_hangs_up_at_once_is_told_from_one_that_breaks_off(server: SftpServer) -> None:
    keys = server.credentials(known_hosts=server.bare_key)
    with socketserver.TCPServer(("127.0.0.1", 0), _HangsUp) as hanging_up:
        threading.Thread(target=hanging_up.serve_forever, daemon=True).start()
        url = f"sftp://127.0.0.1:{hanging_up.server_address[1]}/in"
        message = "hung up before anybody had signed in"
        with pytest.raises(SourceUnreachable, match=message), opened(url, credentials=keys) as source:
            source.probe()
        hanging_up.shutdown()


def test_a_server_with_an_rsa_key_signs_by_sha_2(whole: CsvSet, tmp_path: Path) -> None:
    whole.zip(tmp_path / "in" / "roster.zip")
    with sftp_server(tmp_path, key="ssh-rsa") as server:
        assert enrolled(server)


def test_a_server_is_never_trusted_unseen(server: SftpServer) -> None:
    message = failed(server, CredentialsMissing, known_hosts="")
    assert "the server's host key, as no server is trusted unseen" in message
    assert not server.logins


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"client_id": ""}, "needs clientID (the user)"),
        ({"client_secret": ""}, "needs clientID (the user)"),
        ({"private_key": "not a key"}, "ssh-privatekey in the Secret is not a private key"),
        ({"known_hosts": "127.0.0.1 ssh-ed25519 AAAA"}, "knownHosts in the Secret cannot be read"),
        ({"known_hosts": "ssh-ed25519 AAAA"}, "knownHosts in the Secret cannot be read"),
    ],
)
def test_a_secret_that_lacks_something_says_what(server: SftpServer, keys: dict[str, str], message: str) -> None:
    assert message in failed(server, CredentialsMissing, **keys)


def test_a_key_with_a_passphrase_is_refused(server: SftpServer) -> None:
    locked = server.user_key.export_private_key("pkcs8-pem", passphrase="secret").decode()
    assert "protected by a passphrase" in failed(server, CredentialsMissing, private_key=locked)


def test_a_wrong_password_is_told_apart(server: SftpServer) -> None:
    assert "refuses the user or its password or key" in failed(server, CredentialsRejected, client_secret="wrong")
    another = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    failed(server, CredentialsRejected, client_secret="", private_key=another)
    assert len(server.logins) <= 2, "a refusal is not tried again: accounts get locked by that"


def test_what_is_not_there_says_so(server: SftpServer) -> None:
    assert "does not exist" in failed(server, WrongURL, "/nowhere")
    assert "holds no OneRoster CSV set yet" in failed(server, ReadIncomplete)


def test_what_may_not_be_read_says_so(server: SftpServer, whole: CsvSet) -> None:
    whole.zip(server.root / "in" / "roster.zip")

    def refuse(path: Path, offset: int) -> None:
        raise asyncssh.SFTPPermissionDenied("no")

    server.at_read = refuse
    assert "may not be read by this user" in failed(server, CredentialsRejected)


def test_a_file_that_grows_while_it_is_fetched_is_not_taken(server: SftpServer, whole: CsvSet) -> None:
    path = whole.zip(server.root / "in" / "roster.zip")

    def grow(_: Path, offset: int) -> None:
        if offset == 0:
            with path.open("ab") as file:
                file.write(b"more")

    server.at_read = grow
    assert "changed while it was read" in failed(server, ReadIncomplete)


def test_a_file_that_was_changed_just_now_is_left_alone(server: SftpServer, whole: CsvSet) -> None:
    path = whole.zip(server.root / "in" / "roster.zip")
    early = opened(server.url(), credentials=server.credentials(), settle=300)
    with early as source, pytest.raises(ReadIncomplete, match="may still be on its way"):
        source.probe()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with opened(server.url(), credentials=server.credentials(), settle=300) as source:
        assert not source.probe().refused


def test_a_connection_that_breaks_is_opened_again(server: SftpServer, whole: CsvSet) -> None:
    whole.zip(server.root / "in" / "roster.zip")
    broken: list[int] = []

    def fail_once(_: Path, offset: int) -> None:
        if not broken:
            broken.append(offset)
            raise asyncssh.SFTPConnectionLost("gone")

    server.at_read = fail_once
    assert enrolled(server) == len(whole.tables["enrollments"])
    assert len(server.logins) == 2


def test_a_server_that_never_answers_ends_with_the_sync() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
        url = f"sftp://127.0.0.1:{silent.getsockname()[1]}/in"
        interruption = Interruption(SystemClock(), 0.5)
        with (
            opened(url, credentials=Credentials(USER, PASSWORD, known_hosts=key), interruption=interruption) as source,
            pytest.raises(TimedOut),
        ):
            source.probe()


def test_a_server_that_is_down_says_so() -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with (
        opened(f"sftp://127.0.0.1:{port}/in", credentials=Credentials(USER, PASSWORD, known_hosts=key)) as source,
        pytest.raises(SourceUnreachable, match="refuses the connection"),
    ):
        source.probe()


def test_what_listens_may_not_speak_ssh() -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with socket.create_server(("127.0.0.1", 0)) as web:

        def answer() -> None:
            for _ in range(3):
                connection, _ = web.accept()
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.close()

        threading.Thread(target=answer, daemon=True).start()
        url = f"sftp://127.0.0.1:{web.getsockname()[1]}/in"
        with (
            opened(url, credentials=Credentials(USER, PASSWORD, known_hosts=key)) as source,
            pytest.raises(SourceUnreachable),
        ):
            source.probe()


def test_nothing_of_the_connection_is_logged(
    server: SftpServer, whole: CsvSet, caplog: pytest.LogCaptureFixture
) -> None:
    whole.zip(server.root / "in" / "roster.zip")
    with caplog.at_level(logging.DEBUG):
        enrolled(server)
    assert not [record for record in caplog.records if record.name.startswith("asyncssh")]
