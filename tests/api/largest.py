"""The largest status that the models let through, made from the CRD's own schema."""

from __future__ import annotations

from typing import Any

from roster_operator.api.schema import structural
from roster_operator.api.v1alpha1 import RosterIntegrationStatus

MOMENT = "2026-11-24T02:51:12Z"


def largest_status(character: str) -> RosterIntegrationStatus:
    """Every field set, every list full, every text of `character` and at its limit, every number at its highest."""
    value = _largest(structural(RosterIntegrationStatus, defaults=False), character)
    return RosterIntegrationStatus.model_validate(value)


def _largest(schema: dict[str, Any], character: str) -> Any:
    if schema["type"] == "object":
        return {name: _largest(child, character) for name, child in schema["properties"].items()}
    if schema["type"] == "array":
        entries = [_largest(schema["items"], character) for _ in range(schema["maxItems"])]
        for number, entry in enumerate(entries):
            for key in schema.get("x-kubernetes-list-map-keys", ()):
                entry[key] = f"{number:02d}{entry[key][2:]}"
        return entries
    if schema["type"] == "integer":
        return schema.get("maximum", 2**63 - 1)
    if schema.get("format") == "date-time":
        return MOMENT
    if schema.get("format") == "date":
        return MOMENT[:10]
    if "enum" in schema:
        return max(schema["enum"], key=len)
    return character * schema["maxLength"]
