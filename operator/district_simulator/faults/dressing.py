"""Faults in how a page is shown: envelope, headers and encoding."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

import gzip
import json
import re
import zlib

from district_simulator.exchange import Page, Reply
from district_simulator.faults.model import Fault, fault_kind
from district_simulator.statusinfo import StatusInfo

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


@fault_kind("moving-total", STAGE, wants="number")
def moving_total(fault: Fault, page: Page, reply: Reply) -> None:
    """X-Total-Count changes by the value (-5 by default) from page to page, as when rows come and go meanwhile."""
    moved = page.total + int(fault.number(-5)) * (page.window.page - 1)
    reply.headers["X-Total-Count"] = str(max(0, moved))


@fault_kind("partial-content", STAGE)
def partial_content(fault: Fault, page: Page, reply: Reply) -> None:
    """206 instead of 200."""
    reply.status = 206


@fault_kind("no-content", STAGE)
def no_content(fault: Fault, page: Page, reply: Reply) -> None:
    """204 without a body or a total."""
    reply.status, reply.body = 204, b""
    reply.headers.pop("X-Total-Count", None)


@fault_kind("null-envelope", STAGE)
def null_envelope(fault: Fault, page: Page, reply: Reply) -> None:
    """The collection is null instead of a list, and its total is 0."""
    reply.body = f'{{"{page.envelope}":null}}'.encode()
    reply.headers["X-Total-Count"] = "0"


@fault_kind("object-envelope", STAGE)
def object_envelope(fault: Fault, page: Page, reply: Reply) -> None:
    """A page of one row is that row itself instead of a list of it."""
    if len(page.rows) == 1:
        reply.body = f'{{"{page.envelope}":{page.rows[0]}}}'.encode()


@fault_kind("failed-page", STAGE)
def failed_page(fault: Fault, page: Page, reply: Reply) -> None:
    """200 with an empty list, a total of 0 and a status that says that reading failed."""
    page.rows = []
    failure = StatusInfo("targetreadfailure", "the data store could not be read")
    page.warnings = [json.dumps(failure.entry())]
    reply.body = page.body()
    reply.headers["X-Total-Count"] = "0"


@fault_kind("invalid-utf8", STAGE)
def invalid_utf8(fault: Fault, page: Page, reply: Reply) -> None:
    """A byte in a row that is no UTF-8."""
    if page.rows:
        reply.body = reply.body.replace(b'"status":"', b'"status":"\xff', 1)


@fault_kind("trailing-garbage", STAGE)
def trailing_garbage(fault: Fault, page: Page, reply: Reply) -> None:
    """More text behind the JSON, as when a server appends an error to what it already sent."""
    reply.body += b"\n<b>Warning</b>: mysqli::query(): MySQL server has gone away"


@fault_kind("failed-rows", STAGE)
def failed_rows(fault: Fault, page: Page, reply: Reply) -> None:
    """Half of the page's rows, with 200, the rows' number as the total, and a status that says that reading failed."""
    page.rows = page.rows[: len(page.rows) // 2]
    failure = StatusInfo("targetreadfailure", "the data store could not be read to the end")
    page.warnings = [json.dumps(failure.entry())]
    reply.body = page.body()
    reply.headers["X-Total-Count"] = str(page.window.offset + len(page.rows))
    reply.headers.pop("Link", None)


@fault_kind("odd-total", STAGE, wants="text")
def odd_total(fault: Fault, page: Page, reply: Reply) -> None:
    """X-Total-Count is the value, whatever it is (`many` by default)."""
    reply.headers["X-Total-Count"] = fault.value or "many"


@fault_kind("link-loop", STAGE)
def link_loop(fault: Fault, page: Page, reply: Reply) -> None:
    """The next link of every page leads back to the second page, and there is no total."""
    reply.headers.pop("X-Total-Count", None)
    address = f"/again?limit={page.window.limit}&offset={page.window.limit}"
    reply.headers["Link"] = f'<http://{page.route.collection}.example.org{address}>; rel="next"'


@fault_kind("false-encoding", STAGE)
def false_encoding(fault: Fault, page: Page, reply: Reply) -> None:
    """Content-Encoding says gzip and the body is plain."""
    reply.headers["Content-Encoding"] = "gzip"


@fault_kind("gzip-bomb", STAGE, wants="number")
def gzip_bomb(fault: Fault, page: Page, reply: Reply) -> None:
    """The body is small and unpacks to so many megabytes (512 by default), most of them blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = [packer.compress(reply.body[:-1])]
    packed += [packer.compress(b" " * (1 << 20)) for _ in range(int(fault.number(512)))]
    reply.body = b"".join([*packed, packer.compress(b"}"), packer.flush()])
    reply.headers["Content-Encoding"] = "gzip"


@fault_kind("foreign-rows", STAGE)
def foreign_rows(fault: Fault, page: Page, reply: Reply) -> None:
    """The rows have nothing of what was asked for but their ids, as when a proxy mixes answers up."""
    page.rows = [
        json.dumps({"sourcedId": f"other-{page.start + n}", "status": "active"}) for n in range(len(page.rows))
    ]
    reply.body = page.body()
