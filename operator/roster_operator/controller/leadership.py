"""Whether this operator is the one that works: of several, who holds the Lease; without a Lease, it is alone."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Leadership(Protocol):
    """As `kube.lease.Election` has it."""

    fault: str | None
    """Why nobody can tell who leads, in words."""

    @property
    def holder(self) -> str:
        """Who leads, as far as is known; empty: nobody."""
        ...

    def holds(self) -> bool:
        """Whether this operator leads, and surely."""
        ...

    async def acquire(self) -> None:
        """Return when this operator leads."""
        ...

    async def keep(self) -> None:
        """Go on leading, until cancelled; raises `LeaseLost`."""
        ...

    async def release(self) -> None:
        """Let another one lead."""
        ...


class Alone:
    """Leads for ever: nobody is to be asked."""

    fault: str | None = None
    holder = ""

    def holds(self) -> bool:
        """It does."""
        return True

    async def acquire(self) -> None:
        """It does already."""

    async def keep(self) -> None:
        """For ever."""
        await asyncio.Event().wait()

    async def release(self) -> None:
        """There is nobody else."""
