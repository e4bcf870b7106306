"""A OneRoster server that is sound but for the section that is made to hurt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.hostile.listening import Handler, listening

API = "/ims/oneroster/v1p1/"
SECRET = {"clientID": "demo-key", "clientSecret": "demo-secret"}
SOUND: Mapping[str, tuple[str, dict[str, Any]]] = {
    "schools": ("orgs", {"sourcedId": "s1", "type": "school", "name": "One", "identifier": "1"}),
    "academicSessions": ("academicSessions", {"sourcedId": "t1", "startDate": "2000-08-01", "endDate": "2099-08-01"}),
    "courses": ("courses", {"sourcedId": "c1", "courseCode": "MA1", "title": "Mathematics"}),
    "classes": (
        "classes",
        {
            "sourcedId": "k1",
            "course": {"sourcedId": "c1"},
            "school": {"sourcedId": "s1"},
            "terms": [{"sourcedId": "t1"}],
        },
    ),
    "enrollments": (
        "enrollments",
        {"sourcedId": "e1", "role": "student", "user": {"sourcedId": "p1"}, "class": {"sourcedId": "k1"}},
    ),
    "teachers": ("users", {"sourcedId": "p2", "role": "teacher", "username": "bob", "enabledUser": "true"}),
    "students": ("users", {"sourcedId": "p1", "role": "student", "username": "ann", "enabledUser": "true"}),
}


@dataclass
class Answer:
    """What comes back; a body of several parts is sent without a length."""

    body: bytes | Iterable[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


Answers = Callable[[str, int, int], Answer | None]
"""From section, offset and limit to what is answered; None: what is sound."""


def rows(section: str, found: Iterable[bytes], **headers: str) -> Answer:
    """A page of these rows, each already JSON."""
    return Answer(b'{"%s":[' % SOUND[section][0].encode() + b",".join(found) + b"]}", headers)


def sound(section: str, offset: int, total: int = 1) -> Answer:
    """The one row of a section, the first of `total`."""
    key, row = SOUND[section]
    body = json.dumps({key: [] if offset else [row]}).encode()
    return Answer(body, {"X-Total-Count": str(total)})


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """Yields the base URL."""

    class Answering(Handler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._send(Answer(json.dumps({"access_token": "x", "token_type": "bearer", "expires_in": 3600}).encode()))

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = parse_qs(asked.query)
            section = asked.path.removeprefix(API)
            offset, limit = (int(query.get(name, ["0"])[0]) for name in ("offset", "limit"))
            if section not in SOUND:
                self._send(Answer(b"{}", status=404))
                return
            self._send(answers(section, offset, limit) or sound(section, offset))

        def _send(self, answer: Answer) -> None:
            self.answer(answer.status, answer.body, {"Content-Type": "application/json", **answer.headers})

    with listening(Answering) as origin:
        yield origin
