"""The open sockets of a source.

A thread that waits in `recv` cannot be told to stop. So the sockets are known here, and another thread can shut them
down: the waiting one then fails at once and finds out why.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import weakref

# It writes URLs, which hold identifiers of persons.
logging.getLogger("httpx2").addFilter(lambda _record: False)


class Connections:
    """The open sockets of one client. Thread-safe."""

    def __init__(self) -> None:
        """None are open yet."""
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._ended = False

    def opened(self, connection: socket.socket) -> None:
        """Learn of a new connection."""
        with self._lock:
            self._sockets.add(connection)
            ended = self._ended
        if ended:
            _shut_down(connection)

    def break_off(self) -> None:
        """End whatever is under way; new connections may follow."""
        with self._lock:
            sockets = list(self._sockets)
        for opened in sockets:
            _shut_down(opened)

    def end(self) -> None:
        """End whatever is under way, and each connection that is still being opened as soon as it is."""
        with self._lock:
            self._ended = True
        self.break_off()


def _shut_down(opened: socket.socket) -> None:
    """Below TLS, which would wait for the other side."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(opened, socket.SHUT_RDWR)
