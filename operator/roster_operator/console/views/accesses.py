"""The access log of a district: who looked at whom, by the numbers of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Link, Page, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.ledger.queries.records import RecordedAccess
from roster_operator.messages import gettext as _
from roster_operator.operations.inquiry import NO_ACCOUNT

LOOKS: Final = 100
"""Of a page."""
_MEANING: Final = _(
    "Each look at a person is written down before anything is shown. Who looked is a Kubernetes user, or the user of "
    "the machine on which a command ran."
)


def accesses_page(
    looks: Sequence[RecordedAccess], namespace: str, name: str, *, of_one: bool = False, alert: str = ""
) -> Page:
    """The latest first. `of_one`: of the person that was asked for; `alert`: why there are none to show."""
    most = _(
        "These are the latest {number}. More: kubectl roster access {name} -n {namespace} --limit 1000.",
        number=LOOKS,
        name=name,
        namespace=namespace,
    )
    notes = (_MEANING, *((most,) if len(looks) == LOOKS else ()))
    hint = _("A login, email, sourcedId, student or staff number, or account:ID. Your look is written down.")
    asked = Form(
        addresses.access(namespace, name), (Field("person", _("At whom"), hint=hint, required=True),), _("Show")
    )
    every = (Link(_("Looks at everybody"), addresses.access(namespace, name)),) if of_one or alert else ()
    shown = () if alert else (Section(_("Looks"), notes=notes, tables=(_table(looks, namespace, name),)),)
    return Page(
        _("Who looked at one person of {name}", name=name)
        if of_one
        else _("Who looked at people of {name}", name=name),
        (*shown, Section(_("Looks at one person"), form=asked, links=every)),
        way=way_to(namespace, name),
        alert=alert,
    )


def _table(looks: Sequence[RecordedAccess], namespace: str, name: str) -> Table:
    def row(look: RecordedAccess) -> tuple[Cell, ...]:
        account = str(look.account)
        values = {"person": f"account:{account}"}
        whom: Cell = _("no license yet")
        if look.account != NO_ACCOUNT:
            whom = Button(account, addresses.access(namespace, name), values, _("looks at this account"))
        return look.at, whom, look.verb, look.actor, look.through

    head = (_("At"), _("Account"), _("Asked"), _("Who"), _("Known by"))
    return Table(
        _("The latest first"), head, tuple(map(row, looks)), _("Nobody has looked at a person of this district.")
    )
