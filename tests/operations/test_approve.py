"""`approve` consents to the plan that waits now and to no other, by Git or in the cluster."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.operations.conftest import call
from tests.operations.test_fleet import manifest
from tests.operations.test_standing import HELD, SYNCED, condition

DIGEST = "plan-1acd397caa7cca8c66bf4908"
WAITING = {"plan": {"digest": DIGEST, "grants": 2, "revocations": 9, "held": 9}}
UNRESOLVED = condition("Held", "True", "Unresolved", "9 removals wait. Publisher: correct the names.")


def written(tmp_path: Path, *conditions: dict[str, Any], **status: Any) -> Path:
    path = tmp_path / "district.yaml"
    found = manifest("ames", *conditions, **status)
    found["metadata"]["generation"] = 2
    path.write_text(yaml.safe_dump(found))
    return path


def test_the_patch_says_what_it_approves(tmp_path: Path) -> None:
    path = written(tmp_path, SYNCED, HELD, **WAITING)
    result = call("approve", "ames", DIGEST, "--file", path)
    assert result.exit_code == 0, result.output
    ((_, patch),) = yaml.safe_load(result.stdout)["spec"].items()
    week = datetime.now(UTC) + timedelta(days=7)
    assert patch["plan"] == DIGEST
    assert abs(datetime.fromisoformat(patch["expires"]) - week) < timedelta(minutes=5)
    assert "# Approves: 9 changes wait, of 2 to grant and 9 to remove." in result.stdout
    assert f"# Good for one sync, until {patch['expires'][:10]}" in result.stdout
    shown = f'-p \'{{"spec": {{"approval": {{"plan": "{DIGEST}", "expires": "{patch["expires"]}"}}}}}}\''
    assert shown in result.stdout
    told = json.loads(call("approve", "ames", DIGEST, "--file", path, "-o", "json").stdout)
    assert (told["removals"], told["patch"]["spec"]["approval"]["plan"]) == (9, DIGEST)


@pytest.mark.parametrize(
    ("digest", "conditions", "status", "told"),
    [
        ("plan-00000000", (HELD,), WAITING, f"that waits is {DIGEST}, not plan-00000000"),
        (DIGEST, (SYNCED,), WAITING, "Nothing of districts/ames waits"),
        (DIGEST, (HELD,), {**WAITING, "observedGeneration": 1}, "has changed since its plan was computed"),
        (DIGEST, (UNRESOLVED,), WAITING, "No approval helps districts/ames. 9 removals wait. Publisher: correct"),
    ],
)
def test_any_other_plan_is_refused(
    tmp_path: Path, digest: str, conditions: tuple[dict[str, Any]], status: dict[str, Any], told: str
) -> None:
    result = call("approve", "ames", digest, "--file", written(tmp_path, *conditions, **status))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert told in result.stderr


def test_options_that_contradict_each_other_change_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, HELD, **WAITING)
    for options in (("--dry-run",), ("--apply",), ("--for", "a week"), ("--for", "0s"), ("--for", "721h")):
        result = call("approve", "ames", DIGEST, "--file", path, *options)
        assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.usefixtures("crds_installed")
def test_it_is_set_in_the_cluster_when_asked_for(
    namespace: str, kubectl: Callable[..., str], admin_kubeconfig: Path
) -> None:
    spec = {"source": {"baseURL": "https://sis.example", "secretRef": {"name": "sis"}}}
    body = {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": "ames", "namespace": namespace},
        "spec": spec,
    }
    kubectl("apply", "-f", "-", input=yaml.safe_dump(body))
    status = {"observedGeneration": 1, "conditions": [{**HELD, "observedGeneration": 1}], **WAITING}
    patch = json.dumps({"status": status})
    kubectl("patch", "ri", "ames", "-n", namespace, "--subresource", "status", "--type", "merge", "-p", patch)
    ask = ("approve", "ames", DIGEST, "-n", namespace, "--kubeconfig", admin_kubeconfig, "--apply")

    def approved() -> str:
        path = r"jsonpath={.metadata.annotations.rostering\.cpm\.org/approved-plan}"
        return kubectl("get", "ri", "ames", "-n", namespace, "-o", path)

    assert "# Would be set in the cluster." in call(*ask, "--dry-run").stdout
    assert approved() == ""
    assert "# Set in the cluster." in call(*ask).stdout
    assert approved().startswith(f"{DIGEST} until 20")
    assert kubectl("get", "ri", "ames", "-n", namespace, "-o", "jsonpath={.spec.approval}") == ""
