"""The pages beside the service, each made of the answers that it gives whoever is signed in.

GET  /districts                                    the fleet
GET  /namespaces/NAMESPACE/districts/DISTRICT      one district
GET  /namespaces/.../changes                       licenses that came and went, by account numbers
GET  /namespaces/.../calendar                      licenses of the coming days
GET  /namespaces/.../access                        who looked at whom, by account numbers
POST /namespaces/.../person, /details, /access     who is named, or listed: it is written down who looked
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from aiohttp import web

from roster_operator.console import addresses, safety
from roster_operator.console.approving import ApprovalPages
from roster_operator.console.asked import changes_asked, ebook_asked, fleet_asked
from roster_operator.console.by_hand import ByHandPages
from roster_operator.console.cases import CasePages, Cases
from roster_operator.console.cleaning import CleanupPages
from roster_operator.console.elements import Page
from roster_operator.console.errors import MARK, USER, as_pages, html
from roster_operator.console.languages.choosing import choose
from roster_operator.console.promoting import PromotionPages
from roster_operator.console.proxies import NO_PROXIES, TrustedProxies
from roster_operator.console.routing import OF_ONE, Route, Shown, district_of, named
from roster_operator.console.sessions import Sessions
from roster_operator.console.signing_in import ByProvider, SignIn, to
from roster_operator.console.timeline import TimelinePages
from roster_operator.console.undoing import UndoPages
from roster_operator.console.views.accesses import LOOKS, accesses_page
from roster_operator.console.views.calendar import calendar_page, no_calendar_page
from roster_operator.console.views.cases import case_section
from roster_operator.console.views.district import district_page
from roster_operator.console.views.fleet import by_name_page, fleet_page
from roster_operator.console.views.people import changes_page, details_page, person_page, unknown_person_page
from roster_operator.console.visits import Door, Visit, marked_form
from roster_operator.console.wizard.asking import INTERNET, Asking
from roster_operator.console.wizard.conversation import Conversations
from roster_operator.console.wizard.outcome import OutcomePages
from roster_operator.console.wizard.pages import StepPages
from roster_operator.errors import InputError, LedgerError, UnknownName
from roster_operator.messages import gettext as _
from roster_operator.operations.by_hand_requests import DecisionsRequest
from roster_operator.operations.changes import Asked
from roster_operator.operations.history import History
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.request import LICENSES, PEOPLE
from roster_operator.operations.requests import (
    AccessRequest,
    CalendarRequest,
    ChangesRequest,
    ChecklistRequest,
    DetailsRequest,
    ExplainRequest,
    HistoryRequest,
    StatusRequest,
)
from roster_operator.operations.spec_requests import UpcomingRequest
from roster_operator.service.app import Service
from roster_operator.service.refusals import Refused
from roster_operator.sources.network import Network
from roster_operator.sources.reach import Reach

_RUNS: Final = 10
"""Of the history on a district's page."""
_OF_PERSON: Final = 50
"""Changes on a person's page."""
_WHOM: Final = _("Say whom: a login, an email, a sourcedId, or a student or staff number.")


class Pages:
    """Of one service."""

    def __init__(
        self,
        service: Service,
        sessions: Sessions,
        cases: Cases,
        *,
        by_provider: ByProvider | None = None,
        network: Network = INTERNET,
        proxies: TrustedProxies = NO_PROXIES,
    ) -> None:
        """`sessions`: of whoever signs in here; `by_provider`: with their account, too.

        `network`: the servers that the wizard may ask; `proxies`: that stand before the console.
        """
        self._cases = cases
        self._service = service
        self._sessions = sessions
        self._door = Door(service.rights, sessions)
        self._sign_in = SignIn(service, sessions, self._door, by_provider, proxies)
        self._asking = Asking(service.planning, Reach(network=network), service.clock)
        self._styles = files("roster_operator.console").joinpath("static/console.css").read_bytes()

    def add_to(self, app: web.Application) -> None:
        """Serve them beside the service."""
        app.middlewares.append(as_pages)
        app.router.add_get("/", _home)
        app.router.add_get(addresses.STYLES, self._stylesheet)
        app.router.add_post(addresses.LANGUAGE, choose)
        self._sign_in.add_to(app)
        app.router.add_get(addresses.DISTRICTS, self._of(self._fleet))
        app.router.add_get(addresses.OPEN, _open)
        app.router.add_get(OF_ONE, self._of(self._district))
        app.router.add_get(f"{OF_ONE}/changes", self._of(self._changes))
        app.router.add_get(f"{OF_ONE}/calendar", self._of(self._calendar))
        app.router.add_get(f"{OF_ONE}/access", self._of(self._accesses))
        app.router.add_post(f"{OF_ONE}/access", self._of(self._accesses_of_one))
        app.router.add_post(f"{OF_ONE}/person", self._of(self._person))
        app.router.add_post(f"{OF_ONE}/details", self._of(self._details))
        for route in self._further():
            app.router.add_route(route.method, route.path, self._of(route.shown))
        app.on_cleanup.append(self._stop)

    def _further(self) -> Iterator[Route]:
        """What is decided, looked back at and set up."""
        for pages in (ApprovalPages, PromotionPages, UndoPages, CleanupPages, TimelinePages, ByHandPages):
            yield from pages(self._service).routes()
        yield from CasePages(self._service, self._cases, self._person_of).routes()
        conversations = Conversations(self._service, self._asking, self._service.clock)
        yield from StepPages(conversations).routes()
        yield from OutcomePages(self._service, conversations).routes()

    async def _stop(self, _app: web.Application) -> None:
        self._asking.close()

    def _of(self, shown: Shown) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A page for somebody who is signed in."""

        async def handle(request: web.Request) -> web.StreamResponse:
            with self._service.admission.of_anybody():
                user, session = await self._door.user(request)
                mark = self._door.mark(user, session)
                request[USER], request[MARK] = user.name, mark
                with self._service.admission.of(user.name):
                    sent = await marked_form(request, mark) if request.method == "POST" else {}
                    made = await shown(Visit(request, user, sent))
            if isinstance(made, web.StreamResponse):
                response = made
            else:
                status, page = made if isinstance(made, tuple) else (HTTPStatus.OK, made)
                page = replace(page, banner=await self._service.troubles.told())
                response = html(request, page, status)
            renewed = self._sessions.renewed(session) if session else None
            cookie = self._sessions.sealed(renewed) if renewed else None
            if cookie:
                safety.keep_cookie(request, response, cookie)
            return response

        return handle

    async def _fleet(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        asked = fleet_asked(visit.request.query)
        try:
            return fleet_page(await self._service.answer(visit.user, asked), asked)
        except Refused as refused:
            if refused.status is not HTTPStatus.FORBIDDEN:
                raise
            return refused.status, by_name_page(refused.message)

    async def _district(self, visit: Visit) -> Page:
        district, user = district_of(visit), visit.user
        away = ""
        try:
            status = await self._service.answer(user, StatusRequest(district=district))
        except LedgerError as error:
            away = error.message
            status = await self._service.answer(user, StatusRequest(district=district), with_ledger=False)
        checklist, upcoming, history, people = await asyncio.gather(
            self._service.answer(user, ChecklistRequest(district=district)),
            self._service.answer(user, UpcomingRequest(district=district), with_ledger=not away),
            _nothing() if away else self._history(visit, district),
            self._service.rights.may(user, PEOPLE, district.namespace, district.name),
        )
        return district_page(status, checklist, upcoming, history, people=people, away=away)

    async def _history(self, visit: Visit, district: DistrictName) -> History | None:
        try:
            return await self._service.answer(visit.user, HistoryRequest(district=district, limit=_RUNS))
        except UnknownName:
            return None

    async def _changes(self, visit: Visit) -> Page:
        district, asked = district_of(visit), changes_asked(visit.request.query)
        told = await self._service.answer(visit.user, ChangesRequest(district=district, asked=asked))
        return changes_page(told, asked, name=district.name)

    async def _calendar(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        district = district_of(visit)
        try:
            told = await self._service.answer(visit.user, CalendarRequest(district=district))
            ebook = ebook_asked(visit.request.query, told)
        except InputError as error:
            return HTTPStatus.NOT_FOUND, no_calendar_page(district.namespace, district.name, error.message)
        return calendar_page(told, district.namespace, district.name, ebook=ebook)

    async def _accesses(self, visit: Visit) -> Page:
        district = district_of(visit)
        told = await self._service.answer(visit.user, AccessRequest(district=district, limit=LOOKS))
        return accesses_page(told.looks, district.namespace, district.name)

    async def _accesses_of_one(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        district, person = district_of(visit), visit.sent.get("person", "").strip()
        if not person:
            return HTTPStatus.BAD_REQUEST, accesses_page((), district.namespace, district.name, alert=_WHOM)
        try:
            asked = AccessRequest(district=district, person=person, limit=LOOKS)
            told = await self._service.answer(visit.user, asked)
        except UnknownName as unknown:
            page = accesses_page((), district.namespace, district.name, alert=unknown.message)
            return HTTPStatus.NOT_FOUND, page
        return accesses_page(told.looks, district.namespace, district.name, of_one=True)

    async def _person(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        district, sent = district_of(visit), visit.sent
        person, ebook = sent.get("person", "").strip(), sent.get("ebook", "").strip()
        if not person:
            return HTTPStatus.BAD_REQUEST, unknown_person_page(district.namespace, district.name, _WHOM)
        return await self._person_of(visit, district, person, ebook)

    async def _person_of(
        self, visit: Visit, district: DistrictName, person: str, ebook: str
    ) -> Page | tuple[HTTPStatus, Page]:
        asked = ExplainRequest(district=district, person=person, ebook=ebook)
        try:
            told = await self._service.answer(visit.user, asked)
        except UnknownName as unknown:
            page = unknown_person_page(district.namespace, district.name, unknown.message)
            return HTTPStatus.NOT_FOUND, page
        changes = decisions = None
        licenses = await self._service.rights.may(visit.user, LICENSES, district.namespace, district.name)
        if told.account is not None:
            of_one = Asked(person=f"account:{told.account}", ebook="", limit=_OF_PERSON)
            changes = await self._service.answer(visit.user, ChangesRequest(district=district, asked=of_one))
            by_hand = DecisionsRequest(district=district, person=f"account:{told.account}")
            decisions = await self._service.answer(visit.user, by_hand)
        told = replace(told, namespace=district.namespace)
        ebooks = await self._service.ebooks() if licenses and decisions else None
        page = person_page(told, changes, decisions, name=district.name, ebooks=ebooks)
        whom = f"account:{told.account}" if told.account is not None else person
        return replace(page, sections=(*page.sections, case_section(district.namespace, district.name, whom, ebook)))

    async def _details(self, visit: Visit) -> Page:
        question = DetailsRequest(district=district_of(visit), item=visit.sent.get("item", ""))
        return details_page(await self._service.answer(visit.user, question))

    async def _stylesheet(self, _request: web.Request) -> web.Response:
        headers = {**safety.HEADERS, "Cache-Control": "public, max-age=3600"}
        return web.Response(body=self._styles, content_type="text/css", charset="utf-8", headers=headers)


async def _home(_request: web.Request) -> web.StreamResponse:
    return to(addresses.DISTRICTS)


async def _open(request: web.Request) -> web.StreamResponse:
    """To the district that is named, whether or not there is one: its page asks who may see it."""
    district = named(request.query.get("namespace", "").strip(), request.query.get("name", "").strip())
    return to(addresses.district(district.namespace, district.name))


async def _nothing() -> None:
    """Where there is no ledger to ask."""
