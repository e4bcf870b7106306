"""A simulated district with PowerSchool's own API, and a plugin that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import httpx2

from district_simulator import SimulatedDistrict

TODAY = date(2026, 11, 24)


class Plugin:
    """A plugin's view of a district: an access token, JSON, lists in whatever shape they come."""

    def __init__(self, district: SimulatedDistrict, client: httpx2.Client) -> None:
        self.district = district
        self.client = client
        answer = client.post(
            district.token_url,
            data={"grant_type": "client_credentials"},
            auth=(district.client_id, district.client_secret),
        )
        self.granted = answer.json()
        self.headers = {"Authorization": f"Bearer {self.granted['access_token']}", "Accept": "application/json"}

    def get(self, path: str, **parameters: Any) -> httpx2.Response:
        return self.client.get(f"{self.district.base_url}{path}", params=parameters or None, headers=self.headers)

    def post(self, path: str, body: Any, **parameters: Any) -> httpx2.Response:
        url = f"{self.district.base_url}{path}"
        return self.client.post(url, json=body, params=parameters, headers=self.headers)

    def rows(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """All rows of a list, page by page."""
        found: list[dict[str, Any]] = []
        for page in range(1, 1_000):
            answer = self.get(f"/ws/v1/{path}", page=page, **parameters)
            assert answer.status_code == 200, answer.text
            (outer,) = answer.json().values()
            inner = [value for key, value in outer.items() if not key.startswith("@")]
            if not inner:
                return found
            found += inner[0] if isinstance(inner[0], list) else [inner[0]]
        raise AssertionError("endless")


@contextmanager
def plugin(*faults: str, students: int = 120, **more: Any) -> Iterator[Plugin]:
    """A district with PowerSchool's own API, served with these faults, and a plugin that reads it."""
    district = SimulatedDistrict(students, seed=7, today=TODAY, vendor="PowerSchoolNative", faults=faults, **more)
    with district, httpx2.Client(timeout=20, verify=False) as client:
        yield Plugin(district, client)
