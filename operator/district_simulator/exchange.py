"""One request and its answer as plain values, apart from any HTTP library."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from district_simulator.paging import Window
from district_simulator.styles import Version

SERVICE_PATH = "/ims/oneroster/v1p1"
JSON_TYPE = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """A request; `target` is the path and query exactly as they were sent, for they are signed."""

    method: str
    scheme: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def url(self) -> str:
        """The whole address as the client wrote it."""
        return f"{self.scheme}://{self.host}{self.target}"

    @property
    def path(self) -> str:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query parameters, decoded, in their order."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def bearer(self) -> str | None:
        """The bearer token, if the request carries one."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return value.strip() if kind.lower() == "bearer" else None


@dataclass(frozen=True, slots=True)
class Route:
    """What a path below a district's prefix means; `segments` are those below the protocol's base, decoded.

    `label` is what statistics and faults call it: /enrollments, /schools/{id}/classes, /users/{id}, /token.
    `collection` is the collection that the route ends in, or the one of the single object that it names.
    """

    segments: tuple[str, ...]
    label: str
    collection: str = ""
    version: Version = "1.1"

    @classmethod
    def token(cls) -> Route:
        """The endpoint that issues tokens, wherever it stands."""
        return cls((), "/token", "token")

    @classmethod
    def other(cls) -> Route:
        """Any path that the protocol does not have."""
        return cls((), "other", "other")

    @classmethod
    def below(cls, path: str, version: Version = "1.1") -> Route:
        """The OneRoster route of an encoded path below the base of a version."""
        segments = segments_of(path)
        names = [part if position % 2 == 0 else "{id}" for position, part in enumerate(segments)]
        return cls(segments, "/" + "/".join(names), segments[-1 if len(segments) % 2 else -2], version)

    def is_meant_by(self, names: frozenset[str]) -> bool:
        """Whether one of the names is this route's label (with or without its slash) or its collection."""
        return not names.isdisjoint((self.label, self.label.removeprefix("/"), self.collection))


def segments_of(path: str) -> tuple[str, ...]:
    """The decoded segments of an encoded path that does not begin with a slash."""
    return tuple(unquote(part) for part in path.split("/"))


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection drops after this many bytes of the body, although its whole length was announced."""

    after: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The whole body comes in chunks, then the connection drops without the chunk that says that this was all."""


@dataclass(frozen=True, slots=True)
class Drip:
    """The body comes at this many bytes a second."""

    bytes_per_second: int


@dataclass(frozen=True, slots=True)
class Endless:
    """The body, cut before its last two brackets, is followed by this many megabytes of the filler, then by the
    brackets; its length is not announced."""

    filler: bytes
    megabytes: int


@dataclass(frozen=True, slots=True)
class File:
    """The body is a file's content; ranges and conditions of the request are honoured."""

    path: Path


@dataclass(slots=True)
class Reply:
    """An answer; `delivery` says how the body travels where that is not simply at once."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON_TYPE})
    delivery: Cut | Drip | Endless | File | Unfinished | None = None

    @classmethod
    def of_json(cls, value: object, status: int = 200) -> Reply:
        """An answer whose body is a JSON value."""
        return cls(status, json.dumps(value).encode())


@dataclass(slots=True)
class Page:
    """A page on its way: what was asked for, which rows will be read, and how it is going to be shown."""

    route: Route
    window: Window
    start: int
    stop: int
    total: int
    envelope: str
    rows: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    backwards: bool = False
    wrapper: Callable[[Page], bytes] | None = None

    def body(self) -> bytes:
        """The page as JSON, in OneRoster's envelope or in that of the wrapper."""
        if self.wrapper is not None:
            return self.wrapper(self)
        status = f',"statusInfoSet":[{",".join(self.warnings)}]' if self.warnings else ""
        return f'{{"{self.envelope}":[{",".join(self.rows)}]{status}}}'.encode()
