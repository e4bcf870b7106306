"""What the journeys do with the cluster: kubectl, helm, manifests, and waiting until something is so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

REPO = Path(__file__).resolve().parents[2]
INSIDE = REPO / "e2e" / "node" / "in"
NODE_DIR = Path(os.environ["NODE_DIR"])
OWN_NODE = not os.environ.get("E2E_KUBECONFIG")
RELEASE = "roster-operator"
NAMESPACES = (RELEASE, "districts", "simulator", "database", "elsewhere", "metro", "north", "south", "west", "others")
"""All that the journeys make."""
CHART = str(REPO / "charts" / "roster-operator")
IMAGE = f"roster-operator:{yaml.safe_load((REPO / 'charts/roster-operator/Chart.yaml').read_text())['appVersion']}"

Resource = dict[str, Any]


def inside(*command: str, stdin: str | None = None, check: bool = True) -> str:
    """Run a command where the cluster is, and return what it printed."""
    done = subprocess.run(
        [INSIDE, *command], input=stdin, capture_output=True, text=True, timeout=300, cwd=REPO, check=False
    )
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout if check else done.stdout + done.stderr


def shell(script: str) -> str:
    """Run the lines of a page as a person would: in the repository, until one fails."""
    return inside("bash", "-euo", "pipefail", "-c", script)


def kubectl(*words: str, stdin: str | None = None, check: bool = True) -> str:
    return inside("kubectl", *words, stdin=stdin, check=check)


def helm(*words: str, check: bool = True) -> str:
    return inside("helm", *words, check=check)


def get(*words: str) -> Resource:
    found: Resource = json.loads(kubectl("get", *words, "-o", "json"))
    return found


def apply(*manifests: Resource) -> None:
    kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(manifests))


def until(what: str, probe: Callable[[], Any], seconds: float = 60) -> Any:
    """Return the first true answer of `probe`; fail with its last one, and `what` was waited for."""
    end, answer = time.monotonic() + seconds, None
    while time.monotonic() < end:
        try:
            answer = probe()
            if answer:
                return answer
        except (AssertionError, KeyError, IndexError) as error:
            answer = error
        time.sleep(0.3)
    raise AssertionError(f"not within {seconds:.0f} s: {what}; at last: {answer!r}")


def install(*settings: str, namespace: str = RELEASE, chart: str = CHART) -> str:
    where = ("--namespace", namespace, "--create-namespace", *simulators_allowed(chart))
    return helm("install", RELEASE, chart, *where, "--wait", "--timeout", "2m", *settings)


def upgrade(*settings: str) -> str:
    """To today's chart, with the values that the release has."""
    words = ("--namespace", RELEASE, "--reset-then-reuse-values", *simulators_allowed(CHART))
    return helm("upgrade", RELEASE, CHART, *words, "--wait", "--timeout", "2m", *settings)


def simulators_allowed(chart: str) -> tuple[str, ...]:
    """What lets the operator reach the simulated districts; a chart of before needs nothing for that."""
    values = yaml.safe_load((Path(chart) / "values.yaml").read_text(encoding="utf-8"))
    return ("--set", "addresses.allow={*.simulator.svc}") if "addresses" in values else ()


def uninstall(namespace: str = RELEASE) -> str:
    """Wait until its pods are gone, and return what helm said."""
    said = helm("uninstall", RELEASE, "--namespace", namespace, check=False)
    kubectl(
        "-n",
        namespace,
        "wait",
        "--for=delete",
        "pod",
        "-l",
        "app.kubernetes.io/name=roster-operator",
        "--timeout=120s",
        check=False,
    )
    return said


def everything_gone() -> None:
    """Leave the node as an empty cluster: no districts, release, definitions, volumes in use, or namespaces of ours."""
    for release in json.loads(helm("list", "-A", "-o", "json")):
        helm("uninstall", release["name"], "--namespace", release["namespace"])
    until(
        "no pod of the operator", lambda: not get("pods", "-A", "-l", "app.kubernetes.io/name=roster-operator")["items"]
    )
    for district in (
        get("rosterintegrations", "-A")["items"]
        if "rosterintegrations" in kubectl("api-resources", "-o", "name")
        else []
    ):
        where = district["metadata"]
        kubectl(
            "-n",
            where["namespace"],
            "patch",
            "ri",
            where["name"],
            "--type=merge",
            "-p",
            '{"metadata":{"finalizers":null}}',
            check=False,
        )
    kubectl(
        "delete",
        "crd",
        "rosterintegrations.rostering.cpm.org",
        "ebooks.rostering.cpm.org",
        "--ignore-not-found",
        "--timeout=60s",
    )
    kubectl("delete", "namespace", *NAMESPACES, "--ignore-not-found", "--timeout=120s")
    if not OWN_NODE:
        return
    inside("sh", "-c", f"rm -rf {NODE_DIR}/run/volumes/*/* {NODE_DIR}/run/volumes/*/.[!.]*")
    for volume in get("persistentvolumes")["items"]:
        kubectl(
            "patch",
            "pv",
            volume["metadata"]["name"],
            "--type=json",
            "-p",
            '[{"op":"remove","path":"/spec/claimRef"}]',
            check=False,
        )


def namespace(name: str) -> Resource:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def secret(namespace: str, name: str = "sis", **values: str) -> Resource:
    values = values or {"clientID": "demo-key", "clientSecret": "demo-secret"}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": values,
    }


def simulator(name: str, students: int, *faults: str, where: str = "simulator") -> list[Resource]:
    """The simulated district of examples/simulator, of another size and with faults."""
    made, deployment, service = (
        *yaml.safe_load_all((REPO / "examples/simulator/namespace.yaml").read_text()),
        *yaml.safe_load_all((REPO / "examples/simulator/simulator.yaml").read_text()),
    )
    made["metadata"]["name"] = where
    labels = {"app.kubernetes.io/name": name}
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["args"] = ["--host", "0.0.0.0", "--port", "8080", "--students", str(students), "--seed", "1"]
    container["args"] += [word for fault in faults for word in ("--fault", fault)]
    for resource in (deployment, service):
        resource["metadata"] = {"name": name, "namespace": where}
    deployment["spec"]["selector"]["matchLabels"] = labels
    deployment["spec"]["template"]["metadata"]["labels"] = labels
    service["spec"]["selector"] = labels
    return [made, deployment, service]


def district(name: str, namespace: str, server: str, **spec: Any) -> Resource:
    source = {"baseURL": f"http://{server}:8080", "secretRef": {"name": "sis"}}
    return {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"live": False, "timeZone": "America/Chicago", "source": source, **spec},
    }


def condition(name: str, namespace: str, kind: str) -> Resource:
    """The condition of a district, once its status speaks of the spec that it has now; else an empty one."""
    found = get("ri", name, "-n", namespace)
    conditions = found.get("status", {}).get("conditions", [])
    current = [
        c for c in conditions if c["type"] == kind and c.get("observedGeneration") == found["metadata"]["generation"]
    ]
    return current[0] if current else {}


def is_true(name: str, namespace: str, kind: str) -> Callable[[], bool]:
    return lambda: condition(name, namespace, kind).get("status") == "True"


def operator_pod(namespace: str = RELEASE) -> Resource:
    pods = get("pods", "-n", namespace, "-l", "app.kubernetes.io/name=roster-operator")["items"]
    alive: list[Resource] = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    return alive[0]


def operator_log(namespace: str = RELEASE, *words: str) -> str:
    return kubectl("-n", namespace, "logs", f"deploy/{RELEASE}", *words)


def process_of(pod: Resource) -> int:
    """The pid of a pod's first container, as the node sees it."""
    ident = pod["status"]["containerStatuses"][0]["containerID"].removeprefix("containerd://")
    return int(next(line.split()[1] for line in inside("ctr", "tasks", "ls").splitlines() if line.startswith(ident)))


def peak_memory(pod: Resource) -> int:
    """The bytes that the pod's container took at most, by its cgroup."""
    uid = pod["metadata"]["uid"]
    ident = pod["status"]["containerStatuses"][0]["containerID"].removeprefix("containerd://")
    folder = next(Path("/sys/fs/cgroup/memory/knode").rglob(f"pod{uid}/{ident}"))
    return int((folder / "memory.max_usage_in_bytes").read_text())


def page(path: str, heading: str) -> list[str]:
    """The shell blocks below a heading of a page, without what needs an engine of containers."""
    text = (REPO / path).read_text(encoding="utf-8")
    level = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert level, f"{path} has no heading {heading!r}"
    rest = text[level.end() :]
    end = re.search(
        rf"^#{{1,{len(level[1])}}} ",
        re.sub(r"```.*?```", lambda m: "." * len(m[0]), rest, flags=re.DOTALL),
        re.MULTILINE,
    )
    found = re.findall(
        r"^ *```(?:sh|console)\n(.*?)```", rest[: end.start() if end else None], re.DOTALL | re.MULTILINE
    )
    blocks = (textwrap.dedent(each) for each in found)
    return [
        "".join(line for line in block.splitlines(True) if not line.startswith(("docker ", "kind ")))
        for block in blocks
    ]


def in_pod(*command: str) -> str:
    return kubectl("-n", RELEASE, "exec", f"deploy/{RELEASE}", "--", *command)


def licenses() -> int:
    """How many licenses are active, by the ledger in SQLite."""
    return int(in_pod("python", "-c", active_licenses("/var/lib/roster-operator/ledger.sqlite")))


def active_licenses(ledger: str) -> str:
    """What prints how many licenses of a SQLite ledger are active, in Python."""
    count = "select count(*) from active_licenses"
    return f"import sqlite3; print(sqlite3.connect('{ledger}').execute('{count}').fetchone()[0])"


def ready() -> bool:
    return bool(operator_pod()["status"]["containerStatuses"][0]["ready"])


def sync_now(name: str, namespace: str) -> None:
    token = f"{time.time()}"
    kubectl("annotate", "ri", name, "-n", namespace, "--overwrite", f"rostering.cpm.org/requested-at={token}")
    until(
        "the request was handled",
        lambda: get("ri", name, "-n", namespace)["status"].get("lastHandledRequestedAt") == token,
        120,
    )


SCHOOL = [{"id": "994"}]
COURSE = [{"code": "MA101", "ebooks": ["core-connections-course-1"]}]
WIDE = {"districtPercent": 100, "schoolPercent": 100}
