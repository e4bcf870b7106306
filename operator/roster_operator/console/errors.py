"""Pages as they are sent; and what is sent instead where one cannot be made."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from aiohttp import web

from roster_operator.console import safety
from roster_operator.console.elements import Page
from roster_operator.console.languages.choosing import reader_of, way_back
from roster_operator.console.rendering import written
from roster_operator.console.views.signing_in import error_page, sign_in_page
from roster_operator.console.visits import NotSignedIn
from roster_operator.errors import RosterOperatorError
from roster_operator.kube.errors import KubernetesError
from roster_operator.messages import gettext as _
from roster_operator.ops.logs import describe
from roster_operator.service.refusals import Refused, allowed, refusal_of

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PROVIDER: Final = web.AppKey("provider", str)
"""What people call the provider by which they sign in, if there is one."""
USER: Final = web.RequestKey("user", str)
MARK: Final = web.RequestKey("mark", str)
"""Who asks, once that is known, and what their forms must hold."""
_NOT_PAGES: Final = ("/v1/", "/healthz", "/readyz")


def html(request: web.Request, page: Page, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """A page, as the browser that asked gets it, in the language of its reader."""
    reader = reader_of(request)
    text = written(page, reader, user=request.get(USER, ""), mark=request.get(MARK, ""), back=way_back(request, status))
    headers = {**safety.HEADERS, "Content-Language": str(reader.language), "Vary": "Accept-Language, Cookie"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


@web.middleware
async def as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as a page with one line, and nothing of what was asked in the log but its path."""
    if request.path.startswith(_NOT_PAGES):
        return await handler(request)
    try:
        return await handler(request)
    except NotSignedIn as unknown:
        page = sign_in_page(unknown.message, request.config_dict.get(PROVIDER, ""))
        response = html(request, page, HTTPStatus.UNAUTHORIZED)
        if safety.cookie_of(request):
            safety.drop_cookie(request, response)
        return response
    except web.HTTPException as error:
        response = _instead(request, HTTPStatus(error.status), f"{error.reason}.")
        response.headers.update(allowed(error))
        return response
    except (Refused, RosterOperatorError, KubernetesError) as error:
        refused = refusal_of(error)
        return _instead(request, refused.status, refused.message)
    except Exception as error:  # noqa: BLE001 - the boundary of a request
        logger.error("a defect: path=%s %s", request.path, describe(error))  # noqa: TRY400 - the text may hold data
        return _instead(request, HTTPStatus.INTERNAL_SERVER_ERROR, _("The console failed. Platform: see its log."))


def _instead(request: web.Request, status: HTTPStatus, message: str) -> web.Response:
    return html(request, error_page(status, message), status)
