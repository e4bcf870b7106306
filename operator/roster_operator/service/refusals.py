"""An answer that is an error."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from roster_operator.errors import InputError, LedgerError, RosterOperatorError, UnknownName
from roster_operator.kube.errors import KubernetesError

logger = logging.getLogger(__name__)


class Refused(Exception):
    """A question that is not answered."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """`message`: for who asked."""
        super().__init__(message)
        self.status = status
        self.message = message


def refusal_of(error: Refused | RosterOperatorError | KubernetesError) -> Refused:
    """How an error of an answer is told to who asked."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, KubernetesError):
        logger.warning("the API server did not answer as it should: %s", error)
        message = "The API server does not answer as it should. Try again."
        return Refused(HTTPStatus.SERVICE_UNAVAILABLE, message)
    if isinstance(error, UnknownName):
        return Refused(HTTPStatus.NOT_FOUND, error.message)
    if isinstance(error, InputError):
        return Refused(HTTPStatus.BAD_REQUEST, error.message)
    if isinstance(error, LedgerError):
        return Refused(HTTPStatus.SERVICE_UNAVAILABLE, error.message)
    return Refused(HTTPStatus.BAD_GATEWAY, error.message)


def allowed(error: web.HTTPException) -> Mapping[str, str]:
    """The header by which an answer to a wrong method says which ones there are; none with other errors."""
    return {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
