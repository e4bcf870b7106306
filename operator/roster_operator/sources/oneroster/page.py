"""One page of a section, decoded."""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

RowT = TypeVar("RowT")

_MAX_HEADER: Final = 4096
_OFFSET = re.compile(r"[?&]offset=(\d{1,12})", re.IGNORECASE)
_NEXT = re.compile(r"rel\s*=\s*\"?'?next\b", re.IGNORECASE)
_OTHER_PAGE = re.compile(r"rel\s*=\s*\"?'?(?:first|prev|previous|last)\b", re.IGNORECASE)


@dataclass
class Page(Generic[RowT]):
    """What one answer held and what its headers claim."""

    rows: Collection[RowT] = field(default_factory=list)
    """Those that could be read and are wanted."""
    hashes: array[int] = field(default_factory=lambda: array("q"))
    """One of each row received, in their order: a hash of its identifier, or `tally.NO_ID`."""
    rejected: int = 0
    rounded: int = 0
    """Of these, rows in which an identifier is a number that was rounded."""
    lacking: frozenset[str] = frozenset()
    """Members that decide something and hold a value in no row."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Of these, the names of members that look as if they stood for them."""
    blank: bool = False
    """There was no list of rows at all, only an empty answer."""
    bare: bool = False
    """Nor was there the member that should hold it: `{}` or `null`, which a server in trouble sends as well."""
    total: int | None = None
    """What `X-Total-Count` says."""
    has_next: bool | None = None
    """Whether `Link` names a next page; None without a `Link` header about pages."""
    next_offset: int | None = None
    """Where that page begins by the server's reckoning; never trusted for reading."""

    @property
    def received(self) -> int:
        """Rows in the answer, readable or not."""
        return len(self.hashes)


@dataclass(frozen=True, slots=True)
class Claims:
    """What the headers of a page say about the section."""

    total: int | None
    has_next: bool | None
    next_offset: int | None


def read_claims(headers: Mapping[str, str]) -> Claims:
    """`X-Total-Count` and `Link` (RFC 8288, and without angle brackets as some servers write it)."""
    total = (headers.get("x-total-count") or "").strip()
    known = int(total) if total.isascii() and total.isdigit() and len(total) <= 12 else None
    link = headers.get("link")
    if not link:
        return Claims(known, None, None)
    mark = _NEXT.search(link[:_MAX_HEADER])
    if mark is None:
        return Claims(known, False if _OTHER_PAGE.search(link[:_MAX_HEADER]) else None, None)
    offsets = _OFFSET.findall(link[: mark.start()])
    return Claims(known, True, int(offsets[-1]) if offsets else None)
