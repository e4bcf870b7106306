"""A case code: six characters that stand in a ticket for a page about a person, for an hour.

Whoever opens one sees what their own permissions give them. What a code stands for is kept sealed, so that the ledger
alone names nobody by it; and whoever may not see it is told the same as whoever guessed wrong.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from roster_operator.clock import Clock
from roster_operator.console import addresses
from roster_operator.console.elements import Page
from roster_operator.console.pace import Pace
from roster_operator.console.routing import OF_ONE, Route, district_of, named
from roster_operator.console.sealing import Keys, Seal
from roster_operator.console.views.cases import case_made_page, case_page
from roster_operator.console.visits import Visit
from roster_operator.errors import InputError
from roster_operator.ledger.cases.interface import CaseLedger
from roster_operator.messages import gettext as _
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.request import PEOPLE
from roster_operator.service.app import Service
from roster_operator.service.refusals import Refused

Made = Page | tuple[HTTPStatus, Page]
ShowPerson = Callable[[Visit, DistrictName, str, str], Awaitable[Made]]

GOOD_FOR: Final = timedelta(hours=1)
ALPHABET: Final = "23456789BCDFGHJKMNPQRTVWXY"
"""Without what is easily misread, and without vowels, so that no code is a word."""
LENGTH: Final = 6
_LONGEST: Final = 256
_ATTEMPTS: Final = 5
_BURST, _PER_SECOND = 20, 0.1
"""Codes that one person makes, and that they try: of 300 million, some hundreds stand for something."""
_PURPOSE: Final = b"console cases"
_UNKNOWN: Final = _("There is no such case code, or its hour is over, or it is of somebody whom you may not see.")


class Cases:
    """Makes codes, and finds what they stand for; every replica with the same key knows them."""

    def __init__(self, ledger: CaseLedger, find_secret: Callable[[], bytes | None], clock: Clock) -> None:
        """`find_secret`: see `Keys`."""
        self._ledger = ledger
        self._seal = Seal(Keys(find_secret), _PURPOSE)
        self._clock = clock

    def make(self, district: DistrictName, person: str, ebook: str) -> tuple[str, datetime]:
        """A new one, and until when it is good."""
        now = self._clock.now()
        told = {"namespace": district.namespace, "district": district.name, "person": person, "ebook": ebook}
        sealed = self._seal.sealed(told, now)
        for _attempt in range(_ATTEMPTS):
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            if self._ledger.keep(code, sealed, now=now, until=now + GOOD_FOR):
                return code, now + GOOD_FOR
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, _("No case code is free. Try again."))

    def find(self, code: str) -> tuple[DistrictName, str, str] | None:
        """The district, the person and the eBook that it stands for."""
        found = self._ledger.find(code, self._clock.now())
        opened = self._seal.opened(found) if found else None
        if opened is None:
            return None
        told, _ = opened
        return named(told["namespace"], told["district"]), told["person"], told["ebook"]


class CasePages:
    """Of one service."""

    def __init__(self, service: Service, cases: Cases, show_person: ShowPerson) -> None:
        """`show_person`: as if they were asked for by name."""
        self._service = service
        self._cases = cases
        self._show_person = show_person
        self._making = Pace(_BURST, _PER_SECOND, time.monotonic)
        self._trying = Pace(_BURST, _PER_SECOND, time.monotonic)

    def routes(self) -> tuple[Route, ...]:
        """Where they are. No address has a code in it."""
        return (
            Route("POST", f"{OF_ONE}/case", self._make),
            Route("GET", addresses.CASE, self._ask),
            Route("POST", addresses.CASE, self._open),
        )

    async def _make(self, visit: Visit) -> Page:
        district, user = district_of(visit), visit.user
        if not await self._service.rights.may(user, PEOPLE, district.namespace, district.name):
            raise Refused(
                HTTPStatus.FORBIDDEN,
                _("You may not do this. Platform: it takes the permission to {permission}.", permission=str(PEOPLE)),
            )
        self._making.take(user.name)
        person, ebook = (visit.sent.get(key, "").strip() for key in ("person", "ebook"))
        if not person or max(len(person), len(ebook)) > _LONGEST:
            raise InputError(_("A case code is made on the page of a person."))
        code, until = await self._service.in_thread(user, lambda: self._cases.make(district, person, ebook))
        return case_made_page(code, until, district.namespace, district.name)

    async def _ask(self, _visit: Visit) -> Page:
        return case_page()

    async def _open(self, visit: Visit) -> Made:
        self._trying.take(visit.user.name)
        code = "".join(visit.sent.get("code", "").split()).replace("-", "").upper()
        if len(code) != LENGTH or not set(code) <= set(ALPHABET):
            return HTTPStatus.BAD_REQUEST, case_page(_("A case code has six letters and digits, such as K7MX2P."))
        found = await self._service.in_thread(visit.user, lambda: self._cases.find(code))
        if found is None:
            return HTTPStatus.NOT_FOUND, case_page(_UNKNOWN)
        district, person, ebook = found
        if not await self._service.rights.may(visit.user, PEOPLE, district.namespace, district.name):
            return HTTPStatus.NOT_FOUND, case_page(_UNKNOWN)
        return await self._show_person(visit, district, person, ebook)
