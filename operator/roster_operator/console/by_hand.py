"""Granting and blocking by hand: shown first, and done by the digest of what was shown."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from roster_operator.console import addresses
from roster_operator.console.changing import reason_in
from roster_operator.console.elements import Field, Form, Kind, Page, Section
from roster_operator.console.routing import OF_ONE, Route, district_of
from roster_operator.console.views.approval import not_permitted, reason_field
from roster_operator.console.views.deciding import (
    decided_page,
    decision_page,
    newcomer_page,
    refused_decision_page,
)
from roster_operator.console.views.district import way_to
from roster_operator.console.visits import Visit
from roster_operator.errors import InputError
from roster_operator.ledger.by_hand.interface import Kind as Decided
from roster_operator.messages import gettext as _
from roster_operator.operations.by_hand_requests import BlockRequest, GrantRequest
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.request import LICENSES
from roster_operator.service.app import Service
from roster_operator.service.refusals import Refused


class ByHandPages:
    """Of one service."""

    def __init__(self, service: Service) -> None:
        """It asks whether they may."""
        self._service = service

    def routes(self) -> tuple[Route, ...]:
        """Where they are. A person is named by what is sent, and by no address."""
        path = f"{OF_ONE}/by-hand"
        return (Route("GET", path, self._new), Route("POST", path, self._decide))

    async def _new(self, visit: Visit) -> Page:
        district = district_of(visit)
        if not await self._service.rights.may(visit.user, LICENSES, district.namespace, district.name):
            raise Refused(HTTPStatus.FORBIDDEN, not_permitted(LICENSES))
        return newcomer_page(district.namespace, district.name, await self._service.ebooks(), {})

    async def _decide(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        district, sent = district_of(visit), visit.sent
        if sent.get("ends") and not sent.get("reason", "").strip():
            return _why_end(district, sent)
        try:
            told = await self._service.answer(visit.user, _asked(district, sent))
        except InputError as error:
            if sent.get("person"):
                return HTTPStatus.BAD_REQUEST, refused_decision_page(district.namespace, district.name, error.message)
            ebooks = await self._service.ebooks()
            page = newcomer_page(district.namespace, district.name, ebooks, sent, alert=error.message)
            return HTTPStatus.BAD_REQUEST, page
        return decided_page(told, name=district.name) if told.done else decision_page(told, sent, name=district.name)


def _asked(district: DistrictName, sent: Mapping[str, str]) -> GrantRequest | BlockRequest:
    """Raises `InputError` without a reason."""
    given = {key: sent.get(key, "").strip() for key in ("person", "ebook", "edition", "until", "digest")}
    reason, ends = reason_in(sent), bool(sent.get("ends"))
    if sent.get("kind") == str(Decided.BLOCK):
        return BlockRequest(district=district, **given, ends=ends, reason=reason)
    login = {key: sent.get(key, "").strip() for key in ("username", "email")}
    return GrantRequest(district=district, **given, **login, ends=ends, reason=reason)


def _why_end(district: DistrictName, sent: Mapping[str, str]) -> Page:
    """Asked before the end of something is shown."""
    kept = ("kind", "person", "ebook", "edition", "ends")
    fields = (*(Field(key, "", sent.get(key, ""), Kind.HIDDEN) for key in kept), reason_field())
    form = Form(addresses.by_hand(district.namespace, district.name), fields, _("Show what this does"))
    return Page(
        _("By hand in {name}", name=district.name),
        (Section(_("Why does it end?"), form=form),),
        way=way_to(district.namespace, district.name),
    )
