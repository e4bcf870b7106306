"""What must be true of the cluster before the operator can begin: its kinds are served, and it may read them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from roster_operator.api import names
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import Forbidden, KubernetesError, NotFound

logger = logging.getLogger(__name__)

_LONGEST_WAIT: Final = 10.0


async def await_kinds(client: KubernetesClient, namespace: str | None) -> AsyncIterator[str]:
    """Yield what is wrong, in words, until RosterIntegrations and EBooks can be listed."""
    kinds = (paths.integrations(namespace), paths.EBOOKS)
    wait = 1.0
    while True:
        fault = await _fault(client, kinds)
        if fault is None:
            return
        logger.warning("%s; trying again in %.0f s", fault, wait)
        yield fault
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


async def _fault(client: KubernetesClient, kinds: tuple[str, ...]) -> str | None:
    try:
        for path in kinds:
            await client.get(path, query={"limit": "1"})
    except NotFound:
        return f"the kinds of {names.GROUP} are not served. Platform: apply the CRDs in crds/ (the chart does it)"
    except Forbidden as error:
        return f"the operator lacks permissions. Platform: grant what the chart grants. {error}"
    except KubernetesError as error:
        return f"the API server cannot be used: {error}"
    return None
