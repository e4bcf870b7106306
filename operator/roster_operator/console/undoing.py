"""Turning back a sync: shown by a GET, which changes nothing, and done by the digest of what was shown."""

from __future__ import annotations

from http import HTTPStatus

from roster_operator.console.changing import reason_in
from roster_operator.console.elements import Page
from roster_operator.console.routing import OF_ONE, Route, district_of
from roster_operator.console.views.approval import not_permitted
from roster_operator.console.views.undoing import lift_page, lifted_page, no_undo_page, undo_page, undone_page
from roster_operator.console.visits import Visit
from roster_operator.errors import InputError
from roster_operator.operations.request import LEDGER
from roster_operator.operations.requests import LiftRequest, StatusRequest, UndoRequest
from roster_operator.service.app import Service

_KEYS = ("run", "ebook", "school")


class UndoPages:
    """Of one service."""

    def __init__(self, service: Service) -> None:
        """It asks whether they may."""
        self._service = service

    def routes(self) -> tuple[Route, ...]:
        """Where they are."""
        undo, lift = f"{OF_ONE}/undo", f"{OF_ONE}/lift"
        return (
            Route("GET", undo, self._shown),
            Route("POST", undo, self._done),
            Route("GET", lift, self._held),
            Route("POST", lift, self._lifted),
        )

    async def _shown(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        return await self._planned(visit, {key: visit.request.query.get(key, "").strip() for key in _KEYS})

    async def _planned(self, visit: Visit, asked: dict[str, str], alert: str = "") -> Page | tuple[HTTPStatus, Page]:
        district = district_of(visit)
        try:
            told = await self._service.answer(visit.user, UndoRequest(district=district, **asked))
        except InputError as error:
            return HTTPStatus.BAD_REQUEST, no_undo_page(district.namespace, district.name, alert or error.message)
        page = undo_page(told, name=district.name, ebook=asked["ebook"], school=asked["school"], alert=alert)
        return (HTTPStatus.CONFLICT, page) if alert else page

    async def _done(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        district, sent = district_of(visit), visit.sent
        asked = {key: sent.get(key, "").strip() for key in _KEYS}
        try:
            digest, reason = sent.get("digest", ""), reason_in(sent)
            if not digest:
                return await self._planned(visit, asked)
            question = UndoRequest(district=district, **asked, reason=reason, digest=digest)
            told = await self._service.answer(visit.user, question)
        except InputError as error:
            return await self._planned(visit, asked, error.message)
        return undone_page(told, name=district.name)

    async def _held(self, visit: Visit) -> Page:
        district = district_of(visit)
        status = await self._service.answer(visit.user, StatusRequest(district=district), with_ledger=False)
        may = await self._service.rights.may(visit.user, LEDGER, district.namespace, district.name)
        return lift_page(status, permitted="" if may else not_permitted(LEDGER))

    async def _lifted(self, visit: Visit) -> Page:
        district = district_of(visit)
        return lifted_page(await self._service.answer(visit.user, LiftRequest(district=district)), district.name)
