"""Which language and time zone somebody reads: what they chose in the foot of a page, or what their browser asks for.

POST /language    with language, zone, and the page to go back to
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from aiohttp import web

from roster_operator.console import addresses, safety
from roster_operator.console.languages.readers import ZONES, Language, Reader
from roster_operator.console.visits import sent_form

_ACCEPTED: Final = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,35})?\s*(?:;\s*q=([01](?:\.\d{1,3})?))?\s*")
_OURS: Final = frozenset(map(str, Language))
_MOST: Final = 20
"""Languages of a header that are looked at."""
_BACK: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")
"""A path of this host: two slashes would begin the name of another."""


def reader_of(request: web.Request) -> Reader:
    """Of the page that is asked for."""
    language, _, zone = safety.choice_of(request).replace(":", "/").partition("/")
    known = Language(language) if language in _OURS else _accepted(request.headers.get("Accept-Language", ""))
    return Reader(known, zone if zone in ZONES else ZONES[0])


async def choose(request: web.Request) -> web.StreamResponse:
    """Keep what somebody chose, and show them the page again."""
    sent = await sent_form(request)
    language, zone, back = (sent.get(name, "") for name in ("language", "zone", "back"))
    response = web.Response(
        status=HTTPStatus.SEE_OTHER,
        headers={**safety.HEADERS, "Location": back if _BACK.fullmatch(back) else addresses.DISTRICTS},
    )
    if language in _OURS and zone in ZONES:
        safety.keep_choice(request, response, f"{language}:{zone}".replace("/", ":"))
    return response


def way_back(request: web.Request, status: HTTPStatus = HTTPStatus.OK) -> str:
    """To the page that is asked for, if there is one. What was sent by a form is not sent again.

    Else to the page of its district: an address that leads nowhere is not written back.
    """
    if request.method == "GET" and status is HTTPStatus.OK and request.path != addresses.CALLBACK:
        return request.path_qs
    above = re.match(r"/namespaces/[^/]+/districts/[^/]+", request.path)
    return above[0] if above else addresses.SIGN_IN if request.path.startswith(addresses.SIGN_IN) else "/"


def _accepted(header: str) -> Language:
    """The one that is asked for most (RFC 9110, 12.5.4); English if it is none of ours."""
    best, weight = Language.ENGLISH, 0.0
    for each in header.split(",")[:_MOST]:
        found = _ACCEPTED.fullmatch(each)
        if found and found[1].lower() in _OURS and (asked := float(found[2] or 1)) > weight:
            best, weight = Language(found[1].lower()), asked
    return best
