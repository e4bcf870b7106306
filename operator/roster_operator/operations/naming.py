"""Who or what a command names; and where there is none of that name, what there is instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from roster_operator.errors import UnknownName
from roster_operator.ledger.queries.interface import LedgerQueries
from roster_operator.ledger.queries.records import KnownDistrict, RecordedRun
from roster_operator.licensing.models import namespace_of
from roster_operator.operations.ports import DistrictName
from roster_operator.reconcile.suggestions import alike
from roster_operator.roster.scope import folded

_LISTED = 5
"""So many names are told of what is there."""


def unknown(kind: str, name: str, there: Iterable[str], *, where: str = "") -> UnknownName:
    """The error for a name that stands for nothing; `there`: the names that would."""
    names = sorted(set(there))
    close = alike(name, names)
    told = ", ".join(names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    instead = f"Did you mean {close}?" if close else f"There are: {told}{more}." if names else "There is none at all."
    return UnknownName(f"There is no {kind} {name}{f' {where}' if where else ''}. {instead}")


def district_in(queries: LedgerQueries, wanted: DistrictName) -> KnownDistrict:
    """The district that the ledger has under a name: its RosterIntegration's, or its own.

    Raises `UnknownName` if there is none, or several.
    """
    known = queries.districts()
    owner = f"{wanted.namespace}/{wanted.name}"
    found = [each for each in known if owner == each.owner or wanted.name in {each.source, each.owner}]
    if not found and not wanted.namespace:
        found = [each for each in known if each.name == wanted.name]
    if len(found) > 1:
        namespaces = ", ".join(sorted(namespace_of(each.owner) or each.namespace for each in found))
        raise UnknownName(f"There are several districts {wanted.name}: in the namespaces {namespaces}. Name one (-n).")
    if not found:
        raise unknown("district", str(wanted), _names(known, wanted), where="in the ledger")
    return found[0]


def district_or_newcomer(queries: LedgerQueries, wanted: DistrictName) -> KnownDistrict:
    """The same, or a district that is only reserved, for a RosterIntegration that is not live: it has no id (0)."""
    reserving = [one for one in queries.reserving(wanted.name) if wanted.namespace in {"", namespace_of(one)}]
    if len(reserving) != 1 or any(each.owner == reserving[0] for each in queries.districts()):
        return district_in(queries, wanted)
    return KnownDistrict(0, "", namespace_of(reserving[0]), reserving[0], None)


def run_of(queries: LedgerQueries, district: KnownDistrict, run_id: str) -> RecordedRun:
    """A run of a district, by its id or the beginning of it; raises `UnknownName`."""
    found = queries.run(district.id, run_id)
    if found is None:
        latest = [run.id for run in queries.runs(district.id, limit=_LISTED)]
        raise unknown("run", run_id, latest, where=f"of {district.name}")
    return found


def school_in(queries: LedgerQueries, district: KnownDistrict, name: str) -> str:
    """A school by which licenses of a district came or went, by its id; or by its number or name in the last reading.

    Raises `UnknownName` if there is none, or several.
    """
    known = queries.schools(district.id)
    if name in known:
        return name
    with queries.snapshot(district.id) as snapshot:
        listed = [school for school in snapshot.header.schools if school.id in known] if snapshot is not None else []
    found = [school.id for school in listed if folded(name) in (folded(school.identifier), folded(school.name))]
    if len(found) > 1:
        raise UnknownName(f"There are several schools {name}. Name one by its id: {', '.join(sorted(found))}.")
    if not found:
        names = {*known, *(school.name for school in listed if school.name)}
        raise unknown("school", name, names, where=f"among the changes of {district.name}")
    return found[0]


def person_of(queries: LedgerQueries, district: KnownDistrict, name: str) -> int:
    """The account of a person, by its id, or a login, email, sourcedId or number; raises `UnknownName`.

    What was asked for is not said again, and nobody else is named instead.
    """
    account = known_as(queries, district, name)
    if account is None:
        raise UnknownName(
            f"Nobody in {district.name} has this account id, login, email, sourcedId or number. Look for it in the SIS "
            "in another spelling; who never had a license has no account."
        )
    return account


def known_as(queries: LedgerQueries, district: KnownDistrict, name: str) -> int | None:
    """The same; None if nobody has an account by that name. Raises `UnknownName` if several have."""
    found = queries.accounts_named(district.id, name)
    if len(found) > 1:
        raise UnknownName(
            f"Several accounts of {district.name} fit. Name one: account:{found[0]} or account:{found[1]}."
        )
    return found[0] if found else None


def _names(known: Sequence[KnownDistrict], wanted: DistrictName) -> list[str]:
    """Of each district the name in the form in which one was asked for."""
    if wanted.namespace:
        return [each.owner or each.source for each in known if wanted.namespace in {each.namespace, ""}]
    return [each.name for each in known]
