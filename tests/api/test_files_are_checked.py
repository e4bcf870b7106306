"""Manifests from files are refused with the field, what is wrong and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.api.bad_manifests import BAD_EBOOKS, BAD_INTEGRATIONS, MANIFESTS, Bad, changed, good_ebook, good_integration

from roster_operator.api.strict import InvalidManifest, ModelT, Problem, parse
from roster_operator.api.v1alpha1 import EBook, RosterIntegration


def problems(model: type[ModelT], manifest: dict[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(InvalidManifest) as refused:
        parse(model, manifest, where="district.yaml")
    return refused.value.problems


@pytest.mark.parametrize("bad", BAD_INTEGRATIONS, ids=lambda bad: bad.why)
def test_refuses_a_bad_integration(bad: Bad) -> None:
    found = problems(RosterIntegration, changed(good_integration(), bad.change))
    assert any(problem.field == bad.field and bad.says in problem.message for problem in found), found


@pytest.mark.parametrize("bad", BAD_EBOOKS, ids=lambda bad: bad.why)
def test_refuses_a_bad_ebook(bad: Bad) -> None:
    found = problems(EBook, changed(good_ebook(), bad.change))
    assert any(problem.field == bad.field and bad.says in problem.message for problem in found), found


def test_names_every_problem_at_once_with_the_file() -> None:
    manifest = changed(good_integration(), {"interval": "1d", "live": "yes", "guards": {}})
    with pytest.raises(InvalidManifest) as refused:
        parse(RosterIntegration, manifest, where="district.yaml")
    lines = str(refused.value).splitlines()
    assert [line.split(":")[:2] for line in lines] == [
        ["district.yaml", " spec.guards"],
        ["district.yaml", " spec.live"],
        ["district.yaml", " spec.interval"],
    ]


@pytest.mark.parametrize(
    ("manifest", "field", "says"),
    [
        ({"apiVersion": "rostering.cpm.org/v1"}, "apiVersion", "must be rostering.cpm.org/v1alpha1"),
        ({"kind": "Roster"}, "kind", "must be RosterIntegration"),
        ({"metadata": {}}, "metadata.name", "must be given"),
        ({"metadata": {"name": "Springfield High"}}, "metadata.name", "lower case letters"),
        ({"metadata": {"name": "springfield.high"}}, "metadata.name", "lower case letters"),
        ({"metadata": {"name": "a" * 64}}, "metadata.name", "at most 63 characters"),
        ({"spec": None}, "spec", "must be given"),
        ({"spec": []}, "spec", "must be a block of fields"),
        ({"sepc": {}}, "sepc", "did you mean spec?"),
    ],
)
def test_names_what_is_wrong_outside_of_the_spec(manifest: dict[str, Any], field: str, says: str) -> None:
    found = problems(RosterIntegration, good_integration() | manifest)
    assert any(problem.field == field and says in problem.message for problem in found), found


def test_what_kubectl_prints_can_be_read_as_a_file() -> None:
    manifest = good_integration()
    manifest["metadata"] |= {"managedFields": [], "resourceVersion": "224", "creationTimestamp": "2026-11-24T02:51:12Z"}
    manifest["status"] = {"somethingNewer": 1}
    assert parse(RosterIntegration, manifest, where="district.yaml").name == "springfield"


def test_a_field_that_is_left_empty_is_one_that_is_not_given() -> None:
    manifest = good_integration()
    manifest["spec"] |= {"approval": None, "timeZone": None, "guard": {"floor": None}}
    parsed = parse(RosterIntegration, manifest, where="district.yaml").spec
    assert (parsed.approval, parsed.time_zone, parsed.guard.floor) == (None, "UTC", 10)


def test_a_manifest_without_a_spec_says_so() -> None:
    manifest = good_integration()
    del manifest["spec"]
    assert problems(RosterIntegration, manifest) == (Problem("spec", "must be given"),)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_the_examples_are_right(path: Path) -> None:
    for manifest in yaml.safe_load_all(path.read_text("utf-8")):
        if manifest["kind"] == "RosterIntegration":
            assert parse(RosterIntegration, manifest, where=path.name).name == manifest["metadata"]["name"]
        if manifest["kind"] == "EBook":
            assert parse(EBook, manifest, where=path.name).name == manifest["metadata"]["name"]
