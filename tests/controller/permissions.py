"""The operator's own permissions, which a test may take away and give back."""

from __future__ import annotations

from typing import Any

from kubernetes import client

Rules = list[dict[str, Any]]


class Permissions:
    """The operator's own, which a test may take away and give back."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        self._api = client.RbacAuthorizationV1Api(api)
        self._name = f"{namespace}:roster-operator"
        role: Any = api.sanitize_for_serialization(  # type: ignore[no-untyped-call]
            self._api.read_cluster_role(self._name)
        )
        self._rules: Rules = role["rules"]

    def take(self, resource: str) -> None:
        self._set([rule for rule in self._rules if resource not in rule["resources"]])

    def take_verb(self, verb: str, resource: str) -> None:
        rules = [
            {**rule, "verbs": [each for each in rule["verbs"] if each != verb or resource not in rule["resources"]]}
            for rule in self._rules
        ]
        self._set(rules)

    def give_back(self) -> None:
        self._set(self._rules)

    def _set(self, rules: Rules) -> None:
        self._api.patch_cluster_role(self._name, [{"op": "replace", "path": "/rules", "value": rules}])
