"""From the bytes of an answer to a page of rows.

The fast paths decode the whole page at once into typed rows. What they cannot read goes through the slow path, which
takes the page apart and forgives row by row; a row that cannot be saved is counted and costs nothing but itself.
"""

from __future__ import annotations

import re
from collections.abc import Set
from contextlib import suppress
from functools import cache
from typing import Any, Final, Protocol, TypeVar

import msgspec

from roster_operator.errors import SourceProtocolError
from roster_operator.sources.decoders import decoder_of
from roster_operator.sources.density import refuse_dense
from roster_operator.sources.failures import Garbled
from roster_operator.sources.oneroster import members
from roster_operator.sources.oneroster.lenient_decoding import (
    MISSING,
    Body,
    forgiven,
    listed,
    says_failure,
    single,
    tree_of,
)
from roster_operator.sources.oneroster.lenient_rows import Shape
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.values.columns import NeedsLenientDecoding

RowT = TypeVar("RowT")

_TAIL: Final = 64
"""Bytes in which an answer ends, blanks and all."""
_BLANKS: Final = b" \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
_PARTS: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]] | None)
_FAILED: Final = re.compile(rb"ode_?[Mm]ajor\"\s*:\s*\"[Ff](?:ailure|AILURE)\"")
"""What an answer that failed has in it somewhere (OneRoster 1.1, section 3.6); few others have."""


def decode_page(body: Body, shape: Shape[RowT], route: str, where: str, *, sparse: bool = False) -> Page[RowT]:
    """The rows of a page. `route` is the last part of its path: some servers name the list by it.

    `sparse`: its rows are expected to lack something, as those of other pages did; it saves time to know.

    Raises `Garbled` if it is not JSON, has no list of rows, or says that it failed, be there rows or not: they may be
    some of those that were asked for. An empty answer (`{}`, `null`, a null list) is a page
    that is `blank`, and `bare` if it names no list.
    """
    if body.startswith(_BOM):
        body = body[len(_BOM) :]
    refuse_dense(body, where)
    page = _at_once(body, shape, alone=True, sparse=sparse) if _ends_with_its_list(body) else None
    if page is None and not _FAILED.search(body):
        page = _at_once(body, shape, sparse=sparse)
    return page if page is not None else _decode_leniently(body, shape, route, where)


def decode_single(body: Body, shape: Shape[RowT], where: str) -> list[RowT]:
    """The one row of an answer to a request by identifier; none if the answer is empty."""
    found = single(tree_of(body, where), shape)
    if not found:
        return []
    page = forgiven(found, shape)
    if page.rejected:
        raise SourceProtocolError(f"{where} answered a request for one {shape.singular} with something else.")
    if page.instead:
        raise SourceProtocolError(members.message(shape.key, page.instead), section=shape.key)
    return list(page.rows)


def _at_once(body: Body, shape: Shape[RowT], *, alone: bool = False, sparse: bool = False) -> Page[RowT] | None:
    """The fast paths; None if none of them can read it. `alone`: nor if it has anything beside the rows."""
    ways = [*((plain.row, plain.gather) for plain in shape.plain), (shape.row, shape.gather)]
    for kind, gather in ways:
        complete, closed = members.complete(kind), members.closed(kind, shape.members.official)
        variants = (closed, complete, kind) if sparse else (complete, closed, kind)
        for variant in (kind,) if kind is shape.row and shape.nested else variants:
            with suppress(ValueError, RecursionError, NeedsLenientDecoding):
                rows = _decoder(variant, shape.key, alone=alone).decode(body).rows
                if rows:
                    page = gather(rows)
                    page.lacking = members.not_held(rows, shape.members)
                    if variant is kind or (variant is complete and page.lacking):
                        page.instead = _instead(body, shape, page.lacking)
                    return page
    return None


def _instead(body: Body, shape: Shape[RowT], lacking: Set[str]) -> dict[str, str]:
    """What stands in the place of members that no row holds; raises `NeedsLenientDecoding` if one is spelled so."""
    rows: list[dict[str, msgspec.Raw]] = _decoder(dict[str, msgspec.Raw], shape.key).decode(body).rows or []
    if members.spelled_otherwise(members.names_in(rows), shape.row):
        raise NeedsLenientDecoding
    for member, kind in shape.nested.items():
        parts = (_PARTS.decode(row[member]) or [] for row in rows if member in row)
        if members.spelled_otherwise({name for some in parts for part in some for name in part}, kind):
            raise NeedsLenientDecoding
    return members.replaced(lacking, rows, shape.members)


def _decode_leniently(body: Body, shape: Shape[RowT], route: str, where: str) -> Page[RowT]:
    tree = tree_of(body, where)
    if tree is None or tree == {}:
        return Page(blank=True, bare=True)
    found = listed(tree, shape.key, route) if isinstance(tree, dict) else MISSING
    if found is MISSING:
        raise Garbled(f"{where} sent JSON without the member {shape.key}. It may be an error in disguise.")
    if says_failure(tree):
        raise Garbled(f"{where} sent an answer that says of itself that it failed.")
    if not found and not isinstance(found, list):
        return Page(blank=True)
    return forgiven(found if isinstance(found, list) else [found], shape)


def _ends_with_its_list(body: Body) -> bool:
    """Whether the rows may be all that it holds: then nothing in it can say that it failed, and it is not searched."""
    return bytes(body[-_TAIL:]).translate(None, _BLANKS).endswith(b"}]}")


class _Rows(Protocol):
    rows: list[Any] | None


def _decoder(row: Any, key: str, *, alone: bool = False) -> msgspec.json.Decoder[_Rows]:
    """`alone`: it takes no answer that has anything beside the rows."""
    return decoder_of(_envelope(row, key, alone))


@cache
def _envelope(row: Any, key: str, alone: bool) -> Any:
    return msgspec.defstruct(
        "Envelope",
        [("rows", list[row] | None, msgspec.field(default=None, name=key))],
        forbid_unknown_fields=alone,
    )
