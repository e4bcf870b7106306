"""Writes the CustomResourceDefinitions from the wire models: `python -m roster_operator.api.crd --write | --check`.

`crds/` is for kubectl and GitOps, with a copy where Kustomize may read it; the chart's are the same inside a template.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import yaml

from roster_operator.api import names
from roster_operator.api.definition import Column, Definition
from roster_operator.api.descriptions import descriptions
from roster_operator.api.rules import VALIDATIONS, rule
from roster_operator.api.schema import structural
from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.api.wire import WireModel

KINDS: Final = (RosterIntegration, EBook)
HEADER: Final = "# Generated from operator/roster_operator/api by `make crds`; change it there.\n"

_HELM_ANNOTATIONS: Final = """\
  {{- if or .Values.crds.keep .Values.crds.annotations }}
  annotations:
    {{- if .Values.crds.keep }}
    helm.sh/resource-policy: keep
    {{- end }}
    {{- with .Values.crds.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
"""


def custom_resource_definition(model: type[RosterIntegration] | type[EBook]) -> dict[str, Any]:
    """The whole CustomResourceDefinition of a kind."""
    definition = model.definition
    version: dict[str, Any] = {
        "name": names.VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": _root(model)},
        "additionalPrinterColumns": [_column(column) for column in definition.columns],
    }
    if definition.selectable_fields:
        version["selectableFields"] = [{"jsonPath": path} for path in definition.selectable_fields]
    if "status" in model.model_fields:
        version["subresources"] = {"status": {}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{definition.plural}.{names.GROUP}",
            "labels": {"app.kubernetes.io/part-of": "roster-operator"},
        },
        "spec": {
            "group": names.GROUP,
            "names": _names(definition),
            "scope": definition.scope,
            "versions": [version],
        },
    }


def files(root: Path) -> dict[Path, str]:
    """Every generated file of the repository at `root`, and what it must hold."""
    chart = root / "charts" / "roster-operator"
    base = root / "examples" / "kustomize" / "base"
    wanted: dict[Path, str] = {}
    for model in KINDS:
        text = yaml.safe_dump(
            custom_resource_definition(model), sort_keys=False, width=120, allow_unicode=True, default_flow_style=False
        )
        name = f"{model.definition.plural}.yaml"
        wanted[root / "crds" / name] = HEADER + text
        if chart.is_dir():
            wanted[chart / "templates" / "crds" / name] = _helm_template(text)
        if base.is_dir():
            wanted[base / "crds" / name] = HEADER + text
    return wanted


def differences(wanted: Mapping[Path, str]) -> list[Path]:
    """Of the generated files, those that are missing, differ, or have no kind any more."""
    found = {path for folder in {path.parent for path in wanted} for path in folder.glob("*.yaml")}
    stale = {path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text}
    return sorted(stale | (found - wanted.keys()))


def main(arguments: list[str] | None = None) -> int:
    """Write or check; with --check, 1 if something differs."""
    parser = argparse.ArgumentParser(prog="python -m roster_operator.api.crd", description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write the files")
    action.add_argument("--check", action="store_true", help="name the files that differ, and exit with 1 if any does")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[3], help="the repository")
    chosen = parser.parse_args(arguments)
    wanted = files(chosen.root)
    changed = differences(wanted)
    for path in changed:
        shown = path.relative_to(chosen.root)
        if chosen.check:
            sys.stderr.write(f"{shown} is not what the wire models say: run `make crds`\n")
        elif path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], "utf-8")
            sys.stdout.write(f"wrote {shown}\n")
        else:
            path.unlink()
            sys.stdout.write(f"removed {shown}\n")
    return 1 if chosen.check and changed else 0


def _root(model: type[RosterIntegration] | type[EBook]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "apiVersion": {"type": "string", "description": f"Always {names.API_VERSION}."},
        "kind": {"type": "string", "description": f"Always {model.definition.kind}."},
        "metadata": {"type": "object"},
    }
    for part in ("spec", "status"):
        if part in model.model_fields:
            field = model.model_fields[part]
            properties[part] = structural(cast("type[WireModel]", field.annotation), defaults=part == "spec")
            properties[part]["description"] = " ".join(descriptions(model)[part].split())
    return {
        "description": " ".join((model.__doc__ or "").split()),
        "type": "object",
        "properties": properties,
        "required": ["spec"],
        VALIDATIONS: [
            rule(
                f"self.metadata.name.size() <= {names.NAME_LIMIT}",
                f"metadata.name must be at most {names.NAME_LIMIT} characters; choose a shorter one",
            ),
            rule(
                f"self.metadata.name.matches('{names.NAME_PATTERN}')",
                "metadata.name must hold only lower case letters, digits and -",
            ),
        ],
    }


def _names(definition: Definition) -> dict[str, Any]:
    result: dict[str, Any] = {
        "kind": definition.kind,
        "listKind": f"{definition.kind}List",
        "plural": definition.plural,
        "singular": definition.singular,
    }
    if definition.short_names:
        result["shortNames"] = list(definition.short_names)
    if definition.categories:
        result["categories"] = list(definition.categories)
    return result


def _column(column: Column) -> dict[str, Any]:
    result: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": column.description,
        "jsonPath": column.json_path,
    }
    return {**result, "priority": column.priority} if column.priority else result


def _helm_template(text: str) -> str:
    if "{{" in text:
        raise ValueError("a description must not hold {{, which Helm would run")
    head, labels = "metadata:\n", "  labels:\n"
    before, after = text.split(head + "  name:", 1)
    name, rest = after.split("\n", 1)
    if not rest.startswith(labels):
        raise ValueError("metadata is not laid out as the template needs it")
    body = f"{before}{head}  name:{name}\n{_HELM_ANNOTATIONS}{rest}"
    return f"{HEADER}{{{{- if .Values.crds.enabled }}}}\n{body}{{{{- end }}}}\n"


if __name__ == "__main__":
    sys.exit(main())
