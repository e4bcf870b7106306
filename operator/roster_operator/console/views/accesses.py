"""The access log of a district: who looked at whom, by the numbers of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from roster_operator.console import addresses
from roster_operator.console.elements import Button, Cell, Field, Form, Link, Page, Section, Table
from roster_operator.console.views.district import way_to
from roster_operator.ledger.queries.records import RecordedAccess
from roster_operator.operations.inquiry import NO_ACCOUNT

LOOKS: Final = 100
"""Of a page."""
_MEANING: Final = (
    "Each look at a person is written down before anything is shown. Who looked is a Kubernetes user, or the user of "
    "the machine on which a command ran."
)


def accesses_page(
    looks: Sequence[RecordedAccess], namespace: str, name: str, *, of_one: bool = False, alert: str = ""
) -> Page:
    """The latest first. `of_one`: of the person that was asked for; `alert`: why there are none to show."""
    most = f"These are the latest {LOOKS}. More: kubectl roster access {name} -n {namespace} --limit 1000."
    notes = (_MEANING, *((most,) if len(looks) == LOOKS else ()))
    hint = "A login, email, sourcedId, student or staff number, or account:ID. Your look is written down."
    asked = Form(addresses.access(namespace, name), (Field("person", "At whom", hint=hint, required=True),), "Show")
    every = (Link("Looks at everybody", addresses.access(namespace, name)),) if of_one or alert else ()
    shown = () if alert else (Section("Looks", notes=notes, tables=(_table(looks, namespace, name),)),)
    return Page(
        f"Who looked at {'one person' if of_one else 'people'} of {name}",
        (*shown, Section("Looks at one person", form=asked, links=every)),
        way=way_to(namespace, name),
        alert=alert,
    )


def _table(looks: Sequence[RecordedAccess], namespace: str, name: str) -> Table:
    def row(look: RecordedAccess) -> tuple[Cell, ...]:
        account = str(look.account)
        values = {"person": f"account:{account}"}
        whom: Cell = "no license yet"
        if look.account != NO_ACCOUNT:
            whom = Button(account, addresses.access(namespace, name), values, "looks at this account")
        return look.at, whom, look.verb, look.actor, look.through

    head = ("At", "Account", "Asked", "Who", "Known by")
    return Table("The latest first", head, tuple(map(row, looks)), "Nobody has looked at a person of this district.")
