"""The plugin reaches the console by a port that kubectl forwards. A pod needs a node: a stand-in forwards here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hack.controlplane.cluster import Cluster
from tests.service.conftest import People, Served
from tests.service.test_commands_by_the_console import kubeconfig_with

from roster_operator.ledger.store import open_ledger

PROGRAMS = Path(sys.executable).parent
FORWARDS = """\
#!/bin/sh
echo "$@" >> {log}
trap 'echo ended >> {log}; exit 0' TERM
echo 'Forwarding from 127.0.0.1:{port} -> 8443'
{more}
while :; do sleep 0.05; done
"""


@pytest.fixture
def served(serve: Callable[..., Served], tmp_path: Path, district: str) -> Served:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    books = open_ledger(url)
    books.migrate()
    books.close()
    return serve(url)


def asked(kubectl: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """`kubectl-roster`, with this kubectl on the PATH."""
    variables = {**os.environ, "PATH": f"{kubectl.parent}:/usr/bin:/bin", **environment}
    command = [str(PROGRAMS / "kubectl-roster"), *map(str, arguments)]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=120)


def stand_in(folder: Path, script: str) -> Path:
    folder.mkdir()
    kubectl = folder / "kubectl"
    kubectl.write_text(script)
    kubectl.chmod(0o755)
    return kubectl


def test_it_forwards_a_port_of_this_machine_as_the_user_and_ends_with_the_answer(
    served: Served, people: People, district: str, control_plane: Cluster, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    own = kubeconfig_with(control_plane, tmp_path, {"token": people.token(district, "support", "get", "list")})
    chatter = "yes 'Handling connection for 8443' | head -n 20000"
    script = FORWARDS.format(log=log, port=urlsplit(served.url).port, more=chatter)
    kubectl = stand_in(tmp_path / "tools", script)
    way = ("-n", district, "--kubeconfig", own)
    status = asked(kubectl, "status", "springfield", *way)
    assert (status.returncode, status.stderr) == (3, ""), status
    arguments, ended = log.read_text().splitlines()
    forwarded = "port-forward --address=127.0.0.1 -n=roster-operator service/roster-operator-console :8443"
    assert arguments == f"--kubeconfig {own} {forwarded}"
    assert ended == "ended"
    fleet = asked(kubectl, "fleet", *way, "-o", "json", ROSTER_OPERATOR_CONSOLE="elsewhere/console")
    assert fleet.returncode in {0, 1}, fleet
    assert "-n=elsewhere service/console :8443" in log.read_text()
    refused = asked(kubectl, "changes", "springfield", *way)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "to get rosterintegrations/people" in refused.stderr


def test_what_keeps_it_from_forwarding_is_told_in_a_line(
    people: People, district: str, control_plane: Cluster, tmp_path: Path, crds_installed: None
) -> None:
    """By the real kubectl: who may not, no such Service, a Service without a pod."""
    own = kubeconfig_with(control_plane, tmp_path, {"token": people.token(district, "support", "get")})
    kubectl = control_plane.binaries.path("kubectl")
    control_plane.kubectl("create", "service", "clusterip", "console", "--tcp=8443:8443", "-n", district)
    cases = (
        (own, f"{district}/console", "cannot get resource"),
        (control_plane.kubeconfig, f"{district}/no-such", "not found"),
        (own, "console", "NAMESPACE/SERVICE"),
    )
    for kubeconfig, console, says in cases:
        way = ("-n", district, "--kubeconfig", kubeconfig, "--console", console)
        answer = asked(kubectl, "history", "springfield", *way)
        assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) != (0, "", 1), answer
        assert answer.stderr.startswith("error: ")
        assert says in answer.stderr, answer.stderr
        assert "--console" in answer.stderr
    own_way = ("springfield", "-n", district, "--kubeconfig", own)
    without = asked(kubectl, "history", *own_way, PATH=str(tmp_path))
    assert (without.returncode, "kubectl must be there" in without.stderr) == (2, True)
    silent = asked(stand_in(tmp_path / "silent", "#!/bin/sh\nexit 3\n"), "history", *own_way)
    assert (silent.returncode, "kubectl says nothing" in silent.stderr) == (1, True)
