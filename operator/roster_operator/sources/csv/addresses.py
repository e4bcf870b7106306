"""Where CSV files lie: what `spec.source.baseURL` may be for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

import httpx2

from roster_operator.errors import InvalidSpec
from roster_operator.sources.addresses import label, parse_address

_FIELD: Final = "spec.source.baseURL"
_SSH_PORT: Final = 22
_HOME: Final = "/~/"


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """A file or folder of a volume that is mounted into the operator's pod."""

    path: Path
    where: str

    @property
    def claim(self) -> str:
        """What tells two districts apart."""
        return f"file{self.path}"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A ZIP on a web server."""

    url: str
    where: str
    host: str

    @property
    def claim(self) -> str:
        """What tells two districts apart."""
        return self.where.partition("://")[2]


@dataclass(frozen=True, slots=True)
class SftpAddress:
    """A file or folder on an SFTP server."""

    host: str
    port: int
    path: str
    """Absolute; or relative to the home of the user, if the URL begins its path with `/~/`."""
    where: str

    @property
    def claim(self) -> str:
        """What tells two districts apart."""
        return self.where.partition("://")[2]


Address = LocalAddress | WebAddress | SftpAddress


def parse(base_url: str) -> Address:
    """The address that is meant; raises `InvalidSpec`."""
    written = base_url.strip()
    scheme = written.partition("://")[0].lower()
    if scheme == "file":
        return _local(written)
    if scheme == "sftp":
        return _sftp(written)
    url = parse_address(written, field=_FIELD).copy_with(query=None)
    return WebAddress(str(url), label(url), url.host)


def _local(written: str) -> LocalAddress:
    host, slash, rest = written.partition("://")[2].partition("/")
    if not slash or host not in {"", "localhost"} or not rest.strip("/"):
        raise InvalidSpec(
            f"{_FIELD} names no file or folder. Publisher: write file:///PATH, where PATH is a ZIP or a folder of a "
            "volume that is mounted into the operator's pod."
        )
    path = Path("/" + unquote(rest))
    if ".." in path.parts or "\0" in str(path):
        raise InvalidSpec(f"{_FIELD} must not hold '..'. Publisher: write the path as it is.")
    return LocalAddress(path, f"file://{path}")


def _sftp(written: str) -> SftpAddress:
    try:
        url = httpx2.URL(written)
    except (httpx2.InvalidURL, UnicodeError):
        raise InvalidSpec(f"{_FIELD} is not a URL.") from None
    if not url.host or not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", url.host):
        raise InvalidSpec(f"{_FIELD} has no host name. Publisher: write sftp://HOST/PATH or sftp://HOST:PORT/PATH.")
    if url.userinfo:
        raise InvalidSpec(f"{_FIELD} holds a user name or password. Put credentials into the Secret.")
    port = url.port or _SSH_PORT
    if not 0 < port < 65536:
        raise InvalidSpec(f"{_FIELD} is not a URL: its port does not exist.")
    path = unquote(url.raw_path.decode("ascii").partition("?")[0]) or "/"
    if "\0" in path or ".." in PurePosixPath(path).parts:
        raise InvalidSpec(f"{_FIELD} must not hold '..'. Publisher: write the path as it is.")
    path = re.sub(r"/{2,}", "/", path).rstrip("/") or "/"
    host = f"[{url.host}]" if ":" in url.host else url.host
    where = f"sftp://{host}{'' if port == _SSH_PORT else f':{port}'}{path}"
    remote = path.removeprefix(_HOME) if path.startswith(_HOME) else "." if path == "/~" else path
    return SftpAddress(url.host, port, remote, where)
