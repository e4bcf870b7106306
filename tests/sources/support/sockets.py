"""Servers that break HTTP: each connection is handled by a function that writes what it likes."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.sources.support.servers import TOKEN

Misbehave = Callable[[socket.socket, "Stop"], None]
Stop = threading.Event

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def send_json(connection: socket.socket, value: object) -> None:
    """A proper answer."""
    body = json.dumps(value).encode()
    connection.sendall(HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)


def _is_whole(request: bytes) -> bool:
    """Whether head and body are there: a server that closes before it read all may lose its answer on the way."""
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


@contextmanager
def misbehaving_server(misbehave: Misbehave, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Gives out tokens properly and lets `misbehave` answer everything else; yields the base URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    stop = Stop()
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            request = b""
            while not _is_whole(request):
                part = connection.recv(65536)
                if not part:
                    return
                request += part
                if request[:1] == b"\x16":  # a TLS handshake
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    return
            if request.startswith(b"POST /token"):
                send_json(connection, TOKEN)
            else:
                misbehave(connection, stop)

    def accept() -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listening.accept()
                thread = threading.Thread(target=serve, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{listening.getsockname()[1]}"
    finally:
        stop.set()
        with contextlib.suppress(OSError):
            socket.create_connection(listening.getsockname()).close()
        accepting.join(5)
        listening.close()
