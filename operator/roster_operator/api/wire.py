"""What all wire models share: names as Kubernetes writes them, times, and texts and lists that cannot outgrow a status.

A wire model is frozen. Reading ignores fields that it does not know, so that an operator works with a CRD newer than
itself; `strict.py` names unknown fields for people who write files. The docstring under a field is its description in
the CRD, and so what `kubectl explain` prints: write it for users.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

ItemT = TypeVar("ItemT")

TOKEN_LIMIT: Final = 100
"""Of the requested-at annotation, as many characters count as the status can hold."""

_ELLIPSIS: Final = len("…".encode())
_SPELLED: Final = {"id": "ID", "url": "URL", "ebook": "EBook"}


def wire_name(name: str) -> str:
    """The camelCase name of a field: `last_sync_time` is `lastSyncTime`, `base_url` is `baseURL`."""
    first, *rest = name.split("_")
    return first + "".join(_SPELLED.get(word, word.capitalize()) for word in rest)


class WireModel(BaseModel):
    """A part of a Kubernetes object."""

    model_config = ConfigDict(
        alias_generator=wire_name,
        validate_by_name=True,
        validate_by_alias=True,
        extra="ignore",
        frozen=True,
    )

    def to_wire(self) -> dict[str, Any]:
        """As JSON for the API server: absent is absent, never null, and an empty list is absent too."""
        return cast("dict[str, Any]", _pruned(self.model_dump(mode="json", by_alias=True, exclude_none=True)))


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(item) for key, item in value.items() if item != []}
    if isinstance(value, list):
        return [_pruned(item) for item in value]
    return value


def _to_seconds(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


Time = Annotated[
    AwareDatetime,
    AfterValidator(_to_seconds),
    PlainSerializer(_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment, UTC, to the second; RFC 3339 with Z on the wire."""

Count = Annotated[int, Field(ge=0, le=1_000_000_000, json_schema_extra={"format": "int64"})]


def shorten(text: str, limit: int) -> str:
    """One line that takes at most `limit` bytes in JSON; where it was cut, it ends with an ellipsis."""
    if text.isprintable() and len(text.encode()) + text.count('"') + text.count("\\") <= limit:
        return text
    line = "".join(c if c.isprintable() else " " for c in text)
    total = 0
    kept = 0
    for place, character in enumerate(line):
        if total + _ELLIPSIS <= limit:
            kept = place
        total += 2 if character in '"\\' else len(character.encode())
        if total > limit:
            return line[:kept].rstrip() + "…"
    return line


def line(limit: int) -> BeforeValidator:
    """Cut a text to one line of `limit` bytes on the way in."""
    return BeforeValidator(lambda value: shorten(value, limit) if isinstance(value, str) else value)


def token(text: str) -> str:
    """What of a token counts: what a status can echo."""
    return "".join(filter(str.isprintable, text[:TOKEN_LIMIT]))


def _token(value: Any) -> Any:
    return token(value) if isinstance(value, str) else value


Message = Annotated[str, Field(max_length=1024), line(1024)]
"""A text for people. Longer ones are cut on the way in, so that no writer of status can break its bound."""
Remark = Annotated[str, Field(max_length=256), line(256)]
"""A shorter text, for lists of them."""
Word = Annotated[str, Field(max_length=64), line(64)]
"""A name, a reason, an opaque id."""
Code = Annotated[str, Field(max_length=40), line(40)]
"""One of our own words, such as a reason or the name of a check; or an id that we make."""
ShortWord = Annotated[str, Field(max_length=16), line(16)]
"""One of a few words."""
EditionWord = Annotated[str, Field(max_length=7), line(7)]
"""Student or Teacher."""
Token = Annotated[str, Field(max_length=TOKEN_LIMIT), BeforeValidator(_token)]
"""What somebody asked for a sync with, echoed as it is; of a longer one, so many characters count."""


def first(count: int) -> BeforeValidator:
    """Keep the first `count` items of a list on the way in."""

    def cut(value: Iterable[ItemT]) -> tuple[ItemT, ...] | Any:
        return tuple(value)[:count] if isinstance(value, list | tuple) else value

    return BeforeValidator(cut)
