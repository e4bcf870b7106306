"""Faults in how a page is shown: envelope, headers and encoding."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

import gzip
import re

from district_simulator.exchange import Page, Reply
from district_simulator.faults.model import Fault, fault_kind

STAGE = "dressing"
_TARGET = re.compile(r"<https?://[^/>]+")
_NEXT_OFFSET = re.compile(r'offset=\d+>; rel="next"')
_BOM = b"\xef\xbb\xbf"


@fault_kind("no-total", STAGE)
def no_total(fault: Fault, page: Page, reply: Reply) -> None:
    """No X-Total-Count header."""
    reply.headers.pop("X-Total-Count", None)


@fault_kind("no-link", STAGE)
def no_link(fault: Fault, page: Page, reply: Reply) -> None:
    """No Link header."""
    reply.headers.pop("Link", None)


@fault_kind("wrong-total", STAGE, wants="number")
def wrong_total(fault: Fault, page: Page, reply: Reply) -> None:
    """X-Total-Count is off by the value, which may be negative (+10 by default)."""
    reply.headers["X-Total-Count"] = str(max(0, page.total + int(fault.number(10))))


@fault_kind("rename-total", STAGE, wants="text")
def rename_total(fault: Fault, page: Page, reply: Reply) -> None:
    """The total comes under another header name (x-count by default)."""
    reply.headers[fault.value or "x-count"] = reply.headers.pop("X-Total-Count", str(page.total))


@fault_kind("no-envelope", STAGE)
def no_envelope(fault: Fault, page: Page, reply: Reply) -> None:
    """200 with a JSON object that has no collection in it."""
    reply.body = b'{"message":"OK"}'


@fault_kind("renamed-envelope", STAGE, wants="text")
def renamed_envelope(fault: Fault, page: Page, reply: Reply) -> None:
    """The collection stands under the route's name (students instead of users), or under the value."""
    page.envelope = fault.value or page.route.collection
    reply.body = page.body()


@fault_kind("link-host", STAGE, wants="text")
def link_host(fault: Fault, page: Page, reply: Reply) -> None:
    """Link points at another host (the value, with its scheme), as behind a badly set up proxy."""
    if "Link" in reply.headers:
        host = fault.value or "http://internal-sis.example.org:8443"
        reply.headers["Link"] = _TARGET.sub(f"<{host}", reply.headers["Link"])


@fault_kind("link-stale", STAGE)
def link_stale(fault: Fault, page: Page, reply: Reply) -> None:
    """The next link carries the offset of the page that was just read."""
    if "Link" in reply.headers:
        stale = f'offset={page.window.offset}>; rel="next"'
        reply.headers["Link"] = _NEXT_OFFSET.sub(stale, reply.headers["Link"])


@fault_kind("link-bare", STAGE)
def link_bare(fault: Fault, page: Page, reply: Reply) -> None:
    """Link has its targets in braces instead of angle brackets."""
    if "Link" in reply.headers:
        reply.headers["Link"] = reply.headers["Link"].replace("<", "{").replace(">", "}")


@fault_kind("content-type", STAGE, wants="text")
def content_type(fault: Fault, page: Page, reply: Reply) -> None:
    """Another Content-Type (text/plain by default) on a JSON body."""
    reply.headers["Content-Type"] = fault.value or "text/plain"


@fault_kind("bom", STAGE)
def bom(fault: Fault, page: Page, reply: Reply) -> None:
    """The body starts with a byte order mark."""
    reply.body = _BOM + reply.body


@fault_kind("gzip", STAGE)
def compress(fault: Fault, page: Page, reply: Reply) -> None:
    """The body is compressed with gzip whether or not the client said that it can read that."""
    reply.body = gzip.compress(reply.body, compresslevel=1, mtime=0)
    reply.headers["Content-Encoding"] = "gzip"


@fault_kind("deep-nesting", STAGE, wants="number")
def deep_nesting(fault: Fault, page: Page, reply: Reply) -> None:
    """The first row's metadata is nested so deep (100,000 levels by default)."""
    depth = int(fault.number(100_000))
    nest = '{"a":' * depth + "1" + "}" * depth
    page.rows = [f'{page.rows[0][:-1]},"metadata":{nest}}}', *page.rows[1:]] if page.rows else []
    reply.body = page.body()
