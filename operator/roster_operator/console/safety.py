"""What keeps a page from being read, framed or filled in by another one."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every page. `no-referrer` would hide from a form's POST where it comes from."""

_COOKIE: Final = "roster-console"
_FLOW: Final = "-sign-in"
_CHOICE: Final = "-language"
_YEAR: Final = 365 * 24 * 60 * 60


def is_of_this_site(request: web.Request) -> bool:
    """Whether a POST comes from a page of ours: the browser says so, and no page can change that."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") in {f"https://{request.host}", f"http://{request.host}"}


def is_here(request: web.Request) -> bool:
    """Whether browser and console are on one machine, as by `kubectl port-forward`, without TLS."""
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
        return not request.secure and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


def cookie_name(request: web.Request) -> str:
    """A browser takes a name that begins with `__Host-` only over TLS, from this host, and for all of it."""
    return _COOKIE if is_here(request) else f"__Host-{_COOKIE}"


def cookie_of(request: web.Request) -> str:
    """What the browser has kept; empty if nothing."""
    return request.cookies.get(cookie_name(request), "")


def flow_of(request: web.Request) -> str:
    """The sign-in that has begun in this browser; empty if none."""
    return request.cookies.get(cookie_name(request) + _FLOW, "")


def keep_flow(request: web.Request, response: web.StreamResponse, value: str, seconds: float) -> None:
    """Have the browser keep a sign-in that has begun, also for when the provider sends it back: hence Lax."""
    name, secure = cookie_name(request) + _FLOW, not is_here(request)
    response.set_cookie(name, value, path="/", max_age=int(seconds), httponly=True, samesite="Lax", secure=secure)


def drop_flow(request: web.Request, response: web.StreamResponse) -> None:
    """Have the browser forget it."""
    secure = not is_here(request)
    response.del_cookie(cookie_name(request) + _FLOW, path="/", httponly=True, samesite="Lax", secure=secure)


def choice_of(request: web.Request) -> str:
    """What somebody chose who reads pages in this browser; empty if nothing."""
    return request.cookies.get(cookie_name(request) + _CHOICE, "")


def keep_choice(request: web.Request, response: web.StreamResponse, value: str) -> None:
    """Have the browser keep it for a year. It names nobody, and outlives a session."""
    name, secure = cookie_name(request) + _CHOICE, not is_here(request)
    response.set_cookie(name, value, path="/", max_age=_YEAR, httponly=True, samesite="Lax", secure=secure)


def keep_cookie(request: web.Request, response: web.StreamResponse, value: str) -> None:
    """Have the browser keep it until it is closed, and show it to pages of ours alone, and to no script."""
    response.set_cookie(
        cookie_name(request), value, path="/", httponly=True, samesite="Strict", secure=not is_here(request)
    )


def drop_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Have the browser forget it."""
    response.del_cookie(cookie_name(request), path="/", httponly=True, samesite="Strict", secure=not is_here(request))
