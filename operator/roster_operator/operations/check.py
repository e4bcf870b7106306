"""Whether an installation has what it needs, before and after it: of facts that others gathered. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from roster_operator import __version__
from roster_operator.api import conditions, reasons
from roster_operator.api.crd import KINDS, custom_resource_definition
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.ledger.queries.records import LedgerHealth
from roster_operator.plurals import counted

OLDEST: Final = (1, 31)
"""The first version of Kubernetes on which the chart is installed."""
_MOST_SKEW: Final = timedelta(minutes=1)
_NAMED: Final = 3
_IN_THE_WAY: Final = frozenset({reasons.SOURCE_UNREACHABLE, reasons.TLS_FAILED, reasons.HOST_NOT_TRUSTED})
"""Reasons for which nothing was read because nothing was reached."""


class Verdict(StrEnum):
    """What was found."""

    PASS = "Pass"  # noqa: S105 - a result, not a password
    FAIL = "Fail"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was looked at."""

    name: str
    result: Verdict
    message: str


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """Of a cluster, as whoever asks sees it."""

    version: str
    """As the API server says it: `v1.37.2`."""
    definitions: Mapping[str, Mapping[str, Any] | None]
    """CustomResourceDefinitions by name; None of one that is not there. Without an entry: it may not be looked at."""
    allowed: Mapping[str, bool]
    """What whoever asks may do, by its name in a Role."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was looked at."""

    version: str
    """The operator's."""
    sound: bool
    """Whether nothing is missing, as far as it could be seen."""
    items: tuple[Looked, ...]


def check(cluster: ClusterFacts | str, inside: Report | str, sis: Mapping[str, str]) -> Report:
    """Of a cluster, and of what can be said from inside, or why they could not be looked at; and of the ways to a SIS.

    `sis`: for each place what is in the way from where this is asked.
    """
    unknown = (Looked("Ledger", Verdict.UNKNOWN, inside),) if isinstance(inside, str) else inside.items
    items = [*_cluster(cluster), *unknown]
    for place, problem in sis.items():
        told = f"{place} answers." if not problem else f"{place}: {problem} Platform: let the network reach it."
        items.append(Looked("SIS", Verdict.FAIL if problem else Verdict.PASS, told))
    return _report(items)


def inside(ledger: LedgerHealth, integration: RosterIntegration | None, now: datetime) -> Report:
    """Of a ledger; and how the operator last reached the SIS of a district."""
    return _report([*_ledger(ledger, now), *([_way_of_the_operator(integration)] if integration else [])])


def _report(items: Sequence[Looked]) -> Report:
    return Report(__version__, all(item.result is not Verdict.FAIL for item in items), tuple(items))


def _way_of_the_operator(integration: RosterIntegration) -> Looked:
    status, place = integration.status, urlsplit(integration.spec.source.base_url).hostname or "The SIS"
    ready = status.condition(conditions.READY)
    if ready is not None and ready.reason in _IN_THE_WAY:
        return Looked("SIS", Verdict.FAIL, ready.message)
    if status.last_sync_time is None:
        return Looked("SIS", Verdict.UNKNOWN, f"{place}: the operator has not read it yet.")
    return Looked("SIS", Verdict.PASS, f"{place} answered the operator at {status.last_sync_time:%Y-%m-%d %H:%M} UTC.")


def _cluster(facts: ClusterFacts | str) -> list[Looked]:
    if isinstance(facts, str):
        return [Looked("Cluster", Verdict.UNKNOWN, facts)]
    return [_version(facts.version), *_definitions(facts), *_rights(facts)]


def _version(version: str) -> Looked:
    found = re.match(r"v(\d+)\.(\d+)", version)
    if found is None:
        return Looked("Kubernetes", Verdict.UNKNOWN, f"The API server has the version {version}.")
    if (int(found[1]), int(found[2])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Looked("Kubernetes", Verdict.FAIL, f"{version} is too old. Platform: {oldest} or newer is needed.")
    return Looked("Kubernetes", Verdict.PASS, version)


def _definitions(facts: ClusterFacts) -> list[Looked]:
    items = []
    for model in KINDS:
        wanted = custom_resource_definition(model)
        name = wanted["metadata"]["name"]
        if name not in facts.definitions:
            items.append(Looked(name, Verdict.UNKNOWN, "You may not look at CustomResourceDefinitions."))
            continue
        found = facts.definitions[name]
        if found is None:
            items.append(Looked(name, Verdict.FAIL, "It is not there. Platform: install the chart, or apply crds/."))
            continue
        lacking = sorted(_fields(wanted) - _fields(found))
        if lacking:
            more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
            told = f"It lacks {', '.join(lacking[:_NAMED])}{more}. Platform: apply the crds/ of {__version__}."
            items.append(Looked(name, Verdict.FAIL, told))
        else:
            items.append(Looked(name, Verdict.PASS, f"It has every field of {__version__}."))
    return items


def _fields(definition: Mapping[str, Any]) -> set[str]:
    versions = {each["name"]: each for each in definition["spec"]["versions"]}
    schema = versions.get("v1alpha1", {}).get("schema", {}).get("openAPIV3Schema", {})
    return set(_paths(schema, ""))


def _paths(schema: Mapping[str, Any], path: str) -> list[str]:
    found = []
    for name, below in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        found += [here, *_paths(below, here)]
    return found + (_paths(schema["items"], path) if "items" in schema else [])


def _rights(facts: ClusterFacts) -> list[Looked]:
    return [
        Looked(
            "Permission",
            Verdict.PASS if allowed else Verdict.UNKNOWN,
            f"You may {what}." if allowed else f"You may not {what}. Platform: bind a role of the chart if you should.",
        )
        for what, allowed in facts.allowed.items()
    ]


def _ledger(health: LedgerHealth, now: datetime) -> list[Looked]:
    if health.version != health.needed:
        told = f"has the schema {health.version}" if health.version else "has no schema yet"
        message = f"{health.place} {told}, and {health.needed} is needed. Platform: let the operator migrate it."
        return [Looked("Ledger", Verdict.FAIL, message)]
    items = [Looked("Ledger", Verdict.PASS, f"{health.place} answers, and has the schema {health.version}.")]
    if health.not_writable:
        tables = counted(len(health.not_writable), "table[s]")
        first = ", ".join(health.not_writable[:_NAMED])
        told = f"Its user may not read and write {tables} ({first}). Platform: grant it all four rights."
        items.append(Looked("Ledger rights", Verdict.FAIL, told))
    else:
        items.append(Looked("Ledger rights", Verdict.PASS, "Its user may read and write every table."))
    skew = abs(health.now - now)
    if skew > _MOST_SKEW:
        told = f"It differs from this machine's by {int(skew.total_seconds())} s. Platform: put the clocks right."
        items.append(Looked("Clock", Verdict.FAIL, told))
    else:
        items.append(Looked("Clock", Verdict.PASS, "The ledger's and this machine's agree."))
    return items
