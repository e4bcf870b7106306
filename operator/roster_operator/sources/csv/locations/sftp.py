"""Files on an SFTP server.

The server must prove that it is the one whose host key stands in the Secret; there is no first use that is trusted.
Nothing of the pod's own SSH settings is used: no agent, no key files, no configuration.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import posixpath
import socket
import stat
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar, cast

import asyncssh

from roster_operator.clock import Clock
from roster_operator.errors import (
    CredentialsRejected,
    Interrupted,
    ReadIncomplete,
    SourceError,
    SourceProtocolError,
    SourceUnreachable,
    WrongURL,
)
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.csv.addresses import SftpAddress
from roster_operator.sources.csv.failures import shown
from roster_operator.sources.csv.locations.location import (
    MAX_ENTRIES,
    Delivery,
    Listed,
    Location,
    Write,
    in_folder,
    is_wanted,
    is_zip,
    loose,
)
from roster_operator.sources.csv.locations.ssh_keys import SshKeys, not_trusted, ssh_keys
from roster_operator.sources.csv.settings import CsvSettings
from roster_operator.sources.failures import NoAnswer, address_not_allowed
from roster_operator.sources.network import AddressNotAllowed
from roster_operator.sources.retries import Retrier

T = TypeVar("T")

_CHUNK: Final = 4 * 1024 * 1024
"""Asked for at once; the library splits it into many requests under way at the same time."""
_LOOK_UP: Final = 0.2
"""Seconds between two looks at the interruption."""
_CONNECT: Final = 15.0
_LOGIN: Final = 30.0
_ANSWER: Final = 60.0
"""Seconds that the server has for one answer."""

_NO_SHA1: Final = {
    "kex_algs": "-*sha1*",
    "mac_algs": "-*sha1*",
    "server_host_key_algs": "-ssh-rsa,ssh-rsa-cert-*,ssh-dss,ssh-dss-cert-*",
    "signature_algs": "-ssh-rsa,ssh-dss",
}
"""What the library does by itself, but for SHA-1. Keys of RSA sign by SHA-2."""

logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
"""It writes user names, paths and what the server says."""


def open_sftp(
    address: SftpAddress, credentials: Credentials, settings: CsvSettings, *, clock: Clock, interruption: Interruption
) -> Location:
    """The location that nothing was asked of yet; raises `CredentialsMissing` if the Secret lacks a key."""
    retrier = Retrier(settings.retries, clock=clock, interruption=interruption)
    return SftpLocation(address, ssh_keys(credentials), settings, retrier=retrier, interruption=interruption)


class SftpLocation:
    """A ZIP or a folder on an SFTP server. The connection is opened when it is first needed."""

    def __init__(
        self,
        address: SftpAddress,
        keys: SshKeys,
        settings: CsvSettings,
        *,
        retrier: Retrier,
        interruption: Interruption,
    ) -> None:
        """Nothing is sent yet."""
        self._address = address
        self._keys = keys
        self._settings = settings
        self._retrier = retrier
        self._interruption = interruption
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

    @property
    def where(self) -> str:
        """What messages call it."""
        return self._address.where

    def deliveries(self) -> tuple[Delivery, ...]:
        """What lies there."""
        return self._try(self._deliveries)

    def copy(self, file: Listed, restart: Callable[[], Write]) -> None:
        """Fetch a file; raises `ReadIncomplete` if it changes meanwhile."""
        self._try(lambda: self._copy(file, restart()))

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.abort()
        self._runner.close()

    def _try(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of `work`, tried again with a new connection while that may help."""

        def attempt() -> T:
            try:
                return self._runner.run(self._interruptible(work()))
            except NoAnswer:
                self._hang_up()
                raise

        return self._retrier.call(attempt)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._sftp = None

    async def _interruptible(self, work: Awaitable[T]) -> T:
        task = asyncio.ensure_future(work)
        while not (await asyncio.wait({task}, timeout=_LOOK_UP))[0]:
            try:
                self._interruption.check()
            except Interrupted:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, SourceError):
                    await task
                raise
        return task.result()

    async def _deliveries(self) -> tuple[Delivery, ...]:
        sftp = await self._signed_in()
        path = self._address.path
        status = await self._answered(sftp.stat(path))
        if not stat.S_ISDIR(status.permissions or 0):
            name = posixpath.basename(path)
            return (Delivery(name, (_listed(path, name, status),), zipped=True),)
        own: list[Listed] = []
        below: list[Delivery] = []
        for entry in await self._entries(sftp, path):
            name, inner = _name(entry), posixpath.join(path, _name(entry))
            if _is_folder(entry):
                if (found := loose(name, await self._files(sftp, inner))) is not None:
                    below.append(found)
            elif is_zip(name) or is_wanted(name):
                own.append(_listed(inner, name, await self._answered(sftp.stat(inner))))
            else:
                own.append(Listed(inner, name, 0, None))
        return in_folder(own, below, self.where)

    async def _files(self, sftp: asyncssh.SFTPClient, folder: str) -> list[Listed]:
        found = []
        for entry in await self._entries(sftp, folder):
            name = _name(entry)
            if is_wanted(name) and not _is_folder(entry):
                inner = posixpath.join(folder, name)
                found.append(_listed(inner, name, await self._answered(sftp.stat(inner))))
        return found

    async def _entries(self, sftp: asyncssh.SFTPClient, folder: str) -> list[asyncssh.SFTPName]:
        async def listed() -> list[asyncssh.SFTPName]:
            found = []
            async for entry in sftp.scandir(folder):
                if not _name(entry).startswith("."):
                    found.append(entry)
                if len(found) > MAX_ENTRIES:
                    raise WrongURL(
                        f"{self.where} holds more than {MAX_ENTRIES} files. District: deliver to a folder of your own."
                    )
            return found

        return await self._answered(listed())

    async def _copy(self, file: Listed, write: Write) -> None:
        sftp = await self._signed_in()
        self._check_unchanged(file, await self._answered(sftp.stat(file.path)))
        async with await self._answered(sftp.open(file.path, "rb", encoding=None)) as remote:
            at = 0
            # Never more than was there: a file that grows as fast as it is read has no end.
            while at < file.size and (chunk := cast(bytes, await self._answered(remote.read(_CHUNK, at)))):
                write(chunk)
                at += len(chunk)
        self._check_unchanged(file, await self._answered(sftp.stat(file.path)), read=at)

    def _check_unchanged(self, file: Listed, status: asyncssh.SFTPAttrs, *, read: int | None = None) -> None:
        if _listed(file.path, file.name, status) != file or read not in (None, file.size):
            raise ReadIncomplete(
                f"{shown(file.name)} in {self.where} changed while it was read: it is being delivered just now. It "
                "will be read when it has been left alone for a while."
            )

    async def _signed_in(self) -> asyncssh.SFTPClient:
        if self._sftp is None:
            self._connection = await self._told_plainly(
                self._connect(),
                broken="hung up before anybody had signed in. Platform: ask the server's owner whether it lets the "
                "operator's address in, and whether it offers ciphers and host keys without SHA-1.",
            )
            self._sftp = await self._answered(self._connection.start_sftp_client())
        return self._sftp

    async def _connect(self) -> asyncssh.SSHClientConnection:
        host, port = self._address.host, self._address.port
        return await asyncssh.connect(
            host,
            port,
            sock=await asyncio.to_thread(self._settings.network.connect, host, port, _CONNECT),
            known_hosts=self._keys.hosts,
            username=self._keys.user,
            password=self._keys.password or None,
            client_keys=list(self._keys.private) or None,
            agent_path=None,
            config=None,
            gss_host=None,
            host_based_auth=False,
            connect_timeout=_CONNECT,
            login_timeout=_LOGIN,
            keepalive_interval=15,
            **_NO_SHA1,
        )

    async def _answered(self, answer: Awaitable[T]) -> T:
        """What the server answers, or what is wrong, in our words."""
        return await self._told_plainly(asyncio.wait_for(answer, min(_ANSWER, self._settings.timeout)))

    async def _told_plainly(self, work: Awaitable[T], broken: str = "broke the connection before all was read.") -> T:
        where = self.where
        try:
            return await work
        except asyncssh.HostKeyNotVerifiable:
            raise not_trusted(where) from None
        except asyncssh.PermissionDenied:
            raise CredentialsRejected(
                f"{where} refuses the user or its password or key. Platform: compare clientID, and clientSecret or "
                "ssh-privatekey, in the Secret with what the server's owner gave out."
            ) from None
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise WrongURL(
                f"{where} does not exist, or a part of it was just removed. Publisher: check spec.source.baseURL. "
                "District: see that the files are delivered there."
            ) from None
        except asyncssh.SFTPPermissionDenied:
            raise CredentialsRejected(
                f"{where} may not be read by this user. Publisher: let the user read the folder and its files."
            ) from None
        except asyncssh.KeyExchangeFailed:
            raise SourceUnreachable(
                f"{where} offers none of the ciphers, or none of the kinds of host key, that are accepted. Platform: "
                "see that knownHosts in the Secret holds a key of the kind that the server has, and that the server is "
                "not too old."
            ) from None
        except AddressNotAllowed as error:
            raise address_not_allowed(error, where) from None
        except socket.gaierror:
            raise NoAnswer(
                f"The host name of {where} cannot be resolved. Publisher: check spec.source.baseURL. "
                "Platform: check that the operator's DNS knows the name."
            ) from None
        except ConnectionRefusedError:
            raise NoAnswer(f"{where} refuses the connection: nothing listens there, or a firewall says no.") from None
        except TimeoutError:
            raise NoAnswer(
                f"{where} took too long to answer. Platform: a firewall may need to let the operator out to its port."
            ) from None
        except asyncssh.SFTPError as error:
            raise NoAnswer(f"{where} failed to give its files (SFTP status {error.code}).") from None
        except (asyncssh.Error, OSError, EOFError):
            raise NoAnswer(f"{where} {broken}") from None


def _name(entry: asyncssh.SFTPName) -> str:
    name = entry.filename
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name


def _is_folder(entry: asyncssh.SFTPName) -> bool:
    return stat.S_ISDIR(entry.attrs.permissions or 0)


def _listed(path: str, name: str, status: asyncssh.SFTPAttrs) -> Listed:
    if status.mtime is None or status.size is None:
        raise SourceProtocolError(
            f"The server does not tell size and time of {shown(name)}, so nobody can say when it is whole. Publisher: "
            "use an SFTP server that does."
        )
    return Listed(path, name, status.size, status.mtime + (status.mtime_ns or 0) / 1e9)
