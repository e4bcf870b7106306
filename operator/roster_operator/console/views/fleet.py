"""All districts that somebody may list, by who must act first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Cell, Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.marks import of_actor
from roster_operator.console.views.words import ACTORS, MODES, SWITCHES, called
from roster_operator.errors import Actor
from roster_operator.messages import gettext as _
from roster_operator.messages import listed, ngettext, pgettext
from roster_operator.operations.fleet import NOBODY, Fleet, FleetRow, Order, Wanted
from roster_operator.operations.fleet_requests import FleetRowsRequest

ROWS: Final = 100
"""Of a page."""
TITLE: Final = _("Districts")
_ORDERS: Final = (
    (Order.ACTS, _("Who must act")),
    (Order.NAME, _("Name")),
    (Order.SINCE, _("Longest wait")),
    (Order.LICENSES, _("Most licenses")),
    (Order.HELD, _("Most held")),
    (Order.LAST_SYNC, _("Oldest good sync")),
)
_HEAD: Final = (
    _("District"),
    _("Namespace"),
    _("Mode"),
    _("Who acts"),
    _("Why"),
    _("Since"),
    _("Licenses"),
    pgettext("removals", "Held"),
    _("Last sync"),
    _("Forgotten?"),
)


_SETUP: Final = Link(_("Set up a district"), addresses.WIZARD)


def fleet_page(told: Fleet, asked: FleetRowsRequest) -> Page:
    """With the filter that was set, and the way to the pages before and behind."""
    last = asked.start + len(told.rows)
    rows = _("Rows {first} to {last} of {found}", first=asked.start + 1, last=last, found=told.found)
    table = Table(rows if told.rows else _("No rows"), _HEAD, tuple(map(_row, told.rows)), _("No district fits."))
    return Page(
        TITLE,
        (
            Section(_("Filter"), form=_filter(asked)),
            Section(_("By who must act"), tables=(table,), links=(*_pages(asked, last, told.found), _SETUP)),
        ),
        lead=(ngettext("{number} district.", "{number} districts.", told.districts), _turns(told)),
    )


def _turns(told: Fleet) -> str:
    """On how many districts each acts."""
    on = told.by_actor
    return _(
        "Who must act first: District on {district}, Publisher on {publisher}, Platform on {platform}, "
        "Nobody on {nobody}.",
        district=on[str(Actor.DISTRICT)],
        publisher=on[str(Actor.PUBLISHER)],
        platform=on[str(Actor.PLATFORM)],
        nobody=on[NOBODY],
    )


def by_name_page(message: str) -> Page:
    """Instead of the list for whoever may not list, but may see districts that they can name."""
    fields = (Field("namespace", _("Namespace"), required=True), Field("name", _("District"), required=True))
    form = Form(addresses.OPEN, fields, _("Open"), method="get")
    return Page(TITLE, (Section(_("Open a district by its name"), form=form, links=(_SETUP,)),), alert=message)


def _row(row: FleetRow) -> tuple[Cell, ...]:
    return (
        Link(row.name, addresses.district(row.namespace, row.name)),
        row.namespace,
        called(MODES, str(row.mode)),
        of_actor(row.acts, waits=row.waits),
        row.reason,
        row.since,
        row.licenses,
        row.held,
        row.last_sync,
        listed([called(SWITCHES, str(each)) for each in row.forgotten]),
    )


def _filter(asked: FleetRowsRequest) -> Form:
    wanted = asked.wanted
    every = ("", _("Any"))
    return Form(
        addresses.DISTRICTS,
        (
            Field("contains", _("Name or namespace has"), wanted.contains),
            Field("namespace", _("In the namespace"), asked.namespace),
            Field("acts", _("Who must act"), *_chosen(wanted.acts[0] if wanted.acts else ""), (every, *_named(ACTORS))),
            Field("mode", _("Mode"), *_chosen(str(wanted.mode or "")), (every, *_named(MODES))),
            Field("reason", _("Why"), wanted.reason, hint=_("Such as RemovalsHeld.")),
            Field(
                "sort", _("Sorted by"), *_chosen(str(asked.order)), tuple((str(order), text) for order, text in _ORDERS)
            ),
            Field("forgotten", _("Something forgotten"), "yes" if wanted.forgotten else "", Kind.CHECK),
        ),
        _("Show"),
        method="get",
    )


def _chosen(value: str) -> tuple[str, Kind]:
    return value, Kind.CHOICE


def _named(names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(names.items())


def _pages(asked: FleetRowsRequest, last: int, found: int) -> list[Link]:
    links = []
    if asked.start:
        links.append(Link(_("Rows before"), _address(asked, max(0, asked.start - ROWS))))
    if last < found:
        links.append(Link(_("Rows behind"), _address(asked, last)))
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
