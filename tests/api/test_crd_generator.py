"""The CRDs are what the wire models say, and what Kubernetes takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import jsonschema
import pytest
import yaml
from kubernetes.client import V1CustomResourceDefinition
from pydantic import Field
from tests.api.bad_manifests import MANIFESTS

from roster_operator.api.crd import KINDS, custom_resource_definition, differences, files, main
from roster_operator.api.schema import NotStructural, structural
from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.api.wire import WireModel

REPOSITORY = Path(__file__).resolve().parents[2]
LARGEST_THAT_KUBECTL_APPLIES = 262_144

kinds = pytest.mark.parametrize("model", KINDS, ids=lambda model: model.definition.kind)


def schema_of(model: type[RosterIntegration] | type[EBook]) -> dict[str, Any]:
    schema: dict[str, Any] = custom_resource_definition(model)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return schema


def nodes(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from nodes(child, f"{path}.{name}")
    if "items" in schema:
        yield from nodes(schema["items"], f"{path}[]")


def test_the_files_in_the_repository_are_what_the_models_say() -> None:
    assert differences(files(REPOSITORY)) == []


def test_check_names_what_differs_and_write_puts_it_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "charts" / "roster-operator").mkdir(parents=True)
    arguments = ["--root", str(tmp_path)]
    assert main(["--check", *arguments]) == 1
    assert "crds/ebooks.yaml is not what the wire models say: run `make crds`" in capsys.readouterr().err
    assert main(["--write", *arguments]) == 0
    assert main(["--check", *arguments]) == 0
    (tmp_path / "crds" / "courses.yaml").touch()
    (tmp_path / "charts/roster-operator/templates/crds/ebooks.yaml").write_text("edited", "utf-8")
    capsys.readouterr()
    assert main(["--check", *arguments]) == 1
    assert capsys.readouterr().err.count("\n") == 2
    assert main(["--write", *arguments]) == 0
    assert not (tmp_path / "crds" / "courses.yaml").exists()
    assert main(["--check", *arguments]) == 0


def test_without_a_chart_only_crds_are_written(tmp_path: Path) -> None:
    assert {path.parent for path in files(tmp_path)} == {tmp_path / "crds"}


@kinds
def test_the_client_library_takes_it(model: type[RosterIntegration] | type[EBook]) -> None:
    V1CustomResourceDefinition.model_validate(custom_resource_definition(model))


@kinds
def test_every_node_is_typed_bounded_and_described(model: type[RosterIntegration] | type[EBook]) -> None:
    for path, node in nodes(schema_of(model)):
        if path.startswith((".apiVersion", ".kind", ".metadata")):
            continue
        assert "type" in node, path
        assert path.endswith("[]") or node.get("description"), f"{path} has no description"
        assert node.get("description", ".").endswith("."), f"the description of {path} is no sentence"
        if node["type"] == "array":
            assert "maxItems" in node, path
            assert "x-kubernetes-list-type" in node, path
        for rule in node.get("x-kubernetes-validations", ()):
            assert rule["message"].startswith(("must", "may", "cannot", "metadata.name must")), path


@kinds
def test_it_is_small_enough_for_kubectl_apply(model: type[RosterIntegration] | type[EBook]) -> None:
    assert len(yaml.safe_dump(custom_resource_definition(model))) < LARGEST_THAT_KUBECTL_APPLIES


@kinds
def test_no_default_is_null_or_has_one_in_it(model: type[RosterIntegration] | type[EBook]) -> None:
    assert [path for path, node in nodes(schema_of(model)) if "null" in json.dumps(node.get("default", ""))] == []


def test_a_status_has_no_defaults() -> None:
    status = schema_of(RosterIntegration)["properties"]["status"]
    assert [path for path, node in nodes(status) if "default" in node] == []


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_the_examples_fit_the_schema(path: Path) -> None:
    by_kind = {model.definition.kind: schema_of(model) for model in KINDS}
    for manifest in yaml.safe_load_all(path.read_text("utf-8")):
        if manifest["kind"] in by_kind:
            jsonschema.validate(manifest, by_kind[manifest["kind"]])


@pytest.mark.parametrize("folder", sorted((REPOSITORY / "examples").iterdir()), ids=lambda path: path.name)
def test_a_namespace_is_applied_before_what_is_in_it(folder: Path) -> None:
    kinds = [
        manifest["kind"]
        for path in sorted(folder.glob("*.yaml"))
        for manifest in yaml.safe_load_all(path.read_text("utf-8"))
    ]
    assert "Namespace" not in kinds[1:]


class Holder(WireModel):
    """Something that a structural schema cannot say."""

    union: Annotated[str, Field(max_length=3)] | Annotated[int, Field(ge=0)]


class Loop(WireModel):
    """Holds itself."""

    inner: Loop | None = None


class Endless(WireModel):
    """Has a list without an end."""

    words: tuple[Annotated[str, Field(max_length=3)], ...]


class Chatty(WireModel):
    """Has a text without an end."""

    text: str


class Mapped(WireModel):
    """Has a map, which none of our kinds needs."""

    labels: dict[str, str]


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (Holder, "Holder.union: a union"),
        (Loop, "Loop.inner: Loop holds itself"),
        (Endless, "Endless.words: a list needs"),
        (Chatty, "Chatty.text: a string needs a maxLength"),
        (Mapped, "Mapped.labels: a structural schema has no additionalProperties"),
    ],
)
def test_what_cannot_be_said_is_an_error_that_names_the_field(model: type[WireModel], says: str) -> None:
    with pytest.raises(NotStructural, match=says):
        structural(model)
