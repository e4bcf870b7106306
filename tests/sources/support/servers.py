"""Servers without a network: what they answer is decided by a table or a function."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
from tests.sources.support.opened import API

Answer = httpx2.Response | Callable[[httpx2.Request], httpx2.Response]

TOKEN = {"access_token": "the-token", "token_type": "bearer", "expires_in": 3600}


def rows_of(path: str, count: int) -> list[dict[str, Any]]:
    """Plain rows of a section."""
    extra: dict[str, dict[str, Any]] = {
        "schools": {"type": "school", "name": "A school"},
        "enrollments": {"user": {"sourcedId": "u"}, "class": {"sourcedId": "c"}, "role": "student"},
    }
    return [{"sourcedId": f"{path}-{n}", "status": "active", **extra.get(path, {})} for n in range(count)]


KEY_OF = {
    "schools": "orgs",
    "terms": "academicSessions",
    "teachers": "users",
    "students": "users",
}


def page(path: str, rows: Sequence[Any], request: httpx2.Request, *, clamp: int = 5000) -> httpx2.Response:
    """What a server that follows the specification answers."""
    offset = int(request.url.params.get("offset", 0))
    limit = min(int(request.url.params.get("limit", 100)), clamp)
    return httpx2.Response(
        200,
        json={KEY_OF.get(path, path): list(rows)[offset : offset + limit]},
        headers={"X-Total-Count": str(len(rows))},
    )


@dataclass
class TableServer:
    """Answers by path; what is not in the table is served as a section of three rows, or as `otherwise` says."""

    table: Mapping[str, Answer] = field(default_factory=dict)
    sections: Mapping[str, Sequence[Any]] = field(
        default_factory=lambda: {
            path: rows_of(path, 3)
            for path in ("schools", "academicSessions", "courses", "classes", "enrollments", "teachers", "students")
        }
    )
    otherwise: httpx2.Response = field(default_factory=lambda: httpx2.Response(404))
    requests: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to one request."""
        self.requests.append(request)
        path = request.url.path
        answer = self.table.get(path, self.table.get(path.removeprefix(API + "/")))
        if answer is not None:
            return answer(request) if callable(answer) else again(answer)
        section = path.removeprefix(API + "/")
        if section in self.sections:
            return page(section, self.sections[section], request)
        return again(self.otherwise)

    def asked(self, path: str) -> list[httpx2.Request]:
        """The requests for one path."""
        return [request for request in self.requests if request.url.path in {path, f"{API}/{path}"}]


def again(answer: httpx2.Response) -> httpx2.Response:
    """A fresh copy: a response can be read once."""
    return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


def token_server(**more: Answer) -> TableServer:
    """A server with OAuth 2 whose token endpoint gives out `the-token` to anybody."""
    return TableServer(table={"/token": httpx2.Response(200, json=TOKEN), **more})


def in_turn(*answers: Answer) -> Callable[[httpx2.Request], httpx2.Response]:
    """One answer after the other; the last one stays."""
    left = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        current = left.pop(0) if len(left) > 1 else left[0]
        return current(request) if callable(current) else again(current)

    return answer


def form(request: httpx2.Request) -> dict[str, str]:
    """The form that was posted."""
    return dict(httpx2.QueryParams(request.content.decode()))


def as_json(value: object) -> bytes:
    """JSON as bytes."""
    return json.dumps(value).encode()
