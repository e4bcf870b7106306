"""The types of sources, and what opens each. A new type is a folder with a `from_spec`, and a line here.

A type's module is imported when a district of it is met: a program that meets none is neither delayed by it nor larger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from roster_operator.api.v1alpha1 import RosterIntegration, RosterSourceSpec, SourceType
from roster_operator.clock import Clock
from roster_operator.interruption import Interruption
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.reach import UNBOUND, Reach
from roster_operator.sources.source import RosterSource
from roster_operator.sources.terminology import Words


class SourceModule(Protocol):
    """What the `from_spec` of a type offers. Both raise `InvalidSpec` for a URL that cannot be one."""

    def open_source(
        self,
        integration: RosterIntegration,
        credentials: Credentials,
        clock: Clock,
        interruption: Interruption,
        *,
        reach: Reach,
    ) -> RosterSource:
        """The district's SIS, ready to be read. `reach`: what its URLs may name."""
        ...

    def district_named_by(self, source: RosterSourceSpec) -> str:
        """The district that the source is of, as far as its URL tells."""
        ...

    def words_for(self, source: RosterSourceSpec) -> Words:
        """What the product calls things."""
        ...


def _oneroster() -> SourceModule:
    from roster_operator.sources.oneroster import from_spec

    return from_spec


def _csv() -> SourceModule:
    from roster_operator.sources.csv import from_spec

    return from_spec


def _powerschool() -> SourceModule:
    from roster_operator.sources.powerschool import from_spec

    return from_spec


_TYPES: Final[Mapping[SourceType, Callable[[], SourceModule]]] = {
    SourceType.ONE_ROSTER: _oneroster,
    SourceType.ONE_ROSTER_CSV: _csv,
    SourceType.POWERSCHOOL: _powerschool,
}


def open_source(
    integration: RosterIntegration,
    credentials: Credentials,
    clock: Clock,
    interruption: Interruption,
    *,
    reach: Reach = UNBOUND,
) -> RosterSource:
    """See `SourceModule`."""
    opened = _TYPES[integration.spec.source.type]()
    return opened.open_source(integration, credentials, clock, interruption, reach=reach)


def district_named_by(source: RosterSourceSpec) -> str:
    """See `SourceModule`."""
    return _TYPES[source.type]().district_named_by(source)


def words_for(source: RosterSourceSpec) -> Words:
    """See `SourceModule`."""
    return _TYPES[source.type]().words_for(source)
