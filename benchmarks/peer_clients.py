"""Reads all users of a server with one OneRoster client, and says what that cost: run by `benchmarks.peers`.

    python benchmarks/peer_clients.py CLIENT URL PAGE_SIZE

Prints `RECORDS CPU_SECONDS` of a second reading; imports, the start of Python and whatever a client does once are left
out. It runs where that client is installed, so it imports nothing else of ours. Each client is used
through its own public interface.
"""

from __future__ import annotations

import importlib
import logging
import sys
import time
from collections.abc import Callable

KEY, SECRET = "bench", "bench"


def oneroster(url: str, page_size: int) -> Callable[[], int]:
    """`oneroster` 0.0.17: dictionaries, pages by the `Link` header."""
    connector = importlib.import_module("oneroster").ClasslinkConnector
    logging.getLogger("classlink").disabled = True
    client = connector(f"{url}/ims/oneroster/v1p1/", KEY, SECRET, page_size=page_size)
    return lambda: len(client.get_users(user_filter="users"))


def strongmind(url: str, page_size: int) -> Callable[[], int]:
    """`strongmind-oneroster-client` 2.0.5: generated models; whoever calls it does the paging."""
    package = importlib.import_module("oneroster_client")
    configuration = package.Configuration()
    configuration.host = f"{url}/ims/oneroster/v1p1"
    configuration.access_token = KEY
    api = package.UsersManagementApi(package.ApiClient(configuration))

    def read() -> int:
        kept: list[object] = []
        while True:
            users = api.get_users(limit=page_size, offset=len(kept)).users
            if not users:
                return len(kept)
            kept += users

    return read


def timeback(url: str, page_size: int) -> Callable[[], int]:
    """`timeback-oneroster` 0.4.0: pydantic models, asynchronous."""
    asyncio = importlib.import_module("asyncio")
    client = importlib.import_module("timeback_oneroster").OneRosterClient

    async def read() -> int:
        opened = client(base_url=url, auth_url=f"{url}/token", client_id=KEY, client_secret=SECRET)
        try:
            return len(await opened.users.list_all(limit=page_size))
        finally:
            await opened.close()

    return lambda: int(asyncio.run(read()))


def ours(url: str, page_size: int) -> Callable[[], int]:
    """The operator's own source: teachers and students, which are all users, and proof that they are all."""
    opening = importlib.import_module("roster_operator.sources.oneroster")
    clock = importlib.import_module("roster_operator.clock").SystemClock()
    credentials = importlib.import_module("roster_operator.sources.credentials").Credentials(KEY, SECRET)
    interruption = importlib.import_module("roster_operator.interruption").Interruption(clock, 600)

    def read() -> int:
        settings = opening.OneRosterSettings(base_url=url, page_size=page_size)
        source = opening.open_oneroster(settings, credentials, clock=clock, interruption=interruption)
        try:
            source.probe()
            return sum(len(page) for page in source.people())
        finally:
            source.close()

    return read


CLIENTS = {
    "roster-operator": ours,
    "oneroster": oneroster,
    "strongmind-oneroster-client": strongmind,
    "timeback-oneroster": timeback,
}


def main() -> None:
    """Read once and print."""
    name, url, page_size = sys.argv[1:]
    read = CLIENTS[name](url, int(page_size))
    read()
    started = time.process_time()
    records = read()
    sys.stdout.write(f"{records} {time.process_time() - started:.3f}\n")


if __name__ == "__main__":
    main()
