"""Typed decoders of JSON, built one at a time.

msgspec crashes the process when two threads build a decoder of one type at once, which first syncs would do.
"""

from __future__ import annotations

import threading
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")

BUILDING: Final = threading.Lock()
"""To be held by whoever makes msgspec look at a type for the first time in a thread."""
_built: Final[dict[type, msgspec.json.Decoder[Any]]] = {}


def decoder_of(kind: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder of a type; one for all threads."""
    found = _built.get(kind)
    if found is None:
        with BUILDING:
            found = _built.setdefault(kind, msgspec.json.Decoder(kind))
    return found
