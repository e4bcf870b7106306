"""Folders of manifests, and what `roster-operator sync` makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.sync import sync

SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "sis", "namespace": "districts"},
    "stringData": {"clientID": "demo-key", "clientSecret": "demo-secret"},
}
EBOOK = {
    "apiVersion": "rostering.cpm.org/v1alpha1",
    "kind": "EBook",
    "metadata": {"name": "algebra"},
    "spec": {"title": "Algebra"},
}


def write(path: Path, *documents: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump_all(documents), encoding="utf-8")


def integration(district: SimulatedDistrict, name: str = "springfield", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": name, "namespace": "districts"},
        "spec": {
            "live": True,
            "district": name,
            "source": {"baseURL": district.base_url, "secretRef": {"name": "sis"}},
            "schools": [{"id": district.school_ids[0]}],
            "courses": [{"code": f"MA10{number}", "ebooks": ["algebra"]} for number in range(1, 8)],
            **spec,
        },
    }


def run(*arguments: str | Path, stdin: str | None = None, environment: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(sync, [str(argument) for argument in arguments], input=stdin, env=environment)


def ledger(tmp_path: Path) -> str:
    """One that is there."""
    path = tmp_path / "ledger.sqlite"
    path.touch()
    return f"--ledger=sqlite:///{path}"


def documents(result: Result, kind: str) -> dict[str, dict[str, Any]]:
    """What was printed of this kind, by name."""
    printed = [document for document in yaml.safe_load_all(result.stdout) if document["kind"] == kind]
    return {document["metadata"]["name"]: document for document in printed}


def statuses(result: Result) -> dict[str, dict[str, Any]]:
    return {name: document["status"] for name, document in documents(result, "RosterIntegration").items()}


def message(status: dict[str, Any], condition: str = "Ready") -> str:
    return next(str(c["message"]) for c in status["conditions"] if c["type"] == condition)


def check(status: dict[str, Any], name: str) -> tuple[str, int | None]:
    """Result and count of an item of the checklist."""
    item = next(item for item in status["checklist"] if item["name"] == name)
    return item["result"], item.get("count")


def ready(status: dict[str, Any]) -> str:
    return next(str(c["reason"]) for c in status["conditions"] if c["type"] == "Ready")
