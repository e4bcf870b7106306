"""A reader of a simulated district, as simple as one can be: what the simulator's own tests talk with."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import httpx2
import pytest

from district_simulator import SimulatedDistrict

CORE = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading the machine's certificates takes longer than a test
TODAY = date(2026, 11, 24)


class Reader:
    """Reads a district with one bearer token."""

    def __init__(self, district: SimulatedDistrict) -> None:
        self.district = district
        self.client = httpx2.Client(timeout=20, verify=_NO_TLS)
        self._token = self.token()

    def token(self, scope: str = CORE) -> str:
        """A new access token."""
        answer = self.client.post(
            self.district.token_url,
            data={"grant_type": "client_credentials", "scope": scope},
            auth=(self.district.client_id, self.district.client_secret),
        )
        return str(answer.json().get("access_token"))

    def renew(self) -> None:
        """Take a new token."""
        self._token = self.token()

    def get(self, path: str, token: str | None = None, **parameters: object) -> httpx2.Response:
        """GET below the OneRoster base."""
        return self.client.get(
            f"{self.district.service_url}/{path}",
            params={name: str(value) for name, value in parameters.items()} or None,
            headers={"Authorization": f"Bearer {token or self._token}"},
        )

    def rows(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        """All rows of a collection, in one page."""
        limit = parameters.pop("limit", 100_000)
        answer = self.get(path, None, limit=limit, **parameters)
        assert answer.status_code == 200, answer.text
        (rows,) = (value for value in answer.json().values() if isinstance(value, list))
        return list(rows)

    def ids(self, path: str, **parameters: object) -> list[str]:
        """The sourcedIds of all rows of a collection."""
        return [row["sourcedId"] for row in self.rows(path, **parameters)]


@pytest.fixture
def simulate() -> Iterator[Callable[..., Reader]]:
    """Start a simulated district and return a reader of it; takes what SimulatedDistrict takes."""
    with ExitStack() as stack:

        def start(*args: Any, **options: Any) -> Reader:
            district = stack.enter_context(SimulatedDistrict(*args, **{"seed": 7, "today": TODAY, **options}))
            reader = Reader(district)
            stack.callback(reader.client.close)
            return reader

        yield start


@pytest.fixture
def reader(simulate: Callable[..., Reader]) -> Reader:
    """A reader of a district of 120 students."""
    return simulate(students=120)
