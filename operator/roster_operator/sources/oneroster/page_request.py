"""What is asked of a server to get one page of a section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from roster_operator.sources.oneroster.routes import Route

RowT = TypeVar("RowT")

FEW_RETRIES: Final = 1
"""Where a failure is not worth many: nothing is expected there, or it will be asked for again."""


@dataclass(frozen=True)
class PageRequest(Generic[RowT]):
    """The page of a section that begins at a row."""

    section: str
    """For messages."""
    route: Route[RowT]
    offset: int = 0
    limit: int | None = None
    """Rows; None leaves its size to the server."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Filter, sort and such."""
    past_end: bool = False
    """Nothing is expected there."""
    retries: int | None = None
    """How often a failure is tried again, if not as usual."""
    unrecorded: bool = False
    """It is about the server, and no part of what is read."""

    @property
    def parameters(self) -> dict[str, Any]:
        """Those of its URL."""
        window = {"offset": self.offset} if self.limit is None else {"limit": self.limit, "offset": self.offset}
        return {**window, **self.query}

    @property
    def most_retries(self) -> int | None:
        """See `retries`."""
        return FEW_RETRIES if self.past_end else self.retries
