"""Promotion of all schools: shown with what it would change, and done by what was shown, as whoever promotes."""

from __future__ import annotations

from http import HTTPStatus

from roster_operator.api import names
from roster_operator.console.changing import as_themselves, reason_in
from roster_operator.console.elements import Page
from roster_operator.console.routing import OF_ONE, Route, district_of
from roster_operator.console.views.approval import not_permitted
from roster_operator.console.views.promotion import promoted_page, promotion_page
from roster_operator.console.visits import Visit
from roster_operator.errors import InputError
from roster_operator.kube import paths
from roster_operator.operations.promote import PromotionTold
from roster_operator.operations.request import SPEC
from roster_operator.operations.requests import StatusRequest
from roster_operator.operations.spec_requests import PromoteRequest
from roster_operator.service.app import Service


class PromotionPages:
    """Of one service."""

    def __init__(self, service: Service) -> None:
        """`service.acting`: None where the spec is changed by Git or kubectl alone."""
        self._service = service

    def routes(self) -> tuple[Route, ...]:
        """Where they are."""
        path = f"{OF_ONE}/promotion"
        return (Route("GET", path, self._shown), Route("POST", path, self._done))

    async def _shown(self, visit: Visit) -> Page:
        return await self._page(visit)

    async def _page(self, visit: Visit, alert: str = "") -> Page:
        district, applies = district_of(visit), self._service.acting is not None
        status = await self._service.answer(visit.user, StatusRequest(district=district), with_ledger=False)
        if not await self._service.rights.may(visit.user, SPEC, district.namespace, district.name):
            return promotion_page(status, None, applies=applies, why_not=not_permitted(SPEC), alert=alert)
        try:
            told = await self._service.answer(visit.user, PromoteRequest(district=district), with_ledger=False)
        except InputError as nothing:
            return promotion_page(status, None, applies=applies, why_not=nothing.message, alert=alert)
        return promotion_page(status, told, applies=applies, alert=alert)

    async def _done(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        """Refused with what promotion would change by now, if that is something else."""
        district, acting = district_of(visit), self._service.acting
        if acting is None:
            return HTTPStatus.CONFLICT, await self._page(visit)
        try:
            reason = reason_in(visit.sent)
        except InputError as error:
            return HTTPStatus.BAD_REQUEST, await self._page(visit, error.message)
        try:
            asked = PromoteRequest(district=district, seen=visit.sent.get("seen", "") or "nothing")
            told = await self._service.answer(visit.user, asked, with_ledger=False)
        except InputError as error:
            return HTTPStatus.CONFLICT, await self._page(visit, error.message)
        client, path = acting.client_of(visit.user), paths.integration(told.namespace, told.name)
        change = _change(told, reason)
        await as_themselves(lambda: client.merge(path, change), f"patch rosterintegrations of {told.namespace}")
        return promoted_page(told)


def _change(told: PromotionTold, reason: str) -> dict[str, object]:
    """The spec as it was looked at and no other, and beside it why; a sync is asked for."""
    asked = f"promoted {told.seen}"
    annotations = {names.APPROVAL_REASON_ANNOTATION: reason, names.REQUESTED_AT_ANNOTATION: asked}
    return {"metadata": {"annotations": annotations, "resourceVersion": told.version}, **told.patch}
