"""Nothing that answers about districts names a person: of people who can be recognized, all is searched for."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from tests.operations.conftest import LiveDistrict, call
from tests.operations.test_changes import rows
from tests.operations.test_standing import SYNCED, district

from roster_operator.api.strict import _nested
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.operations.bundle import ALLOWED, bundle
from roster_operator.operations.wire import plain


def people_of(live: LiveDistrict) -> set[str]:
    """All that could tell who somebody is: of the SIS, and of the ledger."""
    known = {text for text in live.simulated.personal_strings() if len(text) > 4}
    for row in rows(live, "SELECT sourced_id, username, email, identifier FROM accounts"):
        known |= {text for text in row if text and len(text) > 4}
    return known


@pytest.mark.parametrize("output", ["table", "json", "yaml"])
def test_no_answer_about_a_district_names_a_person(live: LiveDistrict, output: str) -> None:
    live.sync(courses=[{"code": "MA101", "ebooks": ["algebra"]}])
    printed = [
        live.ask("status", "--file", live.folder, "-o", output).output,
        live.ask("history", "-o", output).output,
        live.ask("changes", "-o", output).output,
        live.ask("access", "-o", output).output,
        call("fleet", "--file", live.folder, "-o", output).output,
        call("checklist", "springfield", "--file", live.folder, "-o", output).output,
    ]
    everything = "\n".join(printed)
    assert len(people_of(live)) > 40
    assert [text for text in people_of(live) if text in everything] == []


def test_no_person_is_in_a_bundle(live: LiveDistrict, tmp_path: Path) -> None:
    written = yaml.safe_load((live.folder / "integration.yaml").read_text())
    person = min(people_of(live))
    written["metadata"] |= {"annotations": {"note": person}, "labels": {"asked-by": "somebody"}}
    written["spec"]["schools"].append({"name": person})
    (live.folder / "integration.yaml").write_text(yaml.safe_dump(written))
    path = tmp_path / "support.zip"
    result = live.ask("bundle", "--file", live.folder, "--to", path)
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(path) as archive:
        everything = "\n".join(archive.read(name).decode() for name in archive.namelist())
        told = json.loads(archive.read("districts/springfield.json"))
    assert [text for text in people_of(live) if text in everything] == []
    assert "somebody" not in everything
    assert "demo-secret" not in everything
    assert (told["resource"]["status"]["licenses"]["active"], told["licenses"], len(told["runs"])) == (40, 40, 1)
    again = live.ask("bundle", "--file", live.folder, "--to", path)
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)


def fields(model: type[BaseModel], path: str = "") -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        here = f"{path}{field.alias or name}"
        below = _nested(field.annotation)
        found |= fields(below, f"{here}.") if below else {here}
    return found


def allowed(tree: Any, path: str = "") -> set[str]:
    return {path[:-1]} if tree is None else {name for key in tree for name in allowed(tree[key], f"{path}{key}.")}


def test_the_list_of_a_bundle_names_fields_that_there_are() -> None:
    assert allowed(ALLOWED) <= fields(RosterIntegration)
    left_out = fields(RosterIntegration) - allowed(ALLOWED)
    assert {"spec.schools.name", "spec.source.secretRef.name", "metadata.annotations"} <= left_out


def test_a_field_that_comes_later_stays_out() -> None:
    resource = district(SYNCED)
    made = bundle([resource], None, resource.status.conditions[0].last_transition_time)
    assert set(plain(made)["districts"][0]["resource"]["spec"]) <= set(ALLOWED["spec"])
