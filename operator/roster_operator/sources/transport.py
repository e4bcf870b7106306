"""The wire below the HTTP client: a thread, a connection and the standard library's parser.

It carries large answers at twice the speed of a transport that parses in Python. It speaks HTTP/1.1, directly or in a
tunnel through an egress proxy.
"""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final, NamedTuple

import httpx2

from roster_operator.sources.connections import Connections
from roster_operator.sources.network import ANYWHERE, Network
from roster_operator.sources.proxies import Proxy, ProxyRefused, proxy_for

_CHUNK: Final = 256 * 1024
_READ_ERRORS: Final = (OSError, http.client.HTTPException, ValueError)


class KeptConnectionClosed(httpx2.ReadError):
    """The server closed a connection that it had kept open, before it answered. Asking again is right."""


class _Place(NamedTuple):
    scheme: str
    host: str
    port: int
    proxy: Proxy | None


class _Connection(http.client.HTTPConnection):
    """A connection whose socket is known to `Connections` from its first moment."""

    def __init__(
        self,
        place: _Place,
        context: ssl.SSLContext | None,
        connections: Connections,
        network: Network,
        timeout: float,
    ) -> None:
        super().__init__(place.host, place.port, timeout=timeout)
        self._proxy = place.proxy
        self._context = context
        self._connections = connections
        self._network = network

    def connect(self) -> None:
        """Open it; a proxy's tunnel and the handshake of TLS are part of that."""
        if self._proxy is None:
            sock = self._network.connect(self.host, self.port, self.timeout)
        else:
            self._network.check(self.host)
            sock = _connected(self._proxy, self.timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self._connections.opened(sock)
        if self._proxy is not None and self._context is not None:
            self._tunnel_through(self._proxy)
        if self._context is not None:
            encrypted = self._context.wrap_socket(sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = encrypted
            self._connections.opened(encrypted)
            encrypted.do_handshake()

    def _tunnel_through(self, proxy: Proxy) -> None:
        host = f"[{self.host}]" if ":" in self.host else self.host
        lines = [f"CONNECT {host}:{self.port} HTTP/1.1", f"Host: {host}:{self.port}"]
        if proxy.authorization:
            lines.append(f"Proxy-Authorization: {proxy.authorization}")
        try:
            self.sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
            with contextlib.closing(http.client.HTTPResponse(self.sock, method="CONNECT")) as answer:
                answer.begin()
        except _READ_ERRORS as error:
            raise httpx2.ProxyError("the proxy broke off") from error
        if answer.status != HTTPStatus.OK:
            raise ProxyRefused(answer.status)

    @property
    def quiet(self) -> bool:
        """Whether it can be used again: an idle connection on which something arrives was closed, or is confused."""
        return self.sock is not None and not select.select([self.sock], [], [], 0)[0]


class Transport(httpx2.BaseTransport):
    """Keeps connections and uses them again. Thread-safe; has as many connections as threads use it at once."""

    def __init__(
        self,
        trust: Callable[[], ssl.SSLContext],
        connections: Connections,
        network: Network = ANYWHERE,
    ) -> None:
        """`trust` is called once there is a server to verify; `connections` learns of every socket.

        `network`: which servers may be connected to.
        """
        self._trust = trust
        self._connections = connections
        self._network = network
        self._idle: dict[_Place, list[_Connection]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and read the head of its answer; the body comes from the answer's stream."""
        place = _place(request.url)
        timeouts = request.extensions.get("timeout", {})
        body = request.read()
        connection = self._take(place)
        kept = connection is not None
        if connection is None:
            connection = self._open(place, timeouts.get("connect"))
        try:
            if connection.sock is not None:
                connection.sock.settimeout(timeouts.get("read"))
            answer = _exchange(connection, request, body)
        except _READ_ERRORS as error:
            connection.close()
            if kept and isinstance(error, OSError) and not isinstance(error, TimeoutError):
                raise KeptConnectionClosed("the server closed a kept connection", request=request) from error
            raise _broken(error, request) from error
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
        stream = _Body(self, place, connection, answer, request)
        return httpx2.Response(answer.status, headers=headers, stream=stream)

    def give_back(self, place: _Place, connection: _Connection) -> None:
        """Keep a connection whose answer was read to its end."""
        with self._lock:
            if not self._closed:
                self._idle.setdefault(place, []).append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close what is idle; what is in use is closed when it is given back."""
        with self._lock:
            self._closed = True
            idle = [connection for connections in self._idle.values() for connection in connections]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _take(self, place: _Place) -> _Connection | None:
        while True:
            with self._lock:
                idle = self._idle.get(place)
                connection = idle.pop() if idle else None
            if connection is None or connection.quiet:
                return connection
            connection.close()

    def _open(self, place: _Place, timeout: float | None) -> _Connection:
        context = self._trust() if place.scheme == "https" else None
        connection = _Connection(place, context, self._connections, self._network, timeout or 0.0)
        try:
            connection.connect()
        except httpx2.ProxyError:
            connection.close()
            raise
        except TimeoutError as error:
            connection.close()
            raise httpx2.ConnectTimeout("no connection in time") from error
        except (OSError, ValueError) as error:
            connection.close()
            raise httpx2.ConnectError("no connection") from error
        return connection


class _Body(httpx2.SyncByteStream):
    """The body of one answer, as it comes. Closing it gives the connection back if all was read."""

    def __init__(
        self,
        transport: Transport,
        place: _Place,
        connection: _Connection,
        answer: http.client.HTTPResponse,
        request: httpx2.Request,
    ) -> None:
        self._transport = transport
        self._place = place
        self._connection = connection
        self._answer = answer
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        answer = self._answer
        try:
            while answer.length != 0 and (chunk := answer.read1(_CHUNK)):
                yield chunk
        except _READ_ERRORS as error:
            raise _broken(error, self._request) from error
        if answer.length:
            raise httpx2.RemoteProtocolError("the answer ends before its end", request=self._request)
        answer.close()

    def close(self) -> None:
        """Give the connection back, or close it if the answer was not read to its end."""
        if self._answer.isclosed() and not self._answer.will_close:
            self._transport.give_back(self._place, self._connection)
        else:
            self._connection.close()


def _connected(proxy: Proxy, timeout: float | None) -> socket.socket:
    try:
        return socket.create_connection((proxy.host, proxy.port), timeout)
    except OSError as error:
        raise httpx2.ProxyError("the proxy cannot be reached") from error


def _place(url: httpx2.URL) -> _Place:
    host, port = url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)
    return _Place(url.scheme, host, port, proxy_for(host, port) if url.scheme == "https" else None)


def _exchange(connection: _Connection, request: httpx2.Request, body: bytes) -> http.client.HTTPResponse:
    target = request.url.raw_path.decode("ascii")
    connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers.raw:
        connection.putheader(name.decode("ascii"), value)
    connection.endheaders(body or None)
    return connection.getresponse()


def _broken(error: Exception, request: httpx2.Request) -> httpx2.TransportError:
    if isinstance(error, TimeoutError):
        return httpx2.ReadTimeout("no answer in time", request=request)
    if isinstance(error, OSError):
        return httpx2.ReadError("the connection broke", request=request)
    return httpx2.RemoteProtocolError("the answer is not HTTP", request=request)
