"""A ZIP on a web server."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx2

from roster_operator.clock import Clock
from roster_operator.errors import CredentialsRejected, WrongURL
from roster_operator.interruption import Interruption
from roster_operator.sources.clients import open_client
from roster_operator.sources.connections import Connections
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.csv.addresses import WebAddress
from roster_operator.sources.csv.locations.location import Delivery, Listed, Write
from roster_operator.sources.csv.settings import CsvSettings
from roster_operator.sources.failures import from_status, web_page
from roster_operator.sources.http import Answer, BoundedHttp
from roster_operator.sources.oauth2 import BearerAuth
from roster_operator.sources.retries import Retrier
from roster_operator.sources.terminology import Words
from roster_operator.sources.workers import Workers

_ACCEPT = "application/zip, application/octet-stream;q=0.9, */*;q=0.5"
_WORDS = Words(address="that of the ZIP itself, such as https://files.example.org/springfield.zip")


class WebLocation:
    """One URL, and nothing beside it: a web server lists no folders."""

    def __init__(
        self,
        address: WebAddress,
        credentials: Credentials,
        settings: CsvSettings,
        *,
        clock: Clock,
        interruption: Interruption,
        transport: httpx2.BaseTransport | None,
    ) -> None:
        """`transport` replaces the network. Raises `InvalidSpec` if `ca.crt` is not a certificate."""
        self._address = address
        self._auth = _authentication(credentials)
        connections = Connections()
        interruption = interruption.part()
        self._client = open_client(
            connections,
            ca_pem=credentials.ca_pem,
            network=settings.network,
            transport=transport,
        )
        self._http = BoundedHttp(
            self._client,
            connections,
            clock=clock,
            interruption=interruption,
            at_once=1,
            timeout=settings.timeout,
            max_bytes=settings.max_file_bytes,
        )
        self._retrier = Retrier(settings.retries, clock=clock, interruption=interruption)
        self._workers = Workers(
            1, interruption=interruption, each_look=self._http.break_off_overdue, end=connections.end
        )

    @property
    def where(self) -> str:
        """What messages call it."""
        return self._address.where

    def deliveries(self) -> tuple[Delivery, ...]:
        """The one that the URL names."""
        name = PurePosixPath(unquote(urlsplit(self._address.url).path)).name or "the ZIP"
        return (Delivery(name, (Listed(self._address.url, name, 0, None),), zipped=True),)

    def copy(self, file: Listed, restart: Callable[[], Write]) -> None:
        """Download it."""

        def attempt() -> None:
            answer = self._http.download(file.path, where=self.where, auth=self._auth, accept=_ACCEPT, write=restart())
            self._judge(answer)

        self._workers.run(self._retrier.call, attempt)

    def close(self) -> None:
        """Break off what is under way and give back the connection."""
        self._workers.close()
        self._client.close()

    def _judge(self, answer: Answer) -> None:
        """`answer` holds the beginning of what came."""
        match answer.status:
            case HTTPStatus.OK | HTTPStatus.PARTIAL_CONTENT:
                if answer.is_html:
                    raise web_page(self.where, words=_WORDS)
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                raise CredentialsRejected(
                    f"{self.where} refuses the credentials (HTTP {answer.status}). Publisher: check clientID and "
                    "clientSecret, or token, in the Secret. District: let these credentials read the file."
                )
            case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
                raise WrongURL(
                    f"There is no file at {self.where} (HTTP {answer.status}). Publisher: check spec.source.baseURL. "
                    "District: see that the ZIP is delivered there."
                )
            case status:
                raise from_status(status, self.where, retry_after=self._retrier.asked_for(answer.headers))


def _authentication(credentials: Credentials) -> httpx2.Auth | None:
    if credentials.token:
        return BearerAuth(credentials.token)
    if credentials.client_id or credentials.client_secret:
        return httpx2.BasicAuth(credentials.client_id, credentials.client_secret)
    return None
