"""An egress proxy: it opens tunnels, and whatever host is asked for, they lead to one server of the test."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class EgressProxy:
    """What was asked of it."""

    port: int
    asked: list[str] = field(default_factory=list)
    """Targets of tunnels, as `host:port`."""

    def address(self, credentials: str = "") -> str:
        """For HTTPS_PROXY."""
        return f"http://{credentials}127.0.0.1:{self.port}"


@contextmanager
def egress_proxy(to: int, *, authorization: str = "", status: int = 200) -> Iterator[EgressProxy]:
    """A proxy whose tunnels lead to the port `to` of this machine.

    It wants that `authorization`, if any, and answers every tunnel with `status`.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    proxy = EgressProxy(listening.getsockname()[1])

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def serve(client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (part := client.recv(65536)):
                    return
                head += part
            first, *headers = head.decode("ascii").split("\r\n")
            method, target, _version = first.split(" ")
            assert method == "CONNECT"
            proxy.asked.append(target)
            told = [line.partition(": ")[2] for line in headers if line.lower().startswith("proxy-authorization:")]
            answer = 407 if authorization and told != [authorization] else status
            client.sendall(f"HTTP/1.1 {answer} Said\r\nContent-Length: 0\r\n\r\n".encode())
            if answer != 200:
                return
            with socket.create_connection(("127.0.0.1", to)) as server:
                back = threading.Thread(target=pump, args=(server, client), daemon=True)
                back.start()
                pump(client, server)
                back.join()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield proxy
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join(5)
