"""Manifests that must be refused, by the API server and by whoever reads them from a file, and in which words."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MANIFESTS = sorted(path for path in EXAMPLES.rglob("*.yaml") if "gitops" not in path.parts)
"""Each a whole one; those of the repository of districts are parts, and have tests of their own (tests/examples)."""


@dataclass(frozen=True)
class Bad:
    """A change of the good manifest that makes it bad; `None` as a value takes a field away."""

    why: str
    change: Mapping[str, Any]
    field: str
    says: str
    server: str = ""
    """Where the API server has words of its own."""


def _table(kind: str) -> list[Bad]:
    table = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return [Bad(**entry) for entry in table[kind]]


BAD_INTEGRATIONS = _table("RosterIntegration")
BAD_EBOOKS = _table("EBook")


def good_integration() -> dict[str, Any]:
    """The example of a first district."""
    manifest: dict[str, Any] = yaml.safe_load((EXAMPLES / "springfield" / "rosterintegration.yaml").read_text("utf-8"))
    return manifest


def good_ebook() -> dict[str, Any]:
    """The example of an eBook."""
    path = EXAMPLES / "ebooks" / "core-connections-algebra.yaml"
    manifest: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return manifest


def changed(manifest: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with a change merged into its spec."""
    result: dict[str, Any] = copy.deepcopy(dict(manifest))
    _merge(result["spec"], change)
    return result


def _merge(target: dict[str, Any], change: Mapping[str, Any]) -> None:
    for key, value in change.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, Mapping):
            _merge(target.setdefault(key, {}), value)
        else:
            target[key] = value
