"""Approving what waits: shown by the plan, shown again with what an approval does, and given by the digest of that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from roster_operator.console.changing import as_themselves, reason_in
from roster_operator.console.elements import Page
from roster_operator.console.routing import OF_ONE, Route, district_of
from roster_operator.console.views.approval import DAYS, approval_page, approved_page, consent_page, not_permitted
from roster_operator.console.visits import Visit
from roster_operator.errors import InputError
from roster_operator.kube import paths
from roster_operator.messages import gettext as _
from roster_operator.operations.approve import Approval, approval_annotations
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.request import APPROVAL
from roster_operator.operations.requests import StatusRequest
from roster_operator.operations.spec_requests import ApproveRequest
from roster_operator.service.app import Service


class ApprovalPages:
    """Of one service."""

    def __init__(self, service: Service) -> None:
        """`service.acting`: None where approvals are given by Git or kubectl alone."""
        self._service = service

    def routes(self) -> tuple[Route, ...]:
        """Where they are."""
        path = f"{OF_ONE}/approval"
        return (Route("GET", path, self._held), Route("POST", path, self._decide))

    async def _held(self, visit: Visit) -> Page:
        return await self._page(visit, district_of(visit))

    async def _page(self, visit: Visit, district: DistrictName, *, alert: str = "", reason: str = "") -> Page:
        status = await self._service.answer(visit.user, StatusRequest(district=district), with_ledger=False)
        if not await self._service.rights.may(visit.user, APPROVAL, district.namespace, district.name):
            return approval_page(status, None, why_not=not_permitted(APPROVAL), alert=alert)
        try:
            digest = status.plan.digest if status.plan else ""
            waits = await self._service.answer(visit.user, ApproveRequest(district=district, digest=digest))
        except InputError as nothing:
            return approval_page(status, None, why_not=nothing.message, alert=alert)
        return approval_page(status, waits, alert=alert, reason=reason)

    async def _decide(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        """Refused with a plan that is another one by now, which is then shown."""
        district, sent = district_of(visit), visit.sent
        written = sent.get("reason", "")
        try:
            reason, days = reason_in(sent), _days(sent)
        except InputError as error:
            return HTTPStatus.BAD_REQUEST, await self._page(visit, district, alert=error.message, reason=written)
        seconds = int(timedelta(days=days).total_seconds())
        asked = ApproveRequest(district=district, digest=sent.get("digest", ""), seconds=seconds)
        try:
            told = await self._service.answer(visit.user, asked)
        except InputError as error:
            return HTTPStatus.CONFLICT, await self._page(visit, district, alert=error.message, reason=written)
        if self._service.acting is None or not sent.get("confirmed"):
            return consent_page(told, reason, days, applies=self._service.acting is not None)
        await self._give(visit, told, reason)
        return approved_page(told)

    async def _give(self, visit: Visit, told: Approval, reason: str) -> None:
        acting = self._service.acting
        assert acting is not None
        change = {"metadata": {"annotations": approval_annotations(told, reason)}}
        client, path = acting.client_of(visit.user), paths.integration(told.namespace, told.name)
        await as_themselves(lambda: client.merge(path, change), f"patch rosterintegrations of {told.namespace}")


def _days(sent: Mapping[str, str]) -> int:
    days = sent.get("days", "")
    if days not in map(str, DAYS):
        raise InputError(_("Say for how many days it is to be good."))
    return int(days)
