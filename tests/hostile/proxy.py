"""A proxy before a sound district, whose answers to one route are spoiled."""

from __future__ import annotations

import contextlib
import http.client
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.hostile.listening import Handler, listening
from tests.hostile.spoiling import Body

Spoil = Callable[[str, bytes], tuple[Body, dict[str, str]] | None]
"""From path and body of an answer to another body and more headers; None: it stays as it is."""
_PASSED_ON = ("authorization", "content-type", "accept")
_KEPT = ("content-type", "x-total-count", "link", "last-modified", "etag")


def route_of(path: str) -> str:
    """A path without the numbers in it."""
    return re.sub(r"\d+", "#", urlsplit(path).path)


@contextmanager
def spoiling(upstream: str, spoil: Spoil) -> Iterator[str]:
    """Yields the address that stands for `upstream`, an origin."""
    there = urlsplit(upstream).netloc

    class Answering(Handler):
        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def do_HEAD(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = http.client.HTTPConnection(there, timeout=30)
            with contextlib.closing(asked):
                passed = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
                asked.request(self.command, self.path, content, {**passed, "Host": self.headers["Host"]})
                answer = asked.getresponse()
                body: Body = answer.read()
            assert isinstance(body, bytes)
            kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
            spoiled = spoil(self.path, body) if answer.status == 200 else None
            if spoiled is not None:
                body, more = spoiled
                kept = {name: value for name, value in kept.items() if name.title() not in more} | more
            self.answer(answer.status, body, kept)

    with listening(Answering) as origin:
        yield origin
