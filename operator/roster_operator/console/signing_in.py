"""Signing in and out: with a token of the cluster, or by an OpenID Connect provider.

GET  /sign-in            both ways
POST /sign-in            with a token
GET  /sign-in/provider   off to the provider
GET  /sign-in/callback   back from it
POST /sign-out, GET /signed-out
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from aiohttp import web

from roster_operator.console import addresses, safety
from roster_operator.console.attempts import Attempts
from roster_operator.console.errors import PROVIDER, html
from roster_operator.console.openid.flows import LONGEST, Flows
from roster_operator.console.openid.identity import ClaimMapping, user_of
from roster_operator.console.openid.provider import Provider
from roster_operator.console.proxies import TrustedProxies
from roster_operator.console.sessions import Session, Sessions
from roster_operator.console.views.signing_in import sign_in_page, signed_in_page, signed_out_page
from roster_operator.console.visits import Door, marked_form, sent_form
from roster_operator.messages import gettext as _
from roster_operator.service.app import Service
from roster_operator.service.refusals import Refused

_LONGEST_CODE: Final = 4096
_NOT_BEGUN: Final = _("This sign-in was not begun in this browser, or has ended, or is too old. Sign in again.")
_UNKNOWN: Final = _("The cluster does not know this token, or it has ended.")


@dataclass(frozen=True, slots=True)
class ByProvider:
    """How people sign in with their account."""

    provider: Provider
    flows: Flows
    mapping: ClaimMapping
    name: str
    """What people call the provider."""


class SignIn:
    """Of one service."""

    def __init__(
        self,
        service: Service,
        sessions: Sessions,
        door: Door,
        by_provider: ByProvider | None,
        proxies: TrustedProxies,
    ) -> None:
        """`by_provider`: None: with tokens alone. `proxies`: before the console."""
        self._service = service
        self._sessions = sessions
        self._door = door
        self._by_provider = by_provider
        self._name = by_provider.name if by_provider else ""
        self._proxies = proxies
        self._attempts = Attempts(time.monotonic)

    def add_to(self, app: web.Application) -> None:
        """Serve the addresses above."""
        app[PROVIDER] = self._name
        app.router.add_get(addresses.SIGN_IN, self._ways)
        app.router.add_post(addresses.SIGN_IN, self._with_token)
        app.router.add_post(addresses.SIGN_OUT, self._out)
        if self._by_provider is not None:
            app.router.add_get(addresses.SIGN_IN_BY_PROVIDER, self._to_provider)
            app.router.add_get(addresses.CALLBACK, self._from_provider)
            app.router.add_get(addresses.SIGNED_OUT, self._signed_out)

    async def _ways(self, request: web.Request) -> web.StreamResponse:
        return html(request, sign_in_page(provider=self._name))

    async def _with_token(self, request: web.Request) -> web.StreamResponse:
        sent = await sent_form(request)
        token = "".join(sent.get("token", "").split())
        try:
            async with self._attempts.one(self._proxies.visitor(request)):
                with self._service.admission.of_anybody():
                    await self._service.rights.user(f"Bearer {token}")
        except Refused as refused:
            if refused.status is not HTTPStatus.UNAUTHORIZED:
                raise
            return self._refusal(request, HTTPStatus.FORBIDDEN, _UNKNOWN)
        response = to(addresses.DISTRICTS)
        if not self._keep(request, response, self._sessions.begin(token)):
            message = _("This token is too long to be kept in a browser. Platform: let people sign in by a provider.")
            return self._refusal(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
        return response

    async def _to_provider(self, request: web.Request) -> web.StreamResponse:
        """From a page of ours, or by hand: another site begins nothing here."""
        by = self._provider()
        if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            return to(addresses.SIGN_IN)
        flow, cookie = by.flows.begin()
        try:
            with self._service.admission.of_anybody():
                response = to(await by.provider.address(flow))
        except Refused as refused:
            return self._refusal(request, refused.status, refused.message)
        safety.keep_flow(request, response, cookie, LONGEST.total_seconds())
        return response

    async def _from_provider(self, request: web.Request) -> web.StreamResponse:
        """Whatever comes of it, this sign-in has ended."""
        try:
            response = await self._finished(request)
        except Refused as refused:
            response = self._refusal(request, refused.status, refused.message)
        safety.drop_flow(request, response)
        return response

    async def _finished(self, request: web.Request) -> web.Response:
        """A session of whoever signed in; raises `Refused`."""
        by, told = self._provider(), request.query
        flow = by.flows.end(safety.flow_of(request), told.get("state", ""))
        if flow is None:
            raise Refused(HTTPStatus.FORBIDDEN, _NOT_BEGUN)
        code = told.get("code", "")
        if "error" in told or not 0 < len(code) <= _LONGEST_CODE:
            raise Refused(HTTPStatus.FORBIDDEN, _("{provider} did not sign you in. Try again.", provider=by.name))
        async with self._attempts.one(self._proxies.visitor(request)):
            with self._service.admission.of_anybody():
                user = user_of(await by.provider.claims(code, flow, told.get("iss", "")), by.mapping)
        response = html(request, signed_in_page())
        if not self._keep(request, response, self._sessions.begin_as(user)):
            raise Refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                _(
                    "Your account is in too many groups to be kept in a browser. Platform: name those that count "
                    "(--oidc-groups, console.openid.groups)."
                ),
            )
        response.headers["Refresh"] = f"0; url={addresses.DISTRICTS}"
        return response

    async def _out(self, request: web.Request) -> web.StreamResponse:
        """Without the cluster: who leaves need not be known any more. By a proxy there is nothing to end."""
        session = self._door.session(request)
        if session is None:
            return to(addresses.SIGN_IN)
        await marked_form(request, self._door.mark_of(session))
        self._sessions.end(session)
        response = to(addresses.SIGNED_OUT if session.user and self._by_provider else addresses.SIGN_IN)
        safety.drop_cookie(request, response)
        return response

    async def _signed_out(self, request: web.Request) -> web.StreamResponse:
        by = self._provider()
        return html(request, signed_out_page(by.name, await by.provider.goodbye()))

    def _provider(self) -> ByProvider:
        assert self._by_provider is not None, "the addresses are served with a provider only"
        return self._by_provider

    def _keep(self, request: web.Request, response: web.StreamResponse, session: Session) -> bool:
        """Have the browser keep a session; false if it is too long for that."""
        cookie = self._sessions.sealed(session)
        if cookie is not None:
            safety.keep_cookie(request, response, cookie)
        return cookie is not None

    def _refusal(self, request: web.Request, status: HTTPStatus, message: str) -> web.Response:
        return html(request, sign_in_page(message, self._name), status)


def to(address: str) -> web.Response:
    """Have the browser open another page."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={**safety.HEADERS, "Location": address})
