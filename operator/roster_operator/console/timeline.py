"""What was and what will be: the history of a district, and what is upcoming."""

from __future__ import annotations

from http import HTTPStatus

from roster_operator.console.elements import Page
from roster_operator.console.routing import OF_ONE, Route, district_of
from roster_operator.console.views.coming import DAYS, upcoming_page
from roster_operator.console.views.past import RUNS, history_page
from roster_operator.console.visits import Visit
from roster_operator.errors import InputError, LedgerError, UnknownName
from roster_operator.messages import gettext as _
from roster_operator.operations.history import History
from roster_operator.operations.requests import HistoryRequest, StatusRequest
from roster_operator.operations.spec_requests import UpcomingRequest
from roster_operator.operations.upcoming import AHEAD
from roster_operator.service.app import Service


class TimelinePages:
    """Of one service."""

    def __init__(self, service: Service) -> None:
        """It asks whether they may."""
        self._service = service

    def routes(self) -> tuple[Route, ...]:
        """Where they are."""
        return (Route("GET", f"{OF_ONE}/history", self._history), Route("GET", f"{OF_ONE}/upcoming", self._upcoming))

    async def _history(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        district, before = district_of(visit), visit.request.query.get("before", "")
        asked = HistoryRequest(district=district, limit=RUNS, before=before)
        try:
            told = await self._service.answer(visit.user, asked)
        except UnknownName:
            if before:
                raise
            await self._service.answer(visit.user, StatusRequest(district=district))
            told = History(district.name, district.namespace, (), None)
        return history_page(told, district.namespace, district.name)

    async def _upcoming(self, visit: Visit) -> Page:
        district, given = district_of(visit), visit.request.query.get("days", str(AHEAD.days))
        if given not in map(str, DAYS):
            raise InputError(
                _("So far ahead nothing is shown. There are: {days} days.", days=", ".join(map(str, DAYS)))
            )
        asked, away = UpcomingRequest(district=district, days=int(given)), ""
        try:
            told = await self._service.answer(visit.user, asked)
        except LedgerError as error:
            away = error.message
            told = await self._service.answer(visit.user, asked, with_ledger=False)
        return upcoming_page(told, int(given), name=district.name, away=away)
