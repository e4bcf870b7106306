"""What one question may see: of a namespace its own districts, whatever else has the same name."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.errors import InputError, UnknownName, UnreadableSpec
from roster_operator.kube import paths
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.ebooks import ebooks_among
from roster_operator.kube.errors import Forbidden, NotFound
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import KnownDistrict, RecordedQuestion
from roster_operator.operations.fleet import FleetRow, as_of
from roster_operator.operations.ports import DistrictName

_PATIENCE = 30.0
"""Seconds that the API server gets to answer a thread."""


class NamespaceQueries:
    """The ledger as one namespace sees it.

    What is asked by a RosterIntegration, such as a draft's checklist, is asked of those of the namespace. All else is
    asked by the number of a district, which begins here.
    """

    def __init__(self, queries: LedgerQueries, namespace: str) -> None:
        """`namespace`: to which whoever asks has a right."""
        self._queries = queries
        self._namespace = namespace

    def districts(self) -> Sequence[KnownDistrict]:
        """See `LedgerQueries`; none without a namespace, as that belongs to the first that names it."""
        known = self._queries.districts() if self._namespace else ()
        return [each for each in known if each.namespace == self._namespace]

    def reserving(self, name: str) -> Sequence[str]:
        """See `LedgerQueries`."""
        return [owner for owner in self._queries.reserving(name) if owner == self._own(owner)]

    def question_items(self, owner: str) -> Mapping[str, int]:
        """See `LedgerQueries`."""
        return self._queries.question_items(self._own(owner))

    def question_schools(self, owner: str, item: str) -> Mapping[str, int]:
        """See `LedgerQueries`."""
        return self._queries.question_schools(self._own(owner), item)

    def questions(self, owner: str, item: str, *, limit: int, school: str | None = None) -> Sequence[RecordedQuestion]:
        """See `LedgerQueries`."""
        return self._queries.questions(self._own(owner), item, limit=limit, school=school)

    def questions_about(self, owner: str, person: str) -> Sequence[RecordedQuestion]:
        """See `LedgerQueries`."""
        return self._queries.questions_about(self._own(owner), person)

    def person_of_question(self, owner: str, number: str) -> str:
        """See `LedgerQueries`."""
        return self._queries.person_of_question(self._own(owner), number)

    def __getattr__(self, name: str) -> Any:
        """Every other question."""
        return getattr(self._queries, name)

    def _own(self, owner: str) -> str:
        """A RosterIntegration of the namespace, or nobody."""
        return owner if self._namespace and owner.startswith(f"{self._namespace}/") else ""


class NamespaceResources:
    """The RosterIntegrations of one namespace, asked for from a thread; and the fleet's rows that may be listed."""

    def __init__(
        self,
        client: KubernetesClient,
        loop: asyncio.AbstractEventLoop,
        namespace: str,
        rows: Sequence[FleetRow] = (),
    ) -> None:
        """`loop`: of the client."""
        self._client = client
        self._loop = loop
        self._namespace = namespace
        self._rows = rows

    def one(self, district: DistrictName) -> RosterIntegration:
        """See `Resources`. Nothing is told of what else is there: who asks may have no right to that."""
        if not self._namespace:
            raise InputError(f"Name the namespace of {district.name} (-n).")
        asked = self._client.get(paths.integration(self._namespace, district.name))
        try:
            body = asyncio.run_coroutine_threadsafe(asked, self._loop).result(_PATIENCE)
            return RosterIntegration.model_validate(body)
        except NotFound:
            raise UnknownName(f"There is no district {district.name} in the namespace {self._namespace}.") from None
        except ValidationError as error:
            raise UnreadableSpec(
                f"The RosterIntegration {self._namespace}/{district.name} has a spec that this version cannot read "
                f"({error.error_count()} problems). Platform: use the version of the operator that its CRD belongs to."
            ) from None

    def ebooks(self, names: Collection[str]) -> Mapping[str, EBook]:
        """See `Resources`."""
        asked = self._client.list(paths.EBOOKS)
        try:
            items, _ = asyncio.run_coroutine_threadsafe(asked, self._loop).result(_PATIENCE)
        except Forbidden:
            raise InputError("The console may not list EBooks. Platform: give its account that permission.") from None
        return ebooks_among(items, names)

    def rows(self, now: datetime) -> Sequence[FleetRow]:
        """See `Resources`."""
        return [as_of(now, row) for row in self._rows]
