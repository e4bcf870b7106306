"""Answers taken apart with every leniency that servers ask for: encodings, envelopes, spellings, rows of any form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, TypeVar

import msgspec

from roster_operator.errors import SourceProtocolError
from roster_operator.roster.dates import UNREADABLE
from roster_operator.sources.failures import Garbled
from roster_operator.sources.oneroster import members
from roster_operator.sources.oneroster.lenient_rows import Ref, Shape
from roster_operator.sources.oneroster.members import Kind, fold
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.values.text import reference, references, text, told

RowT = TypeVar("RowT")

Body = bytes | bytearray

MISSING: Final = object()
"""Stands for a list of rows that is not there."""
_MAX_ELEMENTS: Final = 1_000_000
"""Of an answer: what it becomes in memory must stay within a hundred megabytes."""
_NOT_ROWS: Final = frozenset({"statusinfoset", "statusinfo", "imsxstatusinfo", "errors", "warnings"})
"""In one case, without what stands between words."""
_REFS: Final = frozenset({"terms"})
_SINGLE_REFS: Final = frozenset({"course", "school", "user", "class"})
_DECIDE: Final = frozenset({"status", "enabledUser", "role", "beginDate", "startDate", "endDate"})
_ROUNDED: Final = "1E+11"
"""Stands for an identifier that came as a number with a point or an exponent."""


class _Reference(msgspec.Struct):
    sourcedId: Any = None  # noqa: N815
    href: Any = None


def tree_of(body: Body, where: str) -> Any:
    """The answer as plain Python objects, after every leniency that JSON parsers have."""
    refuse_many_parts(body, where)
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        raise SourceProtocolError(f"{where} sent an answer that is nested too deeply.") from None
    except ValueError:
        pass
    try:
        return json.loads(_as_text(body), strict=False)
    except RecursionError:
        raise SourceProtocolError(f"{where} sent an answer that is nested too deeply.") from None
    except ValueError:
        raise Garbled(f"{where} sent an answer that is not JSON, or was cut off.") from None


def refuse_many_parts(body: Body, where: str) -> None:
    """Raise an error if an answer has more parts than any page of a roster."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > _MAX_ELEMENTS:
        raise SourceProtocolError(f"{where} sent an answer with more parts than any page of a roster has.")


def _as_text(body: Body) -> str:
    """Text in the encodings that servers use without saying so."""
    if bytes(body[:2]) in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def listed(tree: dict[str, Any], key: str, route: str) -> object:
    """The list of rows: by the specification's key, by the route's name, or because there is no other list."""
    for name in (key, route):
        found = _member(tree, name)
        if isinstance(found, (list, dict, type(None))):
            return found
    lists = [value for name, value in tree.items() if isinstance(value, list) and fold(name) not in _NOT_ROWS]
    return lists[0] if len(lists) == 1 else MISSING


def single(tree: Any, shape: Shape[RowT]) -> list[Any]:
    """The one row of an answer to a request by identifier, in a list; none if the answer is empty."""
    found = tree
    if isinstance(tree, dict):
        named = (_member(tree, name) for name in (shape.singular, shape.key))
        found = next((value for value in named if value is not MISSING), tree)
    return found if isinstance(found, list) else [found] if found else []


def _member(tree: dict[str, Any], name: str) -> object:
    if name in tree:
        return tree[name]
    return next((value for each, value in tree.items() if fold(each) == fold(name)), MISSING)


def says_failure(tree: dict[str, Any]) -> bool:
    """Whether a status beside the rows says that they could not be given (OneRoster 1.1, section 3.6)."""
    beside = [value for name, value in tree.items() if fold(name) in _NOT_ROWS]
    items = [item for value in beside for item in (value if isinstance(value, list) else [value])]
    return any(
        name.lower().endswith("codemajor") and text(value).lower() == "failure"
        for status in (tree, *(item for item in items if isinstance(item, dict)))
        for name, value in status.items()
    )


def forgiven(rows: list[Any], shape: Shape[RowT]) -> Page[RowT]:
    """A page of whatever came as rows."""
    typed = [_row(row, shape.row, shape.nested) for row in rows]
    page = shape.gather(typed)
    page.lacking = members.not_held(typed, shape.members)
    if page.lacking:
        page.instead = members.replaced(page.lacking, [row for row in rows if isinstance(row, dict)], shape.members)
    return page


def _row(row: object, kind: Kind, nested: Mapping[str, Kind]) -> msgspec.Struct:
    """A typed row of whatever came; an empty one if that was no row at all."""
    if not isinstance(row, dict):
        return kind()
    held = members.respelled(row, kind)
    values: dict[str, Any] = {}
    for attribute, member in _fields(kind):
        value = held.get(member)
        if member in _SINGLE_REFS:
            named = _named(value)
            values[attribute] = Ref(named) if named else None
        elif member in _REFS:
            values[attribute] = [Ref(named) for named in _all_named(value)]
        elif member in nested:
            items = value if isinstance(value, list) else [value]
            values[attribute] = [_row(item, nested[member], {}) for item in items if isinstance(item, dict)]
        elif member == "sourcedId" and isinstance(value, float):
            values[attribute] = _ROUNDED
        else:
            values[attribute] = _plain(value, decides=member in _DECIDE)
    return kind(**values)


def _plain(value: object, *, decides: bool) -> str:
    """A text; what holds several values is unreadable, and not empty, where that decides who has what."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return UNREADABLE if decides and value and isinstance(value, dict | list) else text(value)


@cache
def _fields(kind: Kind) -> tuple[tuple[str, str], ...]:
    """The attributes of a row, each with its name in JSON."""
    return tuple((each.name, each.encode_name) for each in msgspec.structs.fields(kind))


def _named(value: object) -> str:
    """The identifier that a reference names; empty if none."""
    if isinstance(value, list):
        return _named(value[0]) if value else ""
    if isinstance(value, dict):
        value = members.respelled(value, _Reference)
    given = value.get("sourcedId") if isinstance(value, dict) else value
    return _ROUNDED if isinstance(given, float) else told(reference(value))


def _all_named(value: object) -> list[str]:
    """Of one that is there and names nothing, that it cannot be read."""
    if isinstance(value, str):
        return list(references(value))
    if isinstance(value, list):
        return [named for item in value for named in _all_named(item)]
    named = _named(value) or (UNREADABLE if value and isinstance(value, dict) else "")
    return [named] if named else []
