"""What `roster-operator sync` prints of a reconcile: documents as kubectl would show them."""

from __future__ import annotations

from typing import Any

from roster_operator.api import conditions, names
from roster_operator.api.v1alpha1 import CatalogReference, RosterIntegration
from roster_operator.controller.catalog import config_map_data
from roster_operator.reconcile.contract import Catalog, Result
from roster_operator.yaml_text import as_yaml


def printed(integration: RosterIntegration, result: Result) -> str:
    """The RosterIntegration's status; and the catalog, if the status tells people to choose from it."""
    status, catalog = result.status, result.catalog if _must_choose(result) else None
    if catalog is not None:
        status = status.model_copy(update={"catalog": CatalogReference(config_map=integration.catalog_name)})
    document = _dumped(
        {
            "apiVersion": names.API_VERSION,
            "kind": names.ROSTER_INTEGRATION_KIND,
            "metadata": {"name": integration.name, "namespace": integration.namespace},
            "status": status.to_wire(),
        }
    )
    return document if catalog is None else document + _printed_catalog(integration, catalog)


def _printed_catalog(integration: RosterIntegration, catalog: Catalog) -> str:
    return _dumped(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": integration.catalog_name, "namespace": integration.namespace},
            "data": config_map_data(catalog),
        }
    )


def _must_choose(result: Result) -> bool:
    resolved = result.status.condition(conditions.MAPPINGS_RESOLVED)
    unresolved = resolved is not None and resolved.status == conditions.ConditionStatus.FALSE
    return unresolved or result.status.plan is None


def _dumped(document: dict[str, Any]) -> str:
    return f"---\n{as_yaml(document)}"
