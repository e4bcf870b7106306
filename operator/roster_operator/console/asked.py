"""What the address of a page asks for: filters, an order, a place in a list."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeVar

from roster_operator.console.views.fleet import ROWS
from roster_operator.errors import InputError, UnknownName
from roster_operator.messages import gettext as _
from roster_operator.operations.calendar import LicenseCalendar
from roster_operator.operations.changes import Asked
from roster_operator.operations.fleet import ACTORS, Mode, Order, Wanted
from roster_operator.operations.fleet_requests import FleetRowsRequest
from roster_operator.service.asked import NAMESPACE

ChoiceT = TypeVar("ChoiceT", bound=Enum)

_CHANGES: Final = 100
"""Of a page."""


def fleet_asked(query: Mapping[str, str]) -> FleetRowsRequest:
    """Which districts, in which order, from which on; raises `InputError`."""
    acts, mode, namespace = query.get("acts", ""), query.get("mode", ""), query.get("namespace", "").strip()
    if namespace and NAMESPACE.fullmatch(namespace) is None:
        raise InputError(_("There can be no namespace of that name."))
    if acts and acts not in ACTORS:
        raise InputError(_("Nobody who acts is called that. There are: {all}.", all=", ".join(ACTORS)))
    return FleetRowsRequest(
        namespace=namespace,
        wanted=Wanted(
            acts=(acts,) if acts else (),
            reason=query.get("reason", "").strip(),
            mode=_choice(Mode, mode) if mode else None,
            forgotten=bool(query.get("forgotten")),
            contains=query.get("contains", "").strip(),
        ),
        order=_choice(Order, query.get("sort") or Order.ACTS.value),
        start=_number(query, "start") or 0,
        limit=ROWS,
    )


def changes_asked(query: Mapping[str, str]) -> Asked:
    """Which changes; never those of a person, who would be named by the address. Raises `InputError`."""
    return Asked(
        run=query.get("run", ""),
        ebook=query.get("ebook", ""),
        school=query.get("school", ""),
        before=_number(query, "before"),
        limit=_CHANGES,
    )


def ebook_asked(query: Mapping[str, str], told: LicenseCalendar) -> str:
    """Of which eBook a calendar is shown; empty: of all. Raises `UnknownName` for one that is not in it."""
    ebook = query.get("ebook", "")
    if ebook and ebook not in {each.ebook for each in told.by_ebook}:
        raise UnknownName(_("The calendar of this district has no eBook of that name."))
    return ebook


def _choice(kind: type[ChoiceT], value: str) -> ChoiceT:
    try:
        return kind(value)
    except ValueError:
        there = ", ".join(str(each.value) for each in kind)
        raise InputError(_("There is no such choice. There are: {all}.", all=there)) from None


def _number(query: Mapping[str, str], name: str) -> int | None:
    value = query.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise InputError(_("The address of this page is not as it should be. Start from the list of districts."))
    return int(value)
