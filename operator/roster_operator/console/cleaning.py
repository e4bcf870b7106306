"""Cleaning up accounts: shown by a GET, by count; by a POST one by one, and done by the digest of what was shown."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from roster_operator.console.changing import reason_in
from roster_operator.console.elements import Page
from roster_operator.console.routing import OF_ONE, Route, district_of
from roster_operator.console.views.cleaning import ACCOUNTS, accounts_page, cleaned_page, cleanup_page, no_cleanup_page
from roster_operator.console.visits import Visit
from roster_operator.errors import InputError
from roster_operator.licensing.clean_logins import UsernameFrom
from roster_operator.operations.cleanup import Asked
from roster_operator.operations.cleanup_requests import CleanupDetailsRequest, CleanupRequest
from roster_operator.operations.request import PEOPLE
from roster_operator.service.app import Service

_KEYS: Final = ("domains", "username_from", "username_digits", "number_digits")
_MOST_DIGITS: Final = 20
_MOST_ACCOUNTS: Final = 10**9


class CleanupPages:
    """Of one service."""

    def __init__(self, service: Service) -> None:
        """It asks whether they may."""
        self._service = service

    def routes(self) -> tuple[Route, ...]:
        """Where they are. Rules stand in the address, and name nobody; accounts are listed by what is sent."""
        path = f"{OF_ONE}/cleanup"
        return (
            Route("GET", path, self._shown),
            Route("POST", path, self._done),
            Route("POST", f"{path}/accounts", self._listed),
        )

    async def _shown(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        return await self._planned(visit, _rules(visit.request.query))

    async def _planned(self, visit: Visit, rules: dict[str, str], alert: str = "") -> Page | tuple[HTTPStatus, Page]:
        """What would be done now; with an alert if that is not what was meant."""
        district = district_of(visit)
        people = await self._service.rights.may(visit.user, PEOPLE, district.namespace, district.name)
        try:
            told = await self._service.answer(visit.user, CleanupRequest(district=district, asked=_asked(rules)))
        except InputError as error:
            page = no_cleanup_page(district.namespace, district.name, rules, alert or error.message)
            return HTTPStatus.BAD_REQUEST, page
        page = cleanup_page(told, rules, people=people, alert=alert)
        return (HTTPStatus.CONFLICT, page) if alert else page

    async def _done(self, visit: Visit) -> Page | tuple[HTTPStatus, Page]:
        district, sent = district_of(visit), visit.sent
        rules = _rules(sent)
        try:
            digest, reason = sent.get("digest", ""), reason_in(sent)
            if not digest:
                return await self._planned(visit, rules)
            question = CleanupRequest(district=district, asked=_asked(rules), reason=reason, digest=digest)
            told = await self._service.answer(visit.user, question)
        except InputError as error:
            return await self._planned(visit, rules, error.message)
        return cleaned_page(told)

    async def _listed(self, visit: Visit) -> Page:
        rules = _rules(visit.sent)
        offset = _number(visit.sent.get("offset", ""), _MOST_ACCOUNTS)
        asked = CleanupDetailsRequest(district=district_of(visit), asked=_asked(rules), limit=ACCOUNTS, offset=offset)
        return accounts_page(await self._service.answer(visit.user, asked), rules, offset)


def _rules(given: Mapping[str, str]) -> dict[str, str]:
    return {key: given.get(key, "").strip() for key in _KEYS}


def _asked(rules: Mapping[str, str]) -> Asked:
    """Raises `InputError` for what cannot be a rule."""
    source = rules["username_from"]
    if source and source not in set(UsernameFrom):
        raise InputError(f"Usernames can be made from: {', '.join(UsernameFrom)}.")
    return Asked(
        domains=tuple(rules["domains"].split()),
        username_from=UsernameFrom(source) if source else None,
        username_digits=_number(rules["username_digits"], _MOST_DIGITS),
        number_digits=_number(rules["number_digits"], _MOST_DIGITS),
    )


def _number(value: str, most: int) -> int:
    if not value:
        return 0
    if not (value.isascii() and value.isdigit() and len(value) < 12 and int(value) <= most):
        raise InputError(f"Give a number of digits, from 1 to {most}, or leave the field empty.")
    return int(value)
