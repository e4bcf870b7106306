"""What an exchange with a SIS can fail with, in words for the person who must act.

SourceError
├── SourceUnreachable
│   ├── NoAnswer          the connection failed, broke or took too long       worth another try
│   ├── ServerFailed      HTTP 5xx, 408 or 425                                worth another try
│   └── MaintenancePage   HTTP 200 with HTML from a server that sent JSON     worth another try
├── SourceRateLimited
│   └── SlowDown          HTTP 429                                            worth another try
├── SourceProtocolError
│   ├── Garbled           HTTP 200, but not JSON                              worth another try
│   ├── TooLarge          more bytes than any page of a roster has
│   └── RequestRefused    another HTTP status, most often 400
└── WrongURL
    ├── WebPage           HTTP 200 with HTML from one that never sent JSON    worth another try
    ├── RedirectedAway    a redirect to another server
    └── RouteMissing      HTTP 404, 405, 410 or 501: this route is not there

To the rest of the operator each is what its parent says. No message holds a body or more of a URL than scheme, host
and path of what the spec itself names.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import httpx2

from roster_operator.errors import (
    NoTLS,
    SourceError,
    SourceProtocolError,
    SourceRateLimited,
    SourceUnreachable,
    TLSFailed,
    WrongURL,
)
from roster_operator.sources.network import AddressNotAllowed
from roster_operator.sources.proxies import ProxyRefused, ProxyUnusable
from roster_operator.sources.terminology import WORDS, Words

_EXPIRED: Final = 10
_NOT_YET_VALID: Final = 9
_WRONG_HOST: Final = frozenset({62, 64})
_OF_ITS_OWN: Final = frozenset({18, 19})
"""OpenSSL's verify codes; see X509_STORE_CTX_get_error(3)."""


class NoAnswer(SourceUnreachable):
    """The connection failed, broke or took too long."""


class ServerFailed(SourceUnreachable):
    """The SIS answered with HTTP 5xx, or says that it was too slow or too early."""


class MaintenancePage(SourceUnreachable):
    """A page for people came from a server that has sent JSON before."""


class SlowDown(SourceRateLimited):
    """The SIS answered with HTTP 429."""


class Garbled(SourceProtocolError):
    """The SIS answered with HTTP 200, but what came is not JSON."""


class TooLarge(SourceProtocolError):
    """The answer is larger than any page of a roster."""


class RequestRefused(SourceProtocolError):
    """The SIS answered with an HTTP status that says that the request is wrong."""


class WebPage(WrongURL):
    """A page for people came instead of JSON."""


class RedirectedAway(WrongURL):
    """The SIS redirects to another server, where credentials do not follow.

    The message does not say where to: whoever answers there may write whatever they like into it.
    """

    def __init__(self, where: str) -> None:
        """`where`: the address that redirects."""
        self.where = where
        super().__init__(
            f"{where} redirects to another server; credentials are not sent there. District: see with a browser, or "
            "with curl -I, where it leads to, and use the URL of the server that answers in the end."
        )


class RouteMissing(WrongURL):
    """This route is not there; another may be."""


_NO_ROUTE: Final = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE, HTTPStatus.NOT_IMPLEMENTED}
)

TRANSIENT: Final = (NoAnswer, ServerFailed, MaintenancePage, SlowDown, Garbled, WebPage)
"""What may be over at the next try."""

STATUS_FAILURES: Final = (ServerFailed, RequestRefused, RouteMissing)
"""An HTTP status that says no, as opposed to an answer that did not come or makes no sense."""


def from_status(status: int, where: str, *, retry_after: float | None = None, words: Words = WORDS) -> SourceError:
    """What an HTTP status other than success, 401 and 403 means. `where`: scheme, host and path of the base URL."""
    said = _said(status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SlowDown(f"{where} asks for fewer requests ({said}).", retry_after=retry_after)
    if status in _NO_ROUTE:
        return RouteMissing(
            f"{where} is not a OneRoster API: it answers {said}. District: check the base URL; it is {words.address}."
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}:
        return ServerFailed(
            f"{where} failed with {said}. District: see whether the SIS is up; it will be tried again.",
            retry_after=retry_after,
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return WrongURL(f"{where} redirects without a usable target ({said}). District: check the base URL.")
    return RequestRefused(f"{where} refused a request with {said}.")


def _said(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def from_exchange(error: Exception, where: str) -> SourceError:
    """What went wrong before there was an answer, each in its own words."""
    if isinstance(error, httpx2.ProxyError):
        return _no_way_out(error, where)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _tls(cause, where, connecting=isinstance(error, httpx2.ConnectError))
        if isinstance(cause, AddressNotAllowed):
            return address_not_allowed(cause, where)
        if isinstance(cause, (socket.gaierror, UnicodeError)):
            return NoAnswer(
                f"The host name of {where} cannot be resolved. District: check the base URL. "
                "Platform: check that the operator's DNS knows the name."
            )
        if isinstance(cause, ConnectionRefusedError):
            return NoAnswer(
                f"{where} refuses the connection: nothing listens there, or a firewall says no. "
                "District: see whether the SIS is up, and whether its firewall admits the operator's address."
            )
    if isinstance(error, httpx2.ConnectTimeout):
        return NoAnswer(
            f"{where} does not answer connections. District: a firewall may need to admit the operator's address."
        )
    if isinstance(error, httpx2.TimeoutException):
        return took_too_long(where)
    if isinstance(error, httpx2.ConnectError):
        return NoAnswer(
            f"{where} cannot be reached. District: see whether the SIS is up. Platform: see whether the operator may "
            "connect to it (network policy, routes, HTTPS_PROXY)."
        )
    return NoAnswer(f"{where} broke the connection before its answer was complete.")


def address_not_allowed(error: AddressNotAllowed, where: str) -> SourceUnreachable:
    """It is not tried again at once, and does not tell what is there: see `network`."""
    if error.literal:
        return SourceUnreachable(
            f"{where} is an address of the platform's own networks, which districts may not name here. Publisher: "
            "check the base URL. Platform: if it is right, allow it (addresses.allow in the values of the chart)."
        )
    return SourceUnreachable(
        f"The host name of {where} stands for no address that districts may name here: DNS does not know it, or it is "
        "in the platform's own networks. District: check the base URL. Platform: see whether the operator's DNS knows "
        "the name; if the server is in your network, allow it (addresses.allow in the values of the chart)."
    )


def _no_way_out(error: httpx2.ProxyError, where: str) -> NoAnswer:
    if isinstance(error, ProxyUnusable):
        return NoAnswer(
            "HTTPS_PROXY is not the address of a proxy that speaks HTTP. Platform: set it to http://HOST:PORT, with "
            "http://USER:PASSWORD@HOST:PORT if the proxy wants them."
        )
    if not isinstance(error, ProxyRefused):
        return NoAnswer(f"The egress proxy did not reach {where}. Platform: check HTTPS_PROXY and NO_PROXY.")
    if error.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return NoAnswer(
            "The egress proxy does not accept the operator's user name and password (HTTP 407). Platform: set them in "
            "HTTPS_PROXY, as http://USER:PASSWORD@HOST:PORT."
        )
    return NoAnswer(
        f"The egress proxy does not lead to {where} ({_said(error.status)}). Platform: let it through in the proxy, or "
        "name the host in NO_PROXY if it is reached directly."
    )


def took_too_long(where: str) -> NoAnswer:
    """The answer did not come, or not to its end, in the time that one request has."""
    return NoAnswer(f"{where} took too long to answer. District: see whether the SIS is slow or down.")


def web_page(where: str, *, right_before: bool = False, words: Words = WORDS) -> WebPage | MaintenancePage:
    """HTML came with HTTP 200; `right_before`: roster data have come from there, so the base URL is right."""
    if right_before:
        return MaintenancePage(
            f"{where} now answers with a web page instead of OneRoster data. District: see whether the SIS is under "
            "maintenance; it will be tried again."
        )
    return WebPage(
        f"{where} answers with a web page instead of OneRoster data. District: check the base URL; it is "
        f"{words.address}. If it was right before, the SIS shows a login or maintenance page."
    )


def _tls(error: ssl.SSLError, where: str, *, connecting: bool) -> SourceError:
    if not isinstance(error, ssl.SSLCertVerificationError):
        if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) or not connecting:
            return NoAnswer(f"{where} broke its encrypted connection.")
        return NoTLS(
            f"{where} does not speak TLS 1.2 or newer. District: check host and port of the base URL, and the server."
        )
    if error.verify_code == _EXPIRED:
        return TLSFailed(f"The certificate of {where} has expired. District: renew it.")
    if error.verify_code == _NOT_YET_VALID:
        return TLSFailed(
            f"The certificate of {where} is not valid yet. District: check the server's clock and the certificate. "
            "Platform: check the clock of the node."
        )
    if error.verify_code in _WRONG_HOST:
        return TLSFailed(
            f"The certificate of {where} is for another host name. District: use the name that the certificate has."
        )
    if error.verify_code in _OF_ITS_OWN:
        return TLSFailed(
            f"The certificate of {where} is not signed by a known authority, but by one of the district's own or by "
            "itself. District: send the certificate of that authority. Publisher: put it into the Secret as ca.crt."
        )
    return TLSFailed(
        f"The certificate of {where} is not signed by a known authority, or the server leaves out the certificates "
        "in between. District: install the full chain, or, if the authority is the district's own, send its "
        "certificate. Publisher: put that into the Secret as ca.crt."
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(20):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__
