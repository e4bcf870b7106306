"""All districts that somebody may list, by who must act first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.marks import of_actor
from roster_operator.operations.fleet import ACTORS, Fleet, FleetRow, Mode, Order, Wanted
from roster_operator.operations.fleet_requests import FleetRowsRequest
from roster_operator.plurals import counted

ROWS: Final = 100
"""Of a page."""
TITLE: Final = "Districts"
_ORDERS: Final = (
    (Order.ACTS, "Who must act"),
    (Order.NAME, "Name"),
    (Order.SINCE, "Longest wait"),
    (Order.LICENSES, "Most licenses"),
    (Order.HELD, "Most held"),
    (Order.LAST_SYNC, "Oldest good sync"),
)
_HEAD: Final = (
    "District",
    "Namespace",
    "Mode",
    "Who acts",
    "Why",
    "Since",
    "Licenses",
    "Held",
    "Last sync",
    "Forgotten?",
)


_SETUP: Final = Link("Set up a district", addresses.WIZARD)


def fleet_page(told: Fleet, asked: FleetRowsRequest) -> Page:
    """With the filter that was set, and the way to the pages before and behind."""
    turns = ", ".join(f"{actor} on {number}" for actor, number in told.by_actor.items() if number)
    last = asked.start + len(told.rows)
    shown = f"Rows {asked.start + 1} to {last} of {told.found}" if told.rows else "No rows"
    table = Table(shown, _HEAD, tuple(map(_row, told.rows)), "No district fits.")
    return Page(
        TITLE,
        (
            Section("Filter", form=_filter(asked)),
            Section("By who must act", tables=(table,), links=(*_pages(asked, last, told.found), _SETUP)),
        ),
        lead=(f"{counted(told.districts, 'district[s]')}. Who must act first: {turns or 'nobody'}.",),
    )


def by_name_page(message: str) -> Page:
    """Instead of the list for whoever may not list, but may see districts that they can name."""
    fields = (Field("namespace", "Namespace", required=True), Field("name", "District", required=True))
    form = Form(addresses.OPEN, fields, "Open", method="get")
    return Page(TITLE, (Section("Open a district by its name", form=form, links=(_SETUP,)),), alert=message)


def _row(row: FleetRow) -> tuple[Cell, ...]:
    return (
        Link(row.name, addresses.district(row.namespace, row.name)),
        row.namespace,
        str(row.mode),
        of_actor(row.acts, waits=row.waits),
        row.reason,
        row.since,
        row.licenses,
        row.held,
        row.last_sync,
        ", ".join(row.forgotten),
    )


def _filter(asked: FleetRowsRequest) -> Form:
    wanted = asked.wanted
    every = ("", "Any")
    return Form(
        addresses.DISTRICTS,
        (
            Field("contains", "Name or namespace has", wanted.contains),
            Field("namespace", "In the namespace", asked.namespace),
            Field("acts", "Who must act", *_chosen(wanted.acts[0] if wanted.acts else ""), (every, *_same(ACTORS))),
            Field("mode", "Mode", *_chosen(str(wanted.mode or "")), (every, *_same(map(str, Mode)))),
            Field("reason", "Why", wanted.reason, hint="Such as RemovalsHeld."),
            Field(
                "sort", "Sorted by", *_chosen(str(asked.order)), tuple((str(order), text) for order, text in _ORDERS)
            ),
            Field("forgotten", "Something forgotten", "yes" if wanted.forgotten else "", Kind.CHECK),
        ),
        "Show",
        method="get",
    )


def _chosen(value: str) -> tuple[str, Kind]:
    return value, Kind.CHOICE


def _same(values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, value) for value in values)


def _pages(asked: FleetRowsRequest, last: int, found: int) -> list[Link]:
    links = []
    if asked.start:
        links.append(Link("Rows before", _address(asked, max(0, asked.start - ROWS))))
    if last < found:
        links.append(Link("Rows behind", _address(asked, last)))
    return links


def _address(asked: FleetRowsRequest, start: int) -> str:
    wanted: Wanted = asked.wanted
    return addresses.with_query(
        addresses.DISTRICTS,
        contains=wanted.contains,
        namespace=asked.namespace,
        acts=wanted.acts,
        mode=wanted.mode and str(wanted.mode),
        reason=wanted.reason,
        sort=str(asked.order),
        forgotten="yes" if wanted.forgotten else "",
        start=start,
    )
