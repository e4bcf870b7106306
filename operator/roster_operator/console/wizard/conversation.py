"""Who sets up which district: found by person and district, after Kubernetes has said that they may."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from roster_operator.api import names
from roster_operator.api.v1alpha1 import EBook
from roster_operator.clock import Clock
from roster_operator.console.routing import district_of
from roster_operator.console.visits import Visit
from roster_operator.console.wizard.asking import Asking
from roster_operator.console.wizard.visitors import Visitor, Visitors
from roster_operator.errors import InputError
from roster_operator.kube import paths
from roster_operator.kube.errors import Forbidden, NotFound
from roster_operator.kube.reviews import User
from roster_operator.messages import gettext as _
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.request import SEE, SPEC
from roster_operator.operations.wizard.draft import Draft, begin, draft_of
from roster_operator.operations.wizard.saved import Entered, Saved
from roster_operator.service.app import Service
from roster_operator.service.refusals import Refused


@dataclass(frozen=True, slots=True)
class Conversation:
    """One person about one district, while a page is made."""

    user: User
    district: DistrictName
    visitor: Visitor


class Conversations:
    """Of one console."""

    def __init__(self, service: Service, asking: Asking, clock: Clock) -> None:
        """`asking`: how SIS are asked."""
        self._service = service
        self._clock = clock
        self.asking = asking
        self.visitors = Visitors(clock)

    def now(self) -> datetime:
        """By the clock."""
        return self._clock.now()

    async def ebooks(self) -> Mapping[str, EBook]:
        """The publisher's; raises `InputError` if there are none."""
        found = await self._service.ebooks()
        if not found:
            raise InputError(_("There is no EBook to assign. Publisher: create them."))
        return found

    async def of(self, visit: Visit) -> Conversation:
        """As it was left, or begun; raises `Refused` for who may not change this district."""
        district, user = district_of(visit), visit.user
        if len(district.name) > names.NAME_LIMIT:
            raise InputError(_("The name of a district has at most {number} characters.", number=names.NAME_LIMIT))
        for permission in (SEE, SPEC):
            if not await self._service.rights.may(user, permission, district.namespace, district.name):
                message = _(
                    "You may not set up {district}. Platform: it takes the permission to {permission}.",
                    district=str(district),
                    permission=str(permission),
                )
                raise Refused(HTTPStatus.FORBIDDEN, message)
        visitor = self.visitors.find(user.name, district)
        if visitor is None:
            saved = await self._as_it_is(user, district)
            visitor = self.visitors.find(user.name, district) or self.visitors.begin(user.name, district, saved)
        return Conversation(user, district, visitor)

    async def entered(self, held: Conversation) -> Entered | None:
        """The credentials: of this conversation; or of the Secret that is there, if they may read it themselves."""
        visitor = held.visitor
        if visitor.entered is None and not visitor.draft.source.get("secretRef"):
            return Entered({}) if visitor.draft.source else None
        if visitor.entered is None and not visitor.saved.secret_due and _same_server(visitor.saved):
            visitor.entered = await self._of_secret(held.user, visitor.draft)
        if visitor.entered is None:
            visitor.problem = _("The secret was not kept. Please enter it again.")
        return visitor.entered

    async def _as_it_is(self, user: User, district: DistrictName) -> Saved:
        existing = await self._service.existing(user, district)
        if existing is None:
            return Saved(begin(district))
        draft = draft_of(existing)
        return Saved(draft, base=draft.spec)

    async def _of_secret(self, user: User, draft: Draft) -> Entered | None:
        """They go to no other server than before: see `_same_server`."""
        if self._service.acting is None:
            return None
        path = paths.secret(draft.namespace, str(draft.source["secretRef"]["name"]))
        try:
            found = await self._service.acting.client_of(user).get(path)
        except (NotFound, Forbidden):
            return None
        data = found.get("data") or {}
        return Entered({key: base64.b64decode(value).decode("utf-8", "replace") for key, value in data.items()})


def _same_server(saved: Saved) -> bool:
    """Whether the server is the one whose credentials the Secret has."""
    if saved.base is None:
        return False
    before, now = saved.base.get("source") or {}, saved.draft.source
    return all(before.get(name) == now.get(name) for name in ("baseURL", "tokenURL", "secretRef"))
