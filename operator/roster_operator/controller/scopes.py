"""Where RosterIntegrations are served: in the namespaces of the settings, or in all, as far as the API server lets us.

A namespace that goes, and takes the operator's permissions in it along, ends nobody else's service: it is left out,
told, and looked at again until it is back. As far as permissions outlive it, its resources are watched on, so that they
are let go. The informer begins only when something may be listed, and begins anew when that changes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from roster_operator.api import names
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.errors import FORBIDDEN, UNAUTHORIZED, KubernetesError, NotFound

logger = logging.getLogger(__name__)

Scope = str | None
"""A namespace; None: all of them."""

LOOK_SECONDS: Final = 10.0
_REFUSED: Final = (403, 404)
_EVERYWHERE: Final = "kube-root-ca.crt"
"""A ConfigMap that each namespace has. To see it takes the permissions that go with the namespace."""


class Scopes:
    """What can be served, as of the last look. Belongs to the event loop's thread."""

    def __init__(
        self,
        client: KubernetesClient,
        namespaces: Sequence[str],
        left: Callable[[str], None],
        *,
        every: float = LOOK_SECONDS,
    ) -> None:
        """`left` is called with each namespace that can be served no longer. No namespaces: all of them.

        `every`: seconds from one look to the next.
        """
        self._client = client
        self._every = every
        self._all: tuple[Scope, ...] = tuple(namespaces) or (None,)
        self._changed: Callable[[], None] = lambda: None
        self._left = left
        self._refusals: dict[Scope, str] = {}
        self._doubted: set[str] = set()
        self._lacked: set[Scope] = set()
        self._hindered: set[Scope] = set()
        self._some = asyncio.Event()
        self.served: tuple[Scope, ...] = ()
        self.ebooks = False
        """Whether EBooks are served."""
        self.changes = 0
        """How often other things were served than before."""
        self.fault: str | None = "not looked for yet"
        """Why nothing can be served, or nothing asked for, in words."""

    @property
    def refused(self) -> int:
        """How many namespaces are left out, or merely let go of."""
        return len({*self._all} - {*self.served} | self._hindered)

    def follow(self, changed: Callable[[], None]) -> None:
        """Have `changed` called when others are served than before."""
        self._changed = changed

    async def some(self) -> None:
        """Return when something can be served."""
        await self._some.wait()

    async def run(self) -> None:
        """Look again and again, until cancelled; often at first, until something can be served."""
        wait = 1.0
        while True:
            await self.look()
            await asyncio.sleep(self._every if self.served and self.ebooks else wait)
            wait = min(wait * 2, self._every)

    async def look(self, *, sure: bool = False) -> None:
        """Ask for one object of each kind, in each namespace.

        One that was served is left out when it is refused twice, as an API server that starts refuses what it has not
        loaded the permissions of; or at once, if the caller is `sure`.
        """
        kinds: dict[str, Scope] = {paths.integrations(scope): scope for scope in self._all}
        answers = {path: await self._asked(path) for path in (paths.EBOOKS, *kinds)}
        before = {path for path, scope in kinds.items() if scope in self.served}
        if self.ebooks:
            before.add(paths.EBOOKS)
        refused = {path for path, error in answers.items() if error is not None and error.status in _REFUSED}
        out = refused if sure else refused & self._doubted
        self._doubted = refused
        served = {path for path, error in answers.items() if error is None or path in before - out}
        scopes = tuple(scope for path, scope in kinds.items() if path in served)
        lacking = {scope: error for scope in scopes if (error := await self._lacking(scope)) is not None}
        self._hindered, self._lacked = {*lacking} & self._lacked, {*lacking}
        told = {scope: answers[path] for path, scope in kinds.items() if path not in served}
        self._tell({**dict.fromkeys(scopes), **told, **{scope: lacking[scope] for scope in self._hindered}}, scopes)
        errors = [error for error in (*answers.values(), *lacking.values()) if error is not None]
        unknown = any(error.status == UNAUTHORIZED for error in errors)
        at_work = paths.EBOOKS in served and {*scopes} - self._hindered
        self._note(None if at_work and not unknown else _told(errors[0]))
        self._turn_to(scopes, ebooks=paths.EBOOKS in served)

    async def _lacking(self, scope: Scope) -> KubernetesError | None:
        """What keeps the operator from more than seeing the resources of a namespace and letting them go."""
        if scope is None:
            return None
        error = await self._asked(paths.config_map(scope, _EVERYWHERE))
        return error if error is not None and error.status == FORBIDDEN else None

    def _turn_to(self, served: tuple[Scope, ...], *, ebooks: bool) -> None:
        gone = set(self.served) - set(served)
        changed = (served, ebooks) != (self.served, self.ebooks)
        self.served, self.ebooks = served, ebooks
        if served:
            self._some.set()
        else:
            self._some.clear()
        for scope in gone:
            if scope is not None:
                self._left(scope)
        if changed:
            self.changes += 1
            self._changed()

    async def _asked(self, path: str) -> KubernetesError | None:
        try:
            await self._client.get(path, query={"limit": "1"})
        except KubernetesError as error:
            return error
        return None

    def _tell(self, answers: Mapping[Scope, KubernetesError | None], served: Sequence[Scope]) -> None:
        """Log which namespaces are left out, each once; where none is served, the fault says so."""
        for scope, error in answers.items():
            if scope is None:
                continue
            if error is None and scope in served:
                if self._refusals.pop(scope, None) is not None:
                    logger.info("the namespace %s is served again", scope)
            elif error is not None and self._refusals.get(scope) != str(error):
                self._refusals[scope] = str(error)
                hangs = error.status == FORBIDDEN and scope not in served
                told = f"{_told(error)}{_hanging(scope)}" if hangs else _told(error)
                how = "is watched only to let go of its districts" if scope in served else "is left out"
                logger.warning("the namespace %s %s until it can be served: %s", scope, how, told)

    def _note(self, fault: str | None) -> None:
        if fault is not None and fault != self.fault:
            logger.warning("%s; looking again", fault)
        self.fault = fault


def released_by_hand(namespace: str, name: str) -> str:
    """The command that lets go of a resource which the operator can no longer reach."""
    patch = '{"metadata":{"finalizers":null}}'
    return f"kubectl --namespace {namespace} patch rosterintegration {name} --type=merge --patch '{patch}'"


def _hanging(namespace: str) -> str:
    """What helps where a namespace that goes takes the permissions before the resources; nobody else is told then."""
    return (
        ". If the namespace is being deleted and hangs, release each RosterIntegration in it by hand: "
        f"{released_by_hand(namespace, 'NAME')}"
    )


def _told(error: KubernetesError) -> str:
    if isinstance(error, NotFound):
        return f"the kinds of {names.GROUP} are not served. Platform: apply the CRDs in crds/ (the chart does it)"
    if error.status == UNAUTHORIZED:
        return "the API server does not accept the operator's token. Platform: give it one that holds"
    if error.status in _REFUSED:
        return f"the operator lacks permissions. Platform: grant what the chart grants. {error}"
    return f"the API server cannot be used: {error}"
