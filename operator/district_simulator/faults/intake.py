"""Faults that act before the roster is looked at: they delay, refuse or misdirect a request."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import TYPE_CHECKING

from district_simulator.exchange import Call, Reply
from district_simulator.faults.model import Fault, fault_kind
from district_simulator.statusinfo import RefusedError, unauthorized, unknown_route

if TYPE_CHECKING:
    from district_simulator.service import Service

STAGE = "intake"
STICKY_COOKIE = "affinity=server-7"
_LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Sign in</form></body></html>"
_A_DAY = 86_400.0


@fault_kind("latency", STAGE, wants="number")
async def latency(fault: Fault, call: Call, service: Service) -> None:
    """Each answer comes so many milliseconds late."""
    await asyncio.sleep(fault.number(100) / 1000)


@fault_kind("hang", STAGE, wants="number")
async def hang(fault: Fault, call: Call, service: Service) -> None:
    """No answer comes for so many seconds (a day by default)."""
    await asyncio.sleep(fault.number(_A_DAY))


@fault_kind("max-parallel", STAGE, wants="number")
async def max_parallel(fault: Fault, call: Call, service: Service) -> None:
    """429 while more than so many requests are being answered at once."""
    if service.in_flight > fault.number(1):
        raise RefusedError(429, "server_busy", "too many requests at once", {"Retry-After": "1"})


@fault_kind("rate-limit", STAGE, wants="number", times=1)
async def rate_limit(fault: Fault, call: Call, service: Service) -> None:
    """429 with Retry-After in seconds (1 by default); `form=date` gives an HTTP date, `form=none` leaves it out."""
    form = fault.options.get("form", "seconds")
    seconds = fault.number(1)
    headers = {"Retry-After": f"{seconds:g}"} if form == "seconds" else {}
    if form == "date":
        headers = {"Retry-After": formatdate(service.now() + seconds, usegmt=True)}
    raise RefusedError(429, "server_busy", "too many requests", headers)


@fault_kind("error", STAGE, wants="number")
async def error(fault: Fault, call: Call, service: Service) -> None:
    """The HTTP status of the value (503 by default) instead of an answer."""
    minor = "server_busy" if fault.number(503) in (502, 503, 504) else "internal_server_error"
    raise RefusedError(int(fault.number(503)), minor, "the service is not available")


@fault_kind("unauthorized", STAGE)
async def refuse_credentials(fault: Fault, call: Call, service: Service) -> None:
    """401 whatever the credentials."""
    raise unauthorized("the credentials are not accepted")


@fault_kind("forbidden", STAGE)
async def forbid(fault: Fault, call: Call, service: Service) -> None:
    """403: the district does not share this section (use on=SECTION)."""
    raise RefusedError(403, "forbidden", "this section is not shared with you")


@fault_kind("missing-route", STAGE)
async def miss_route(fault: Fault, call: Call, service: Service) -> None:
    """404: the vendor does not have this endpoint (use on=ROUTE)."""
    raise unknown_route()


@fault_kind("redirect", STAGE, wants="text")
async def redirect(fault: Fault, call: Call, service: Service) -> Reply:
    """302 to the same path on another host (the value, with its scheme)."""
    host = fault.value or "https://elsewhere.example.org"
    return Reply(302, b"", {"Location": f"{host}{call.target}"})


@fault_kind("login-page", STAGE)
async def login_page(fault: Fault, call: Call, service: Service) -> Reply:
    """200 with an HTML page that asks to sign in."""
    return Reply(200, _LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"})


@fault_kind("token-revoked", STAGE, times=1)
async def revoke_tokens(fault: Fault, call: Call, service: Service) -> None:
    """Every token issued so far is revoked at this request."""
    service.issuer.revoke_all()


@fault_kind("token-expires", STAGE, wants="number")
async def expire_token(fault: Fault, call: Call, service: Service) -> None:
    """Each token is good for so many requests (10 by default), then it has expired."""
    if call.bearer is None:
        return
    service.token_uses[call.bearer] += 1
    if service.token_uses[call.bearer] > fault.number(10):
        service.issuer.revoke(call.bearer)


@fault_kind("disconnect", STAGE)
async def disconnect(fault: Fault, call: Call, service: Service) -> Reply:
    """The connection is dropped before any answer."""
    return Reply(0, b"", {})


@fault_kind("sticky-cookie", STAGE)
async def sticky_cookie(fault: Fault, call: Call, service: Service) -> None:
    """401 without the cookie that came with the token, as behind a load balancer that must find the right server."""
    if STICKY_COOKIE not in call.headers.get("Cookie", ""):
        raise unauthorized("this server does not know the session")


@fault_kind("redirect-loop", STAGE)
async def redirect_loop(fault: Fault, call: Call, service: Service) -> Reply:
    """302 to the very same address."""
    return Reply(302, b"", {"Location": call.url})
