"""examples/gitops: fifty districts from one base, as the API server takes them, and what Flux is told of them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hack.controlplane.cluster import Cluster, CommandFailed

from roster_operator.api.strict import parse
from roster_operator.api.v1alpha1 import RosterIntegration

GITOPS = Path(__file__).parents[2] / "examples/gitops"
OBJECTS = GITOPS / "argocd/resource_customizations/rostering.cpm.org/RosterIntegration/testdata"
CRD = Path(__file__).parents[2] / "crds/rosterintegrations.yaml"

Manifest = dict[str, Any]
Build = Callable[[Path], list[Manifest]]


@pytest.fixture
def build(kubectl: Callable[..., str]) -> Build:
    """`build(folder)` is what `kubectl kustomize` makes of it."""
    return lambda folder: list(yaml.safe_load_all(kubectl("kustomize", folder)))


@pytest.fixture
def fifty(tmp_path: Path) -> Path:
    """The example with forty-seven districts more, each a copy of Springfield's folder under another name."""
    districts = tmp_path / "districts"
    shutil.copytree(GITOPS / "districts", districts)
    index = yaml.safe_load((districts / "kustomization.yaml").read_text())
    for number in range(47):
        name = f"district-{number:02d}"
        shutil.copytree(districts / "springfield", districts / name)
        for file in (districts / name).iterdir():
            file.write_text(file.read_text().replace("springfield", name))
        index["resources"].append(name)
    (districts / "kustomization.yaml").write_text(yaml.safe_dump(index))
    return districts


@pytest.mark.usefixtures("crds_installed")
def test_the_server_takes_fifty_districts_from_one_base(
    control_plane: Cluster, namespace: str, build: Build, fifty: Path
) -> None:
    built = build(fifty)
    districts = [each for each in built if each["kind"] == "RosterIntegration"]

    assert len(districts) == 50
    for each in districts:
        parse(RosterIntegration, each, where=each["metadata"]["name"])
        each["metadata"]["namespace"] = namespace
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": districts})
    answered = control_plane.kubectl(
        "apply", "--server-side", "--validate=strict", "--dry-run=server", "-f-", input=text
    )
    assert answered.count("serverside-applied") == 50


def test_a_district_has_what_is_common_and_what_is_its_own(build: Build) -> None:
    built = {each["metadata"]["name"]: each["spec"] for each in build(GITOPS / "districts") if is_district(each)}

    assert [spec["schools"] for spec in built.values()] == [
        [{"identifier": "060891900003"}],
        [{"name": "Shelbyville Middle School"}],
        [{"id": "994"}, {"name": "High School 2"}],
    ]
    assert len({yaml.dump([spec["courses"], spec["guard"], spec["schedule"]]) for spec in built.values()}) == 1


def test_a_folder_alone_makes_the_same_as_all_together(build: Build) -> None:
    together = build(GITOPS / "districts")

    for folder in yaml.safe_load((GITOPS / "districts/kustomization.yaml").read_text())["resources"]:
        assert all(each in together for each in build(GITOPS / "districts" / folder))


def test_the_secret_that_a_district_names_is_the_one_that_comes(build: Build) -> None:
    built = build(GITOPS / "districts")
    named = {each["spec"]["source"]["secretRef"]["name"] for each in built if is_district(each)}

    made = {each["spec"]["target"]["name"] for each in built if each["kind"] == "ExternalSecret"}
    sealed = {each["metadata"]["name"] for each in built if each["kind"] == "SealedSecret"}
    assert named == made | sealed
    assert not [each for each in built if each["kind"] == "Secret"]


@pytest.fixture(scope="module")
def judged_by_flux(control_plane: Cluster) -> Iterator[Callable[[Manifest], set[str]]]:
    """`judged_by_flux(district)` names which of Flux's health expressions are true of it.

    They are the rules of a definition that is otherwise ours, so the API server checks them against our schema, and
    evaluates them with the library that Flux uses.
    """
    kustomization = yaml.safe_load((GITOPS / "flux/districts.yaml").read_text())
    (check,) = kustomization["spec"]["healthCheckExprs"]
    definition = yaml.safe_load(CRD.read_text())
    definition["metadata"]["name"] = "rosterintegrations.flux.example.org"
    definition["spec"]["group"] = "flux.example.org"
    definition["spec"]["names"].pop("shortNames", None)
    version = definition["spec"]["versions"][0]
    version.pop("subresources")
    version["schema"]["openAPIV3Schema"]["x-kubernetes-validations"] = [
        {"rule": f"!({of_the_object(check[outcome])})", "message": f"it is {outcome}"}
        for outcome in ("failed", "current")
    ]
    control_plane.kubectl("apply", "--server-side", "-f-", input=json.dumps(definition))
    control_plane.kubectl("wait", "--for=condition=Established", "crd", definition["metadata"]["name"])

    def judged(district: Manifest) -> set[str]:
        metadata = {"name": "springfield", "namespace": "default"}
        manifest = json.dumps(district | {"apiVersion": "flux.example.org/v1alpha1", "metadata": metadata})
        try:
            control_plane.kubectl("create", "--dry-run=server", "-f-", input=manifest)
        except CommandFailed as error:
            return set(re.findall(r"it is (failed|current)", error.stderr))
        return set()

    yield judged
    control_plane.kubectl("delete", "crd", definition["metadata"]["name"])


@pytest.mark.parametrize("name", ["healthy", "held", "suspended"])
def test_flux_does_not_wait_for_who_waits_for_somebody(
    judged_by_flux: Callable[[Manifest], set[str]], name: str
) -> None:
    assert judged_by_flux(yaml.safe_load((OBJECTS / f"{name}.yaml").read_text())) == {"current"}


def test_flux_fails_at_once_where_somebody_must_correct_what_git_says(
    judged_by_flux: Callable[[Manifest], set[str]],
) -> None:
    assert "failed" in judged_by_flux(yaml.safe_load((OBJECTS / "credentials_rejected.yaml").read_text()))


def is_district(manifest: Manifest) -> bool:
    """Whether it is a RosterIntegration."""
    return bool(manifest["kind"] == "RosterIntegration")


def of_the_object(expression: str) -> str:
    """Flux evaluates with the object's fields as variables, the API server with the object as `self`."""
    return re.sub(r"(?<![.\w])(spec|status)\.", r"self.\1.", expression)
