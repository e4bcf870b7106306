"""A real SFTP server for tests, in a thread of its own, with a folder and every way to refuse."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from roster_operator.sources.credentials import Credentials

USER, PASSWORD = "springfield", "the-password"


@dataclass
class SftpServer:
    """What it is called, and what happens there."""

    port: int
    host_key: asyncssh.SSHKey
    user_key: asyncssh.SSHKey
    root: Path
    opened: list[str] = field(default_factory=list)
    """Paths of files that were opened."""
    at_read: Callable[[Path, int], None] = lambda path, offset: None
    """Called before each read."""
    logins: list[str] = field(default_factory=list)

    @property
    def known_hosts(self) -> str:
        """As `ssh-keyscan -p` prints it."""
        return f"[127.0.0.1]:{self.port} {self.bare_key}\n"

    @property
    def bare_key(self) -> str:
        """Its public key alone."""
        return self.host_key.export_public_key().decode().strip()

    @property
    def private_key(self) -> str:
        """The user's."""
        return self.user_key.export_private_key().decode()

    def url(self, path: str = "/in") -> str:
        """What the spec says."""
        return f"sftp://127.0.0.1:{self.port}{path}"

    def credentials(self, **other: str) -> Credentials:
        """Those that it accepts, but for what is given."""
        keys = {"client_id": USER, "client_secret": PASSWORD, "known_hosts": self.known_hosts, **other}
        return Credentials(**keys)


class _Files(asyncssh.SFTPServer):
    server: SftpServer

    def __init__(self, channel: Any) -> None:
        super().__init__(channel, chroot=str(self.server.root).encode())

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        self.server.opened.append(path.decode())
        return super().open(path, pflags, attrs)

    def read(self, file_obj: Any, offset: int, size: int) -> Any:
        self.server.at_read(Path(file_obj.name.decode()), offset)
        return super().read(file_obj, offset, size)


class _Doors(asyncssh.SSHServer):
    server: SftpServer

    def begin_auth(self, username: str) -> bool:
        self.server.logins.append(username)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key.public_data == self.server.user_key.public_data


@contextmanager
def sftp_server(root: Path, key: str = "ssh-ed25519", **algorithms: Any) -> Iterator[SftpServer]:
    """Serves `root` as `/`; `key`: the kind of its own."""
    loop = asyncio.new_event_loop()
    server = SftpServer(
        0, asyncssh.generate_private_key(key), asyncssh.generate_private_key("ecdsa-sha2-nistp256"), root
    )
    files = type("Files", (_Files,), {"server": server})
    doors = type("Doors", (_Doors,), {"server": server})
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=doors,
            server_host_keys=[server.host_key],
            sftp_factory=files,
            **algorithms,
        )

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(30)
    server.port = acceptor.get_port()

    async def stop() -> None:
        acceptor.close()
        await acceptor.wait_closed()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
