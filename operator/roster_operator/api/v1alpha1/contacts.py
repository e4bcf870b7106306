"""Whom to write to: `spec.contacts`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from roster_operator.api.actors import Actor
from roster_operator.api.rules import Shaped
from roster_operator.api.wire import WireModel

Address = Annotated[
    str,
    Field(min_length=3, max_length=120),
    Shaped(
        r"^([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|https://[A-Za-z0-9.-]+(/[A-Za-z0-9/._~-]*)?)$",
        "must be one address of a role, such as sis-team@springfield.example.org or https://help.example.org/sis; of a "
        "person there must be none",
    ),
]


class Contacts(WireModel):
    """Addresses of roles, never of a person: whoever may see this resource sees them. They are shown beside what is to
    be done; nothing is sent to them."""

    district: Address | None = None
    """Where the district's technical staff are reached: a shared mailbox, or the https page of a help desk."""
    publisher: Address | None = None
    """Where those are reached who write this resource and approve what waits."""

    def of(self, actor: Actor | None) -> str:
        """Where somebody who acts is reached; empty if that does not stand here."""
        known = {Actor.DISTRICT: self.district, Actor.PUBLISHER: self.publisher}
        return (known.get(actor) if actor is not None else None) or ""

    def told(self) -> str:
        """All of them, on one line; empty if there is none."""
        named = ((actor, self.of(actor)) for actor in Actor)
        return ", ".join(f"{actor} {address}" for actor, address in named if address)
