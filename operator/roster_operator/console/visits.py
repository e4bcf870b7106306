"""One request of a browser: who it is, what they sent, and that a page of ours sent it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from roster_operator.console.safety import cookie_of, is_of_this_site
from roster_operator.console.sessions import Session, Sessions
from roster_operator.kube.reviews import User
from roster_operator.messages import gettext as _
from roster_operator.service.refusals import Refused
from roster_operator.service.rights import Rights

_LARGEST_FORM: Final = 32 * 1024
_PATIENCE: Final = 30.0
_FORM: Final = "application/x-www-form-urlencoded"


class NotSignedIn(Exception):
    """It is not known who this is: they have not signed in, or no longer."""

    def __init__(self, message: str = "") -> None:
        """`message`: why, if they were."""
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Visit:
    """By somebody who is known."""

    request: web.Request
    user: User
    sent: Mapping[str, str]
    """The fields of a form; none of a GET."""


class Door:
    """Lets in whoever the cluster knows."""

    def __init__(self, rights: Rights, sessions: Sessions) -> None:
        """`rights`: who somebody is."""
        self._rights = rights
        self._sessions = sessions

    def session(self, request: web.Request) -> Session | None:
        """That is open in the browser; what a proxy shows goes before it."""
        return None if request.headers.get("Authorization") else self._sessions.open(cookie_of(request))

    async def user(self, request: web.Request) -> tuple[User, Session | None]:
        """Whose request it is, by the header of a proxy, or by their session (else None); raises `NotSignedIn`."""
        header, session = request.headers.get("Authorization", ""), self.session(request)
        if not header and session is None:
            raise NotSignedIn(_("Your session is over. Sign in again.") if cookie_of(request) else "")
        if session is not None and session.user is not None:
            return session.user, session
        try:
            return await self._rights.user(header or f"Bearer {session.token if session else ''}"), session
        except Refused as refused:
            raise NotSignedIn(refused.message) from None

    def mark(self, user: User, session: Session | None) -> str:
        """Of the forms that are made for them."""
        return self.mark_of(session) if session else self._sessions.mark_of_form(f"user {user.name}")

    def mark_of(self, session: Session) -> str:
        """Of the forms that are made for a session."""
        return self._sessions.mark_of_form(f"session {session.id}")


async def marked_form(request: web.Request, mark: str) -> Mapping[str, str]:
    """The fields of a form that was made for them; raises `Refused` for every other."""
    sent = await sent_form(request)
    if not hmac.compare_digest(sent.get("mark", "").encode(), mark.encode()):
        raise Refused(HTTPStatus.FORBIDDEN, _("This page is too old, or not of the console. Open it anew."))
    return sent


async def sent_form(request: web.Request) -> Mapping[str, str]:
    """The fields of a form that a page of ours sent; raises `Refused`."""
    if not is_of_this_site(request):
        raise Refused(HTTPStatus.FORBIDDEN, _("This was sent by another site. Open the console, and do it there."))
    if request.content_type != _FORM:
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("Send a form."))
    body = b""
    try:
        async with asyncio.timeout(_PATIENCE):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > _LARGEST_FORM:
                    raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("That is too much for a form."))
    except TimeoutError:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, _("The form did not arrive in time.")) from None
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=50))
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, _("The form cannot be read.")) from None
