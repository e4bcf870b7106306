"""What will end or begin for a district by itself."""

from __future__ import annotations

from roster_operator.console import addresses
from roster_operator.console.elements import Field, Form, Kind, Link, Page, Section, Table
from roster_operator.console.views.district import event_row, way_to
from roster_operator.console.views.words import days_told
from roster_operator.messages import gettext as _
from roster_operator.operations.upcoming import Upcoming

DAYS = (7, 30, 120, 365)
"""So far ahead it can be asked for."""


def upcoming_page(told: Upcoming, days: int, *, name: str, away: str = "") -> Page:
    """The soonest first. `away`: why the ledger does not answer; then its part is left out."""
    rows, until = tuple(map(event_row, told.events)), told.until.date()
    options = tuple((str(each), days_told(each)) for each in DAYS)
    form = Form(
        addresses.upcoming(told.namespace, name),
        (Field("days", _("How far ahead"), str(days), Kind.CHOICE, options),),
        _("Show"),
        method="get",
    )
    head = (_("When"), _("What"), _("Who acts"), _("Meaning"))
    table = Table(_("Until {day}", day=until), head, rows, _("Nothing that is known, until {day}.", day=until))
    calendar = Link(_("License calendar"), addresses.calendar(told.namespace, name))
    return Page(
        _("Upcoming in {name}", name=name),
        (
            Section(_("What ends or begins by itself"), form=form, tables=(table,), links=(calendar,)),
            *((Section(_("Not known"), notes=told.not_known),) if told.not_known else ()),
        ),
        way=way_to(told.namespace, name),
        alert=_("The ledger does not answer, so what it knows is missing here.") if away else "",
        lead=(away,) if away else (),
    )
