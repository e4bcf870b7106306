"""Requests and results as values of JSON, and back: what goes over a wire, and what `-o json` prints.

Fields are called as they are in the code, in camelCase; times are RFC 3339, UTC; what is not known is left out.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from roster_operator.api.wire import WireModel, wire_name
from roster_operator.errors import InputError

ValueT = TypeVar("ValueT")


class Unreadable(InputError):
    """What came over the wire is not what it should be."""


def plain(value: Any) -> Any:
    """A typed value as values of JSON."""
    if isinstance(value, WireModel):
        return value.to_wire()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {wire_name(name): plain(item) for name, item in fields if item is not None}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def read(kind: type[ValueT], value: Any, where: str = "") -> ValueT:
    """What `plain` made of a `kind`; raises `Unreadable` with the field that is wrong."""
    found: ValueT = _read(kind, value, where)
    return found


def _read(kind: Any, value: Any, where: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin in {Union, types.UnionType}:
        return _one_of(inner, value, where)
    if origin in {tuple, list, frozenset, Sequence}:
        return _several(origin, inner, value, where)
    if origin in {dict, Mapping}:
        entries = _of_type(dict, value, where).items()
        return {_read(inner[0], key, where): _read(inner[1], item, f"{where}.{key}") for key, item in entries}
    if dataclasses.is_dataclass(kind):
        return _fields(kind, value, where)
    return _scalar(kind, value, where)


def _scalar(kind: Any, value: Any, where: str) -> Any:
    try:
        if issubclass(kind, WireModel):
            return kind.model_validate(value)
        if issubclass(kind, Enum):
            return kind(value)
        if issubclass(kind, date):
            return kind.fromisoformat(_of_type(str, value, where))
    except ValueError:
        raise Unreadable(f"{where or 'the value'} is not as it should be.") from None
    if kind is float and type(value) is int:
        return float(value)
    return _of_type(kind, value, where)


def _fields(kind: Any, value: Any, where: str) -> Any:
    given = dict(_of_type(dict, value, where))
    hints, read_fields = _hints(kind), {}
    for field in dataclasses.fields(kind):
        name = wire_name(field.name)
        if name in given:
            read_fields[field.name] = _read(hints[field.name], given.pop(name), f"{where}.{name}".lstrip("."))
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            if type(None) not in get_args(hints[field.name]):
                raise Unreadable(f"{where}.{name}".lstrip(".") + " must be given.")
            read_fields[field.name] = None
    if given:
        raise Unreadable(f"{', '.join(sorted(given))} is no field of {where or 'what is asked'}.")
    return kind(**read_fields)


def _one_of(kinds: Sequence[Any], value: Any, where: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is not type(None):
            return _read(kind, value, where)
    raise Unreadable(f"{where} is not as it should be.")


def _several(origin: Any, inner: Sequence[Any], value: Any, where: str) -> Any:
    items = _of_type(list, value, where)
    if origin is tuple and inner[-1] is not Ellipsis:
        if len(items) != len(inner):
            raise Unreadable(f"{where} must have {len(inner)} entries.")
        return tuple(_read(kind, item, where) for kind, item in zip(inner, items, strict=True))
    made = [_read(inner[0], item, f"{where}[{index}]") for index, item in enumerate(items)]
    return made if origin is list else tuple(made) if origin in {tuple, Sequence} else frozenset(made)


def _of_type(kind: Any, value: Any, where: str) -> Any:
    if type(value) is not kind:
        raise Unreadable(f"{where or 'the value'} must be {_WORDS.get(kind, kind.__name__)}.")
    if kind is int and abs(value) > _LARGEST:
        raise Unreadable(f"{where or 'the value'} is too large.")
    if kind is str and not _is_storable(value):
        raise Unreadable(f"{where or 'the value'} has a character in it that is none: a NUL, or half of a pair.")
    return value


def _is_storable(text: str) -> bool:
    """Whether a database can look for it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


_LARGEST: Final = 2**63 - 1
"""That a ledger can be asked for."""
_WORDS = {str: "text", int: "a whole number", bool: "true or false", dict: "an object", list: "a list"}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
