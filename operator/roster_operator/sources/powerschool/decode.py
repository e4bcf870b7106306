"""From the bytes of an answer to rows.

PowerSchool sends one row without a list around it, and no key at all for no row. A row that cannot be read as what it
should be comes out empty, so that it is counted and costs nothing but itself.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from roster_operator.errors import SourceProtocolError
from roster_operator.roster.dates import UNREADABLE
from roster_operator.sources.decoders import decoder_of
from roster_operator.sources.failures import Garbled
from roster_operator.sources.powerschool.wire import Kind, RowT
from roster_operator.sources.values.text import text

Body = bytes | bytearray
StructT = TypeVar("StructT", bound=msgspec.Struct)

_MAX_PARTS: Final = 1_000_000
"""Of an answer: what it becomes in memory must stay within some hundred megabytes."""
_BOM: Final = b"\xef\xbb\xbf"
_MAX_COUNT: Final = 10**9
_envelope: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list: Final = msgspec.json.Decoder(list[msgspec.Raw])
_OTHER_CASE: Final = re.compile(rb'"[a-z0-9_@]*[A-Z]\w*"\s*:')
"""The name of a member that is not written as PowerSchool writes names."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_nothing: Final = frozenset({b'""', b"null"})


def decode_rows(body: Body, kind: Kind[RowT], where: str) -> list[RowT]:
    """The rows of a list. Raises `Garbled` for an answer that is not one, such as an error in disguise."""
    members = _members_of(body, where)
    if kind.outer:
        if kind.outer not in members:
            raise _without(kind.outer, where)
        outer = members[kind.outer]
        if outer in _nothing:
            return []
        if outer[:1] == b"[":
            return _rows(outer, kind.row, where)
        if outer[:1] != b"{":
            raise _without(kind.outer, where)
        members = _members_of(outer, where)
    elif not members.keys() & {kind.name, "name", "@extensions"}:
        raise _without(kind.name, where)
    inner = members.get(kind.name, b"null")
    return [] if inner in _nothing else _rows(inner, kind.row, where)


def decode_single(body: Body, kind: Kind[RowT], where: str) -> RowT:
    """The one row of an answer to a request by DCID."""
    members = _members_of(body, where)
    if members.get(kind.name, b"")[:1] != b"{":
        raise _without(kind.name, where)
    return _row(members[kind.name], kind.row)


def decode_count(body: Body, where: str) -> int:
    """`{"resource":{"count":423}}` or `{"count":423}`, the number perhaps as a text."""
    members = _members_of(body, where)
    if "count" not in members and members.get("resource", b"")[:1] == b"{":
        members = _members_of(members["resource"], where)
    said = text(_plain(members.get("count", b"null")))
    if not (said.isascii() and said.isdigit() and len(said) < 11 and int(said) < _MAX_COUNT):
        raise Garbled(f"{where} was asked for a number and answered with something else.")
    return int(said)


def decode_metadata(body: Body, where: str) -> dict[str, str]:
    """What the server says of itself, as texts; empty if it says nothing."""
    members = _members_of(body, where)
    if members.get("metadata", b"")[:1] != b"{":
        raise _without("metadata", where)
    return {name: text(_plain(value)) for name, value in _members_of(members["metadata"], where).items()}


def _without(member: str, where: str) -> Garbled:
    return Garbled(f"{where} sent JSON without the member {member}. It may be an error in disguise.")


def _plain(raw: bytes) -> object:
    """A value; None for a number that is none of this world."""
    try:
        return msgspec.json.decode(raw)
    except ValueError:
        return None


def _members_of(body: Body, where: str) -> dict[str, bytes]:
    """The members of a JSON object, each as it is written; after every leniency that JSON parsers have."""
    if body.startswith(_BOM):
        body = body[len(_BOM) :]
    if body.count(b",") + body.count(b"[") + body.count(b"{") > _MAX_PARTS:
        raise SourceProtocolError(f"{where} sent an answer with more parts than any page of a roster has.")
    try:
        found = _envelope.decode(_rewritten(body, where) if _OTHER_CASE.search(body) else body)
    except (ValueError, RecursionError):
        found = _envelope.decode(_rewritten(body, where))
    return {name: bytes(value).strip() for name, value in found.items()}


def _rewritten(body: Body, where: str) -> bytes:
    """The same as strict JSON, names in small letters; raises `Garbled` for what is not JSON, or not an object."""
    try:
        tree = json.loads(
            _as_text(body),
            strict=False,
            parse_float=_finite,
            parse_constant=lambda _name: None,
            object_pairs_hook=_in_small_letters,
        )
        if isinstance(tree, dict):
            return json.dumps(tree, ensure_ascii=False).encode(errors="replace")
    except RecursionError:
        raise SourceProtocolError(f"{where} sent an answer that is nested too deeply.") from None
    except ValueError:
        pass
    raise Garbled(f"{where} sent an answer that is not a JSON object, or was cut off.")


def _in_small_letters(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """enrollStatus and Enroll_Status as enroll_status; what is written so already comes first."""
    renamed = {_HUMP.sub("_", name).lower(): value for name, value in members}
    return {**renamed, **{name: value for name, value in members if name in renamed}}


def _finite(written: str) -> float | None:
    value = float(written)
    return value if math.isfinite(value) else None


def _as_text(body: Body) -> str:
    """Text in the encodings that servers use without saying so."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _rows(raw: bytes, kind: type[RowT], where: str) -> list[RowT]:
    if raw[:1] == b"[":
        return [_row(bytes(item).strip(), kind) for item in _list.decode(raw)]
    if raw[:1] == b"{":
        return [_row(raw, kind)]
    raise Garbled(f"{where} sent something else where rows should be.")


def _row(raw: bytes, kind: type[StructT]) -> StructT:
    try:
        return decoder_of(kind).decode(raw)
    except (ValueError, RecursionError):
        pass
    try:
        return _forgiven(_plain(raw), kind)
    except (ValueError, RecursionError):
        return kind()


class _Member(NamedTuple):
    """What an attribute of a row may be."""

    part: type[msgspec.Struct] | None = None
    """A kind of object."""
    several: bool = False
    """Whether there may be a list of these."""
    anything: bool = False


@cache
def _members(kind: type[msgspec.Struct]) -> dict[str, _Member]:
    return {name: _member(hint) for name, hint in get_type_hints(kind).items()}


def _member(hint: object) -> _Member:
    kinds = get_args(hint)
    several = next((get_args(one)[0] for one in kinds if get_origin(one) is list), None)
    part = several or next((one for one in kinds if issubclass(one, msgspec.Struct)), None)
    return _Member(part, several is not None, hint is Any)


def _forgiven(value: object, kind: type[StructT]) -> StructT:
    """A row of whatever came: a list of one for the one, and nothing for what makes no sense."""
    if not isinstance(value, dict):
        return kind()
    return kind(**{name: _attribute(value.get(name), member) for name, member in _members(kind).items()})


def _attribute(found: object, member: _Member) -> object:
    if member.anything:
        return found
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if member.part is not None and isinstance(found, dict):
        return _forgiven(found, member.part)
    if member.several and isinstance(found, list):
        return [_attribute(one, member) for one in found]
    return UNREADABLE if isinstance(found, list | dict) and found else text(found)
