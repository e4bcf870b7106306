"""Paths of the API server's objects."""

from __future__ import annotations

from urllib.parse import quote

from roster_operator.api import names

EBOOKS = f"/apis/{names.API_VERSION}/{names.EBOOK_PLURAL}"
SECRETS = "/api/v1/secrets"


def integrations(namespace: str | None) -> str:
    """The RosterIntegrations of a namespace, or of all."""
    group = f"/apis/{names.API_VERSION}"
    plural = names.ROSTER_INTEGRATION_PLURAL
    return _within(group, namespace, plural) if namespace else f"{group}/{plural}"


def integration(namespace: str, name: str) -> str:
    """A RosterIntegration."""
    return f"{integrations(namespace)}/{quote(name, safe='')}"


def integration_status(namespace: str, name: str) -> str:
    """The status of a RosterIntegration."""
    return f"{integration(namespace, name)}/status"


def secrets(namespace: str) -> str:
    """The Secrets of a namespace."""
    return _within("/api/v1", namespace, "secrets")


def secret(namespace: str, name: str) -> str:
    """A Secret."""
    return f"{secrets(namespace)}/{quote(name, safe='')}"


def config_map(namespace: str, name: str) -> str:
    """A ConfigMap."""
    return f"{_within('/api/v1', namespace, 'configmaps')}/{quote(name, safe='')}"


def events(namespace: str) -> str:
    """The Events of a namespace."""
    return _within("/apis/events.k8s.io/v1", namespace, "events")


def leases(namespace: str) -> str:
    """The Leases of a namespace."""
    return _within("/apis/coordination.k8s.io/v1", namespace, "leases")


def lease(namespace: str, name: str) -> str:
    """A Lease."""
    return f"{leases(namespace)}/{quote(name, safe='')}"


def token(namespace: str, service_account: str) -> str:
    """Where tokens of a ServiceAccount are given out."""
    return f"{_within('/api/v1', namespace, 'serviceaccounts')}/{quote(service_account, safe='')}/token"


def _within(group: str, namespace: str, plural: str) -> str:
    return f"{group}/namespaces/{quote(namespace, safe='')}/{plural}"
