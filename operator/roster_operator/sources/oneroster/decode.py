"""From the bytes of an answer to a page of rows.

The fast paths decode the whole page at once into typed rows. What they cannot read goes through the slow path, which
takes the page apart and forgives row by row; a row that cannot be saved is counted and costs nothing but itself.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import cache
from typing import Any, Final, Protocol, TypeVar

import msgspec

from roster_operator.errors import SourceProtocolError
from roster_operator.sources.decoders import decoder_of
from roster_operator.sources.failures import Garbled
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.wire import Ref, Shape
from roster_operator.sources.oneroster.wire_v1p2 import RoleRow
from roster_operator.sources.values.columns import NeedsCare
from roster_operator.sources.values.text import reference, references, text

RowT = TypeVar("RowT")

Body = bytes | bytearray

_MAX_ELEMENTS: Final = 3_000_000
"""Of an answer: what it becomes in memory must stay within some hundred megabytes."""
_SUSPICIOUS: Final = 16 * 1024 * 1024
"""Bytes from which on parts are counted before the fast path, too; a page of 5000 rows has 5 MB at most."""
_TAIL: Final = 64
"""Bytes in which an answer ends, blanks and all."""
_BLANKS: Final = b" \t\r\n"
_NOT_ROWS: Final = frozenset({"statusInfoSet", "statusInfo", "imsx_StatusInfo", "errors", "warnings"})
_REFS: Final = frozenset({"terms"})
_ROWS: Final = {"roles": RoleRow}
_SINGLE_REFS: Final = frozenset({"course", "school", "user", "class"})
_MISSING: Final = object()
_BOM: Final = b"\xef\xbb\xbf"
_FAILED: Final = re.compile(rb"ode_?[Mm]ajor\"\s*:\s*\"[Ff](?:ailure|AILURE)\"")
"""What an answer that failed has in it somewhere (OneRoster 1.1, section 3.6); few others have."""


def decode_page(body: Body, shape: Shape[RowT], route: str, where: str) -> Page[RowT]:
    """The rows of a page. `route` is the last part of its path: some servers name the list by it.

    Raises `Garbled` if it is not JSON, has no list of rows, or says that it failed, be there rows or not: they may be
    some of those that were asked for. An empty answer (`{}`, `null`, a null list) is a page
    that is `blank`, and `bare` if it names no list.
    """
    if body.startswith(_BOM):
        body = body[len(_BOM) :]
    if len(body) > _SUSPICIOUS:
        _refuse_many_parts(body, where)
    page = _at_once(body, shape, alone=True) if _ends_with_its_list(body) else None
    if page is None and not _FAILED.search(body):
        page = _at_once(body, shape)
    return page if page is not None else _with_care(body, shape, route, where)


def _at_once(body: Body, shape: Shape[RowT], *, alone: bool = False) -> Page[RowT] | None:
    """The fast paths; None if none of them can read it. `alone`: nor if it has anything beside the rows."""
    ways = [*((plain.row, plain.gather) for plain in shape.plain), (shape.row, shape.gather)]
    for row, gather in ways:
        with suppress(ValueError, RecursionError, NeedsCare):
            rows = _decoder(row, shape.key, alone=alone).decode(body).rows
            if rows:
                return gather(rows)
    return None


def _ends_with_its_list(body: Body) -> bool:
    """Whether the rows may be all that it holds: then nothing in it can say that it failed, and it is not searched."""
    return bytes(body[-_TAIL:]).translate(None, _BLANKS).endswith(b"}]}")


def decode_single(body: Body, shape: Shape[RowT], where: str) -> list[RowT]:
    """The one row of an answer to a request by identifier; none if the answer is empty."""
    tree = _tree(body, where)
    found = tree.get(shape.singular, tree.get(shape.key, tree)) if isinstance(tree, dict) else tree
    if not found:
        return []
    page = _forgiven(found if isinstance(found, list) else [found], shape)
    if page.rejected:
        raise SourceProtocolError(f"{where} answered a request for one {shape.singular} with something else.")
    return list(page.rows)


class _Rows(Protocol):
    rows: list[Any] | msgspec.UnsetType | None


def _decoder(row: type[msgspec.Struct], key: str, *, alone: bool = False) -> msgspec.json.Decoder[_Rows]:
    """`alone`: it takes no answer that has anything beside the rows."""
    return decoder_of(_envelope(row, key, alone))


@cache
def _envelope(row: type[msgspec.Struct], key: str, alone: bool) -> Any:
    return msgspec.defstruct(
        "Envelope",
        [("rows", list[row] | None | msgspec.UnsetType, msgspec.field(default=msgspec.UNSET, name=key))],  # type: ignore[valid-type]
        forbid_unknown_fields=alone,
    )


@cache
def _members(kind: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    """The attributes of a row, each with its name in JSON."""
    return tuple((field.name, field.encode_name) for field in msgspec.structs.fields(kind))


def _with_care(body: Body, shape: Shape[RowT], route: str, where: str) -> Page[RowT]:
    tree = _tree(body, where)
    if tree is None or tree == {}:
        return Page(blank=True, bare=True)
    found = _member(tree, shape.key, route) if isinstance(tree, dict) else _MISSING
    if found is _MISSING:
        raise Garbled(f"{where} sent JSON without the member {shape.key}. It may be an error in disguise.")
    if _says_failure(tree):
        raise Garbled(f"{where} sent an answer that says of itself that it failed.")
    if not found and not isinstance(found, list):
        return Page(blank=True)
    return _forgiven(found if isinstance(found, list) else [found], shape)


def _member(tree: dict[str, Any], key: str, route: str) -> object:
    """The list of rows: by the specification's key, by the route's name, or because there is no other list."""
    for name in (key, route):
        if isinstance(tree.get(name, _MISSING), (list, dict, type(None))):
            return tree[name]
    lists = [value for name, value in tree.items() if isinstance(value, list) and name not in _NOT_ROWS]
    return lists[0] if len(lists) == 1 else _MISSING


def _says_failure(tree: dict[str, Any]) -> bool:
    """Whether a status beside the rows says that they could not be given (OneRoster 1.1, section 3.6)."""
    statuses = [tree]
    for name in _NOT_ROWS:
        value = tree.get(name)
        statuses += [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]
    return any(
        name.lower().endswith("codemajor") and text(value).lower() == "failure"
        for status in statuses
        for name, value in status.items()
    )


def _forgiven(rows: list[Any], shape: Shape[RowT]) -> Page[RowT]:
    return shape.gather([_forgiven_row(row, shape.row) for row in rows])


def _forgiven_row(row: object, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """A typed row of whatever came; an empty one if that was no row at all."""
    if not isinstance(row, dict):
        return kind()
    values: dict[str, Any] = {}
    for attribute, member in _members(kind):
        value = row.get(member)
        if member in _SINGLE_REFS:
            named = reference(value)
            values[attribute] = Ref(named) if named else None
        elif member in _REFS:
            values[attribute] = [Ref(named) for named in references(value)]
        elif member in _ROWS:
            values[attribute] = [_forgiven_row(item, _ROWS[member]) for item in _listed(value)]
        else:
            values[attribute] = text(value[0] if isinstance(value, list) and len(value) == 1 else value)
    return kind(**values)


def _listed(value: object) -> list[Any]:
    """The objects of a list, or the one that is not in a list."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _tree(body: Body, where: str) -> Any:
    """The answer as plain Python objects, after every leniency that JSON parsers have."""
    _refuse_many_parts(body, where)
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


def _refuse_many_parts(body: Body, where: str) -> None:
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
