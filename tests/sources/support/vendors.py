"""Opening sources of a vendor's server in tests, as the operator does for a spec."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx2
from tests.sources.support.opened import BASE, KEYS, QUICK, Handler
from tests.sources.support.servers import TOKEN, page, rows_of

from roster_operator.api.v1alpha1 import RosterSourceSpec
from roster_operator.clock import SystemClock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster import open_oneroster
from roster_operator.sources.oneroster.from_spec import oneroster_settings
from roster_operator.sources.source import RosterSource

TOKEN_OF_THE_PROXY = Credentials("", "", token="demo-token")


@contextmanager
def vendor_source(
    vendor: str, handler: Handler, base_url: str = BASE, credentials: Credentials | None = None, **spec: Any
) -> Iterator[RosterSource]:
    """A source as the operator opens it for a spec, over a server that is a function."""
    given = {"baseURL": base_url, "vendor": vendor, "secretRef": {"name": "sis"}, **spec}
    settings = replace(oneroster_settings(RosterSourceSpec.model_validate(given)), retries=QUICK)
    clock = SystemClock()
    source = open_oneroster(
        settings,
        credentials or (TOKEN_OF_THE_PROXY if vendor == "ClassLinkProxy" else KEYS),
        clock=clock,
        interruption=Interruption(clock, 60),
        transport=httpx2.MockTransport(handler),
    )
    try:
        yield source
    finally:
        source.close()


class Recorder:
    """Gives out tokens wherever it is asked for one, and serves the same rows at every path of OneRoster."""

    def __init__(self) -> None:
        self.tokens: list[httpx2.Request] = []
        self.pages: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            self.tokens.append(request)
            return httpx2.Response(200, json=TOKEN)
        self.pages.append(request)
        section = request.url.path.rpartition("/")[2]
        return page(section, rows_of(section, 2), request)
