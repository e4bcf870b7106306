"""The operator's own permissions, which a test may take away and give back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kubernetes import client

Rules = list[dict[str, Any]]


class Permissions:
    """The operator's own, which a test may take away and give back."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        self._api = client.RbacAuthorizationV1Api(api)
        self._rules: dict[str, Rules] = {}
        for name in (f"{namespace}:roster-operator", f"{namespace}:roster-operator:letting-go"):
            read = self._api.read_cluster_role(name)
            role: Any = api.sanitize_for_serialization(read)  # type: ignore[no-untyped-call]
            self._rules[name] = role["rules"]

    def take(self, resource: str) -> None:
        self._set(lambda rule: [] if resource in rule["resources"] else [rule])

    def take_verb(self, verb: str, resource: str) -> None:
        def without(rule: dict[str, Any]) -> Rules:
            return [
                {**rule, "verbs": [each for each in rule["verbs"] if each != verb or resource not in rule["resources"]]}
            ]

        self._set(without)

    def give_back(self) -> None:
        self._set(lambda rule: [rule])

    def _set(self, left: Callable[[dict[str, Any]], Rules]) -> None:
        for name, rules in self._rules.items():
            value = [each for rule in rules for each in left(rule)]
            self._api.patch_cluster_role(name, [{"op": "replace", "path": "/rules", "value": value}])
