"""Whether an answer has more parts than any page of a roster: an object of three bytes takes a hundred times as many in
memory, so a bound on bytes says little.

To count all parts would take as long as to decode them. So they are counted in stretches that nobody can foresee, one
in each of many equal parts of the answer.
"""

from __future__ import annotations

import random
from typing import Final

from roster_operator.errors import SourceProtocolError

_SMALL: Final = 256 * 1024
"""Bytes of which nothing large can be made."""
_STRETCHES: Final = 64
_STRETCH: Final = 256
"""Bytes."""
MOST_OBJECTS: Final = 300_000
"""Of an answer; 24 MB of users have as many, with their references."""
MOST_PARTS: Final = 1_200_000
"""Values of objects and lists; likewise."""


def refuse_dense(body: bytes | bytearray, where: str) -> None:
    """Raises `SourceProtocolError` if an answer has more parts than any page, as far as some stretches of it tell."""
    if len(body) < _SMALL:
        return
    apart = len(body) // _STRETCHES
    starts = (number * apart + random.randrange(apart - _STRETCH) for number in range(_STRETCHES))
    looked_at = b"".join(bytes(body[start : start + _STRETCH]) for start in starts)
    scale = len(body) / len(looked_at)
    parts = looked_at.count(b",") + looked_at.count(b"[")
    if looked_at.count(b"{") * scale > MOST_OBJECTS or parts * scale > MOST_PARTS:
        raise SourceProtocolError(
            f"{where} sent an answer with more parts than any page of a roster has. District: ask the SIS's vendor."
        )
