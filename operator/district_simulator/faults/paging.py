"""Faults in which rows a page holds: each moves the stretch that will be read."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

from district_simulator.exchange import Page
from district_simulator.faults.model import Fault, fault_kind
from district_simulator.paging import Window
from district_simulator.statusinfo import RefusedError

STAGE = "paging"


@fault_kind("clamp", STAGE, wants="number")
def clamp(fault: Fault, page: Page) -> None:
    """No page has more than so many rows (500 by default), whatever limit was asked for; nothing says so."""
    limit = min(page.window.limit, int(fault.number(500)))
    page.window = Window(limit, page.window.offset)
    page.stop = min(page.stop, page.start + limit)


@fault_kind("short-page", STAGE, wants="number", page=2)
def short_page(fault: Fault, page: Page) -> None:
    """A page (the second by default) lacks its last rows (half of them by default) although more follow."""
    rows = page.stop - page.start
    page.stop -= min(rows, int(fault.number(rows // 2)))


@fault_kind("empty-page", STAGE, page=2, times=1)
def empty_page(fault: Fault, page: Page) -> None:
    """A page (the second by default, once) is empty although more follow."""
    page.stop = page.start


@fault_kind("past-end", STAGE, wants="number")
def past_end(fault: Fault, page: Page) -> None:
    """An error (404 by default) instead of an empty page past the end."""
    if page.window.offset >= page.total > 0:
        minor = "unknown object" if fault.number(404) == 404 else "internal_server_error"
        raise RefusedError(int(fault.number(404)), minor, "no such page")


@fault_kind("overlap", STAGE, wants="number")
def overlap(fault: Fault, page: Page) -> None:
    """Later pages start so many rows (1 by default) early, as when rows are inserted while someone reads."""
    if page.window.offset > 0:
        rows = page.stop - page.start
        page.start = max(0, page.start - int(fault.number(1)))
        page.stop = page.start + rows


@fault_kind("skip", STAGE, wants="number")
def skip(fault: Fault, page: Page) -> None:
    """Later pages start so many rows (1 by default) late, as when rows vanish while someone reads."""
    if page.window.offset > 0:
        page.start += int(fault.number(1))
        page.stop = min(page.total, page.stop + int(fault.number(1)))


@fault_kind("repeat-last", STAGE)
def repeat_last(fault: Fault, page: Page) -> None:
    """Past the end the last page comes again and again."""
    if page.window.offset >= page.total:
        page.start = max(0, page.total - page.window.limit)
        page.stop = page.total


@fault_kind("ignore-paging", STAGE)
def ignore_paging(fault: Fault, page: Page) -> None:
    """The offset is ignored: every page is the first one."""
    page.start, page.stop = 0, min(page.total, page.window.limit)


@fault_kind("repeat-reversed", STAGE, page=2)
def repeat_reversed(fault: Fault, page: Page) -> None:
    """A page (the second by default) is the one before it once more, in the opposite order."""
    rows = page.stop - page.start
    page.start = max(0, page.start - rows)
    page.stop = page.start + rows
    page.backwards = True
