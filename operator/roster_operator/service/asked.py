"""The question that a request asks: the verb and the district of its path, and the rest of its body."""

from __future__ import annotations

import asyncio
import json
import re
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from roster_operator.api import names
from roster_operator.operations.request import FleetRequest, Question, Request
from roster_operator.operations.requests import REQUESTS
from roster_operator.operations.wire import read
from roster_operator.service.refusals import Refused

_LARGEST: Final = 64 * 1024
LARGEST_HEAVY: Final = 1024 * 1024
"""Bytes of a body; of one that holds a spec."""
NAMESPACE: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def refuse_other_sites(http: web.Request) -> None:
    """Raise `Refused` for what a page of another site has a browser send; commands say nothing of a site.

    A token in a header is no proof that its owner meant it: a proxy that signs people in sends it with everything.
    """
    site, origin = http.headers.get("Sec-Fetch-Site"), http.headers.get("Origin")
    if site is not None:
        ours = site in {"same-origin", "none"}
    else:
        ours = origin is None or origin in {f"https://{http.host}", f"http://{http.host}"}
    if not ours:
        raise Refused(HTTPStatus.FORBIDDEN, "This was sent by another site. Ask by a command.")


async def question_of(http: web.Request, *, patience: float) -> Question[Any]:
    """What is asked, from the path and the body; raises `Refused`, and `InputError` for a body that cannot be read.

    `patience`: seconds until the body must be here.
    """
    path = http.match_info
    kind, about = REQUESTS.get(path["verb"]), Request if "district" in path else FleetRequest
    if kind is None or not issubclass(kind, about):
        there = ", ".join(verb for verb, each in REQUESTS.items() if issubclass(each, about))
        raise Refused(HTTPStatus.NOT_FOUND, f"There is nothing to ask here by that name. There are: {there}.")
    named = NAMESPACE.fullmatch(path.get("namespace", "all")) is not None
    if not named or re.fullmatch(names.NAME_PATTERN, path.get("district", "any")) is None:
        raise Refused(HTTPStatus.BAD_REQUEST, "Name a district as its RosterIntegration is called, and its namespace.")
    where: dict[str, Any] = {"namespace": path.get("namespace", "")}
    if "district" in path:
        where = {"district": {"name": path["district"], **where}}
    body = await _body_of(http, LARGEST_HEAVY if kind.heavy else _LARGEST, patience)
    if not body.keys().isdisjoint({"district", "namespace"}):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body must be without district and namespace: the path names them.")
    try:
        return read(kind, {**body, **where})
    except RecursionError:
        raise Refused(HTTPStatus.BAD_REQUEST, "The body is nested too deeply.") from None


async def _body_of(http: web.Request, largest: int, patience: float) -> dict[str, Any]:
    try:
        text = await asyncio.wait_for(http.read(), patience)
    except TimeoutError:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, f"The question did not arrive within {patience:.0f} s.") from None
    except web.HTTPRequestEntityTooLarge:
        text = b" " * (largest + 1)
    if len(text) > largest:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The question has more than {largest} bytes.")
    try:
        body = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body must be JSON.") from None
    if not isinstance(body, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "The body must be an object.")
    return body
