"""Argo CD's health and actions of a district: Lua, run on real objects as Argo CD's own tests of them run it.

The layout, and what a test of each file says, is that of `resource_customizations/` in Argo CD's repository.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from lupa.lua51 import LuaRuntime, lua_type
from tests.examples.test_gitops import GITOPS, OBJECTS

from roster_operator.api import names
from roster_operator.api.strict import parse
from roster_operator.api.v1alpha1 import RosterIntegration, RosterIntegrationStatus

HERE = OBJECTS.parent
ACTIONS = HERE / "actions"
HEALTH_TESTS = yaml.safe_load((HERE / "health_test.yaml").read_text())["tests"]
ACTION_TESTS = yaml.safe_load((ACTIONS / "action_test.yaml").read_text())
REQUESTED = "rostering.cpm.org/requested-at"


def run(script: str, path: Path) -> Any:
    """What a script returns of the object in a file, as Python has it."""
    lua = LuaRuntime(unpack_returned_tuples=True)
    lua.globals().obj = lua.table_from(yaml.safe_load(path.read_text()), recursive=True)
    return plain(lua.execute(script))


def plain(value: Any) -> Any:
    """A Lua value as Python has it; a table with the keys 1, 2, ... is a list."""
    if lua_type(value) != "table":
        return value
    keys = list(value.keys())
    if keys and keys == list(range(1, len(keys) + 1)):
        return [plain(each) for each in value.values()]
    return {key: plain(each) for key, each in value.items()}


@pytest.mark.parametrize("case", HEALTH_TESTS, ids=lambda case: Path(case["inputPath"]).stem)
def test_health(case: dict[str, Any]) -> None:
    assert run((HERE / "health.lua").read_text(), HERE / case["inputPath"]) == case["healthStatus"]


def test_every_object_is_one_that_the_operator_writes() -> None:
    assert {Path(case["inputPath"]).name for case in HEALTH_TESTS} == {path.name for path in OBJECTS.iterdir()}
    for path in OBJECTS.iterdir():
        district = yaml.safe_load(path.read_text())
        status = district.pop("status", {})
        parse(RosterIntegration, district, where=path.name)
        assert RosterIntegrationStatus.model_validate(status).to_wire() == status


@pytest.mark.parametrize("case", ACTION_TESTS["discoveryTests"], ids=lambda case: Path(case["inputPath"]).stem)
def test_actions_on_offer(case: dict[str, Any]) -> None:
    offered = run((ACTIONS / "discovery.lua").read_text(), ACTIONS / case["inputPath"])

    assert offered == {each["name"]: {"disabled": each["disabled"]} for each in case["result"]}


@pytest.mark.parametrize("case", ACTION_TESTS["actionTests"], ids=lambda case: case["action"])
def test_what_an_action_makes(case: dict[str, Any]) -> None:
    changed = run((ACTIONS / case["action"] / "action.lua").read_text(), ACTIONS / case["inputPath"])

    expected = yaml.safe_load((ACTIONS / case["expectedOutputPath"]).read_text())
    moment = changed["metadata"].get("annotations", {}).get(REQUESTED)
    if moment is not None:
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment)
        expected["metadata"]["annotations"][REQUESTED] = moment
    assert changed == expected


def test_the_annotation_is_the_operators() -> None:
    assert names.REQUESTED_AT_ANNOTATION == REQUESTED


def test_the_config_map_has_the_same_scripts() -> None:
    data = yaml.safe_load((GITOPS / "argocd/argocd-cm.yaml").read_text())["data"]
    suffix = f"{names.GROUP}_RosterIntegration"
    actions = yaml.safe_load(data[f"resource.customizations.actions.{suffix}"])

    assert data[f"resource.customizations.health.{suffix}"] == (HERE / "health.lua").read_text()
    assert actions["discovery.lua"] == (ACTIONS / "discovery.lua").read_text()
    assert {each["name"]: each["action.lua"] for each in actions["definitions"]} == {
        path.parent.name: path.read_text() for path in ACTIONS.glob("*/action.lua")
    }
