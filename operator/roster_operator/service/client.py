"""Sends requests to the service, and reads what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx2

from roster_operator.errors import InputError, RosterOperatorError, UnknownName
from roster_operator.operations.request import FleetRequest, Question, Request
from roster_operator.operations.wire import Unreadable, plain, read

ResultT = TypeVar("ResultT")

_PATIENCE: Final = 90.0
"""Seconds: more than the service takes for an answer."""
_WRONG_INPUT: Final[Mapping[int, type[RosterOperatorError]]] = {
    HTTPStatus.NOT_FOUND: UnknownName,
    HTTPStatus.BAD_REQUEST: InputError,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: InputError,
}


class ServiceFailed(RosterOperatorError):
    """The service does not answer, or not to this user."""


def ask(base_url: str, token: str, question: Question[ResultT]) -> ResultT:
    """What the service at `base_url` answers whoever has `token`; raises `RosterOperatorError`."""
    body = {name: value for name, value in plain(question).items() if name not in {"district", "namespace"}}
    try:
        answer = httpx2.post(
            f"{base_url.rstrip('/')}{_path(question)}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_PATIENCE,
        )
        content = answer.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ServiceFailed(
            f"The service at {base_url} does not answer as it should ({type(error).__name__}). Platform: look at it."
        ) from None
    if answer.status_code != HTTPStatus.OK:
        told = content.get("error") if isinstance(content, dict) else None
        raise _WRONG_INPUT.get(answer.status_code, ServiceFailed)(_line(told, answer.status_code))
    return _read(question, content)


def _path(question: Question[Any]) -> str:
    """What it is about; all else stands in the body."""
    where = "/v1"
    if isinstance(question, Request):
        district = question.district
        where += f"/namespaces/{quote(district.namespace, safe='')}/districts/{quote(district.name, safe='')}"
    elif isinstance(question, FleetRequest) and question.namespace:
        where += f"/namespaces/{quote(question.namespace, safe='')}"
    return f"{where}/{question.verb}"


def _read(question: Question[ResultT], content: Any) -> ResultT:
    try:
        found: ResultT = read(question.result, content)
    except Unreadable as error:
        raise ServiceFailed(
            f"The service is of another version: {error.message} Use the command of its version."
        ) from None
    return found


def _line(told: object, status: int) -> str:
    return str(told) if told else f"The service answers with HTTP status {status}."
