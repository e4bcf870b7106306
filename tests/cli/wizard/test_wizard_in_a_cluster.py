"""The result is applied as whoever the kubeconfig says, first as a dry run on a real API server with RBAC."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hack.controlplane.cluster import Cluster
from tests.cli.wizard.conftest import EBOOKS, KEY, SECRET, Start, choose, connect
from tests.support.terminal import DOWN

from district_simulator.library import SimulatedDistrict
from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.cli.main import load_command
from roster_operator.cli.wizard.apply import apply
from roster_operator.errors import InputError
from roster_operator.operations.wizard.draft import draft_of

pytestmark = pytest.mark.usefixtures("crds_installed")

INTEGRATIONS = {"apiGroups": ["rostering.cpm.org"], "resources": ["rosterintegrations"]}
SECRETS = {"apiGroups": [""], "resources": ["secrets"]}
READS_EBOOKS = {"apiGroups": ["rostering.cpm.org"], "resources": ["ebooks"], "verbs": ["get", "list"]}


@pytest.fixture
def person(control_plane: Cluster, namespace: str) -> Iterator[Callable[..., Path]]:
    """`person(*rules)`: the kubeconfig of somebody who may do this in the namespace, and read eBooks."""

    def made(*rules: dict[str, Any]) -> Path:
        control_plane.kubectl("apply", "-f", str(EBOOKS))
        control_plane.kubectl("create", "serviceaccount", "ann", "-n", namespace)
        kinds = (("ClusterRole", [READS_EBOOKS], f"ebooks-{namespace}"), ("Role", list(rules), "setup"))
        for kind, allowed, name in kinds:
            role = {"kind": kind, "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": name}}
            control_plane.kubectl("apply", "-n", namespace, "-f", "-", input=json.dumps({**role, "rules": allowed}))
        account = f"--serviceaccount={namespace}:ann"
        control_plane.kubectl("create", "rolebinding", "setup", "--role=setup", account, "-n", namespace)
        control_plane.kubectl(
            "create", "clusterrolebinding", f"ebooks-{namespace}", f"--clusterrole=ebooks-{namespace}", account
        )
        return control_plane.kubeconfig_for_service_account(namespace, "ann")

    yield made
    name = f"ebooks-{namespace}"
    control_plane.kubectl("delete", "clusterrole,clusterrolebinding", name, "--ignore-not-found")
    control_plane.kubectl("delete", "--ignore-not-found", "-f", EBOOKS)


def run(district: SimulatedDistrict, folder: Path, *arguments: str, **answers: Any) -> Result:
    path = folder / "answers.yaml"
    path.write_text(yaml.safe_dump(answers))
    environment = {
        "ROSTER_CLIENT_ID": KEY,
        "ROSTER_CLIENT_SECRET": SECRET,
        "ROSTER_HOST": district.base_url.split("/")[2],
    }
    given = ["springfield", "--answers", str(path), *arguments]
    return CliRunner().invoke(load_command("wizard"), given, env=environment)


def test_whoever_may_sets_a_district_up_from_the_terminal_and_changes_it_later(
    district: SimulatedDistrict,
    start: Start,
    person: Callable[..., Path],
    namespace: str,
    kubectl: Callable[..., str],
    tmp_path: Path,
) -> None:
    verbs = {"verbs": ["get", "list", "create", "patch"]}
    kubeconfig = person({**INTEGRATIONS, **verbs}, {**SECRETS, **verbs})
    cluster = ("--kubeconfig", str(kubeconfig), "-n", namespace)
    program = start(*cluster)
    connect(program, district.base_url)
    choose(program)
    program.answer("Are these the right eBooks?")
    program.answer("What now?")
    program.answer("Enable automated rostering?")
    program.answer("What becomes of it?", DOWN)
    program.wait_for("✔ Secret springfield-sis created")
    program.wait_for("✔ RosterIntegration springfield created")
    assert program.end() == 0
    secret = json.loads(kubectl("get", "secret", "springfield-sis", "-n", namespace, "-o", "json"))["data"]
    assert {key: base64.b64decode(value).decode() for key, value in secret.items()} == {
        "clientID": KEY,
        "clientSecret": SECRET,
    }

    changed = run(district, tmp_path, *cluster, "--apply", schools=[{"id": "996"}])
    assert changed.exit_code == 0, changed.output
    spec = json.loads(kubectl("get", "ri", "springfield", "-n", namespace, "-o", "json"))["spec"]
    assert spec["schools"] == [{"id": "996"}]
    assert [course["code"] for course in spec["courses"]] == ["MA101", "MA104"]
    assert SECRET not in program.shown + changed.output

    kubectl("label", "ri", "springfield", "kustomize.toolkit.fluxcd.io/name=districts", "-n", namespace)
    refused = run(district, tmp_path, *cluster, "--apply", schools=[{"id": "994"}])
    assert refused.exit_code == 2
    assert "Flux keeps the RosterIntegration springfield as Git has it" in refused.stderr.splitlines()[-1]


def test_who_may_not_is_told_so_and_nothing_is_made(
    district: SimulatedDistrict,
    person: Callable[..., Path],
    namespace: str,
    kubectl: Callable[..., str],
    tmp_path: Path,
) -> None:
    kubeconfig = person({**INTEGRATIONS, "verbs": ["get", "list"]}, {**SECRETS, "verbs": ["get", "create"]})
    result = run(
        district,
        tmp_path,
        *("--kubeconfig", str(kubeconfig), "-n", namespace, "--apply"),
        source={"baseURL": district.base_url},
        schools=[{"id": "994"}],
        courses=[{"code": "MA101"}],
    )
    assert result.exit_code == 1
    assert "The cluster refuses this" in result.stderr.splitlines()[-1]
    assert kubectl("get", "secrets,ri", "-n", namespace, "-o", "name") == ""


def test_what_somebody_changed_meanwhile_is_not_overwritten(
    person: Callable[..., Path], namespace: str, kubectl: Callable[..., str]
) -> None:
    kubeconfig = person({**INTEGRATIONS, "verbs": ["get", "patch"]})
    source = {"baseURL": "https://sis.example", "secretRef": {"name": "sis"}}
    body = {"apiVersion": "rostering.cpm.org/v1alpha1", "kind": "RosterIntegration", "spec": {"source": source}}
    body["metadata"] = {"name": "springfield", "namespace": namespace}
    kubectl("apply", "-f", "-", input=json.dumps(body))

    def there() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(kubectl("get", "ri", "springfield", "-n", namespace, "-o", "json"))
        return found

    before = draft_of(RosterIntegration.model_validate(there()))
    zoned = replace(before, spec={**before.spec, "timeZone": "America/Denver"})
    kubectl("patch", "ri", "springfield", "-n", namespace, "--type=merge", "-p", '{"spec":{"interval":"12h"}}')
    with pytest.raises(InputError, match="Somebody has changed the RosterIntegration springfield meanwhile"):
        apply(kubeconfig, zoned, before.spec, None, dry_run=False)
    assert there()["spec"].get("timeZone") != "America/Denver"

    now = draft_of(RosterIntegration.model_validate(there()))
    zoned = replace(now, spec={**now.spec, "timeZone": "America/Denver"})
    assert apply(kubeconfig, zoned, now.spec, None, dry_run=False) == ["RosterIntegration springfield changed"]
    assert (there()["spec"]["timeZone"], there()["spec"]["interval"]) == ("America/Denver", "12h")
