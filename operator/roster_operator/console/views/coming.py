"""What will end or begin for a district by itself."""

from __future__ import annotations

from roster_operator.console import addresses
from roster_operator.console.elements import Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.operations.upcoming import Upcoming
from roster_operator.plurals import counted

DAYS = (7, 30, 120, 365)
"""So far ahead it can be asked for."""


def upcoming_page(told: Upcoming, days: int, *, name: str, away: str = "") -> Page:
    """The soonest first. `away`: why the ledger does not answer; then its part is left out."""
    rows = tuple((each.at, str(each.kind), each.acts and str(each.acts), each.message) for each in told.events)
    until = f"{told.until:%Y-%m-%d}"
    options = tuple((str(each), counted(each, "day[s]")) for each in DAYS)
    form = Form(
        addresses.upcoming(told.namespace, name),
        (Field("days", "How far ahead", str(days), Kind.CHOICE, options),),
        "Show",
        method="get",
    )
    head = ("When", "What", "Who acts", "Meaning")
    table = Table(f"Until {until}", head, rows, f"Nothing that is known, until {until}.")
    calendar = Link("License calendar", addresses.calendar(told.namespace, name))
    return Page(
        f"Upcoming in {name}",
        (
            Section("What ends or begins by itself", form=form, tables=(table,), links=(calendar,)),
            *((Section("Not known", notes=told.not_known),) if told.not_known else ()),
        ),
        way=way_to(told.namespace, name),
        alert=f"The ledger does not answer, so what it knows is missing here. {away}" if away else "",
    )
