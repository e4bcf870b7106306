"""Who asks, and what they may: by TokenReview and SubjectAccessReview, anew for each question."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import Any, Final

from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.reviews import User, may, user_of
from roster_operator.operations.request import FleetRequest, Permission, Question, Request
from roster_operator.service.refusals import Refused

_TOKEN_LIMIT: Final = 16 * 1024
_BEARER: Final = re.compile(r"[Bb]earer ([!-~]+)")
_MOST_NAMESPACES: Final = 200
"""That are asked one by one for somebody who may not list all."""
_REVIEWS_AT_A_TIME: Final = 16


class Rights:
    """Asks the API server, which alone decides."""

    def __init__(self, client: KubernetesClient, audiences: Sequence[str] = ()) -> None:
        """`audiences`: for one of which a token must be; empty: for the API server."""
        self._client = client
        self._audiences = tuple(audiences)
        self._reviews = asyncio.Semaphore(_REVIEWS_AT_A_TIME)

    async def user(self, authorization: str) -> User:
        """Whose the token in a header is; raises `Refused`."""
        given = _BEARER.fullmatch(authorization)
        if given is None or len(given[1]) > _TOKEN_LIMIT:
            raise Refused(HTTPStatus.UNAUTHORIZED, "Sign in: send a Kubernetes token (Authorization: Bearer ...).")
        user = await user_of(self._client, given[1], self._audiences)
        if user is None:
            raise Refused(HTTPStatus.UNAUTHORIZED, "The cluster does not know this token, or it has ended. Sign in.")
        return user

    async def check(self) -> None:
        """Raises `KubernetesError` unless the API server can be asked."""
        await user_of(self._client, "none", self._audiences)

    async def authorize(self, user: User, question: Question[Any]) -> None:
        """Raises `Refused` unless they may ask this of what the question names; see `namespaces` for one of all."""
        if isinstance(question, Request):
            district = question.district
            if await self.may(user, question.permission, district.namespace, district.name):
                return
            where = f"with {district}"
        elif isinstance(question, FleetRequest) and question.namespace:
            if await self.may(user, question.permission, question.namespace):
                return
            where = f"in the namespace {question.namespace}"
        else:
            where = "in all namespaces"
        raise _refusal(question.permission, where)

    async def namespaces(
        self, user: User, permission: Permission, there: Callable[[], Collection[str]]
    ) -> Collection[str] | None:
        """In which namespaces they may, of those that are `there`; None: in all. Raises `Refused` if in none."""
        if await self.may(user, permission, ""):
            return None
        asked = there()
        if len(asked) > _MOST_NAMESPACES:
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "You may not list the districts of all namespaces, and there are too many namespaces to ask for each. "
                f"Name one (-n). Platform: for all it takes the permission to {permission} in the cluster.",
            )
        allowed = await asyncio.gather(*(self.may(user, permission, each) for each in asked))
        found = {namespace for namespace, may_list in zip(asked, allowed, strict=True) if may_list}
        if not found:
            raise _refusal(permission, "in any namespace")
        return found

    async def may(self, user: User, permission: Permission, namespace: str, name: str = "") -> bool:
        """Whether somebody has a permission: with one district, in a namespace, or in all."""
        async with self._reviews:
            return await may(
                self._client,
                user,
                permission.verb,
                subresource=permission.subresource,
                namespace=namespace,
                name=name,
            )


def _refusal(permission: Permission, where: str) -> Refused:
    return Refused(
        HTTPStatus.FORBIDDEN, f"You may not do this {where}. Platform: it takes the permission to {permission}."
    )
