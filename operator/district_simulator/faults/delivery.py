"""Faults in how the bytes of an answer travel."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

from district_simulator.exchange import Cut, Drip, Endless, Page, Reply, Unfinished
from district_simulator.faults.model import Fault, fault_kind

STAGE = "delivery"


@fault_kind("truncate", STAGE, wants="number")
def truncate(fault: Fault, page: Page, reply: Reply) -> None:
    """The connection drops after this share of the body (0.5 by default)."""
    reply.delivery = Cut(int(len(reply.body) * fault.number(0.5)))


@fault_kind("short-body", STAGE, wants="number")
def short_body(fault: Fault, page: Page, reply: Reply) -> None:
    """The body ends after this share (0.5 by default) and its announced length agrees: broken JSON, whole answer."""
    reply.body = reply.body[: int(len(reply.body) * fault.number(0.5))]


@fault_kind("slow-drip", STAGE, wants="number")
def slow_drip(fault: Fault, page: Page, reply: Reply) -> None:
    """The body comes at so many bytes a second (100 by default)."""
    reply.delivery = Drip(max(1, int(fault.number(100))))


@fault_kind("huge-page", STAGE, wants="number")
def huge_page(fault: Fault, page: Page, reply: Reply) -> None:
    """The page goes on for so many megabytes (1,024 by default): its last row comes again and again."""
    filler = f",{page.rows[-1]}".encode() if page.rows else b" "
    reply.body = reply.body.removesuffix(b"]}")
    reply.delivery = Endless(filler, int(fault.number(1024)))


@fault_kind("unfinished", STAGE)
def unfinished(fault: Fault, page: Page, reply: Reply) -> None:
    """The whole body comes in chunks and the connection drops before the last, empty one: nothing says it was all."""
    reply.delivery = Unfinished()
