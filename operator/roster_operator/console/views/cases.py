"""Where a case code is made, and where one is typed in."""

from __future__ import annotations

from datetime import datetime

from roster_operator.console import addresses
from roster_operator.console.elements import Button, Field, Form, Page, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.messages import gettext as _


def case_section(namespace: str, name: str, person: str, ebook: str) -> Section:
    """On the page of a person: whom it is about is sent, and stands in no address."""
    button = Button(_("Make a case code"), addresses.case_of(namespace, name), {"person": person, "ebook": ebook})
    table = Table(_("Case code"), (_("Instead of a name, for an hour"),), ((button,),), "")
    return Section(_("For a ticket"), tables=(table,))


def case_made_page(code: str, until: datetime, namespace: str, name: str) -> Page:
    """The code, and what it is good for."""
    how = _(
        "Put it into the ticket instead of a name. Whoever may see people of this district opens it under Case code."
    )
    facts = ((_("Case code"), code), (_("Good until"), until))
    return Page(
        _("A case of {name}", name=name), (Section(code, notes=(how,), facts=facts),), way=way_to(namespace, name)
    )


def case_page(alert: str = "") -> Page:
    """The field for one."""
    hint = _("Six letters and digits, from a ticket of the last hour.")
    form = Form(addresses.CASE, (Field("code", _("Case code"), hint=hint, required=True),), _("Open"))
    return Page(_("Open a case"), (Section(_("From a ticket"), form=form),), alert=alert)
