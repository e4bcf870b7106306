"""Where RosterIntegrations are for a command: files, as `sync` takes them, or a cluster, as kubectl reaches it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from roster_operator.api.v1alpha1 import EBook, RosterIntegration, RosterIntegrationStatus
from roster_operator.cli.manifests import load
from roster_operator.errors import InputError, RosterOperatorError, UnknownName, UnreadableSpec
from roster_operator.operations.fleet import FleetRow, row_of
from roster_operator.operations.naming import unknown
from roster_operator.operations.ports import DistrictName, Resources

if TYPE_CHECKING:
    from roster_operator.kube.client import Object


def resources(paths: Sequence[str], kubeconfig: Path | None, namespace: str, *, everywhere: bool = False) -> Resources:
    """Those of `paths`, if there are some; else those of the cluster.

    `everywhere`: of all namespaces, if none is named.
    """
    if paths:
        manifests = load(paths)
        integrations = [_with_status(each, manifests.statuses) for each in manifests.integrations]
        return Files(integrations, namespace, manifests.ebooks)
    return InCluster(kubeconfig, namespace, everywhere=everywhere)


class Files:
    """RosterIntegrations of files, with their status if `kubectl get -o yaml` wrote them."""

    def __init__(
        self, integrations: Iterable[RosterIntegration], namespace: str, ebooks: Mapping[str, EBook] | None = None
    ) -> None:
        """`namespace`: the one that counts; empty: all. `ebooks`: by name."""
        self._ebooks = ebooks or {}
        self._integrations = [each for each in integrations if namespace in {"", each.namespace}]

    def one(self, district: DistrictName) -> RosterIntegration:
        """See `Resources`."""
        found = [
            each
            for each in self._integrations
            if each.name == district.name and district.namespace in {"", each.namespace}
        ]
        if not found:
            raise unknown("district", str(district), (each.name for each in self._integrations), where="in the files")
        if len(found) > 1:
            namespaces = ", ".join(sorted(each.namespace for each in found))
            raise UnknownName(f"There are several districts {district}: in the namespaces {namespaces}. Name one (-n).")
        return found[0]

    def ebooks(self, names: Collection[str]) -> Mapping[str, EBook]:
        """See `Resources`; raises `UnknownName` if the files hold none at all."""
        if names and not self._ebooks:
            raise UnknownName("The files hold no EBook: name those with the EBooks too, by another --file.")
        return {name: self._ebooks[name] for name in names if name in self._ebooks}

    def rows(self, now: datetime) -> Sequence[FleetRow]:
        """See `Resources`."""
        return [row_of(each, now) for each in self._integrations]


class InCluster:
    """RosterIntegrations of the cluster that a kubeconfig names."""

    def __init__(self, kubeconfig: Path | None, namespace: str, *, everywhere: bool) -> None:
        """`namespace`: empty: that of the kubeconfig, or with `everywhere` all."""
        self._kubeconfig = kubeconfig
        self._namespace = namespace
        self._everywhere = everywhere

    def one(self, district: DistrictName) -> RosterIntegration:
        """See `Resources`."""
        from roster_operator.cli import cluster  # noqa: PLC0415 - files need no Kubernetes client

        namespace = district.namespace or self._namespace or cluster.current_namespace(self._kubeconfig)
        body = cluster.integration(self._kubeconfig, namespace, district.name)
        if body is None:
            there = cluster.integrations(self._kubeconfig, namespace, lambda item: str(item["metadata"]["name"]))
            raise unknown("district", district.name, there, where=f"in the namespace {namespace}")
        return _read(body)

    def ebooks(self, names: Collection[str]) -> Mapping[str, EBook]:
        """See `Resources`."""
        from roster_operator.cli import cluster  # noqa: PLC0415
        from roster_operator.kube.ebooks import ebooks_among  # noqa: PLC0415

        return ebooks_among(cluster.ebooks(self._kubeconfig), names)

    def rows(self, now: datetime) -> Sequence[FleetRow]:
        """See `Resources`."""
        from roster_operator.cli import cluster  # noqa: PLC0415

        named = self._namespace or ("" if self._everywhere else cluster.current_namespace(self._kubeconfig))
        return cluster.integrations(self._kubeconfig, named, lambda body: row_of(_read(body), now))


class ClusterRefuses(RosterOperatorError):
    """The API server does not answer, or not to this user."""


class NoClusterNamed(InputError):
    """It is not known which cluster to talk to."""


def _with_status(integration: RosterIntegration, statuses: Mapping[str, Any]) -> RosterIntegration:
    """One that cannot be read counts as absent, as in a cluster."""
    try:
        status = RosterIntegrationStatus.model_validate(statuses.get(integration.key) or {})
    except ValidationError:
        status = RosterIntegrationStatus()
    return integration.model_copy(update={"status": status})


def _read(body: Object) -> RosterIntegration:
    try:
        return RosterIntegration.model_validate(body)
    except ValidationError as error:
        metadata = body["metadata"]
        where = f"{metadata.get('namespace')}/{metadata.get('name')}"
        raise UnreadableSpec(
            f"The RosterIntegration {where} has a spec that this version cannot read ({error.error_count()} problems). "
            "Platform: use the version of the operator that its CRD belongs to."
        ) from None
