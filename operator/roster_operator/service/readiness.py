"""Whether the service can answer: asked by anybody, so one check serves all who ask at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from roster_operator.errors import RosterOperatorError
from roster_operator.kube.errors import KubernetesError
from roster_operator.service.rights import Rights

_PATIENCE: Final = 60.0
_GOOD_FOR: Final = 1.0
"""Seconds."""


class Readiness:
    """Of one event loop. It has a thread of its own: where all others answer, the service is ready all the same."""

    def __init__(self, check_ledger: Callable[[], None], rights: Rights) -> None:
        """`check_ledger` raises `RosterOperatorError` if the ledger cannot be read."""
        self._check_ledger = check_ledger
        self._rights = rights
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ready")
        self._check: asyncio.Task[list[str]] | None = None
        self._until = 0.0

    async def faults(self) -> list[str]:
        """Why it cannot; empty if it can."""
        now = asyncio.get_running_loop().time()
        if self._check is None or (self._check.done() and now > self._until):
            self._check = asyncio.create_task(self._found())
        return await asyncio.shield(self._check)

    def close(self) -> None:
        """Check no longer."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _found(self) -> list[str]:
        loop, faults = asyncio.get_running_loop(), []
        try:
            await asyncio.wait_for(loop.run_in_executor(self._thread, self._check_ledger), _PATIENCE)
        except (RosterOperatorError, TimeoutError) as error:
            faults.append(f"ledger: {getattr(error, 'message', 'no answer')}")
        try:
            await self._rights.check()
        except KubernetesError as error:
            faults.append(f"cluster: {error}")
        self._until = loop.time() + _GOOD_FOR
        return faults
