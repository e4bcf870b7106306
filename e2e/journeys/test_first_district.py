"""docs/start/cluster.md and other pages, word by word, with the chart's defaults; and what the pod is."""

from __future__ import annotations

import json
import re

from e2e.journeys.cluster import (
    REPO,
    get,
    in_pod,
    inside,
    kubectl,
    operator_pod,
    page,
    peak_memory,
    ready,
    shell,
    until,
)


def test_the_page_for_a_cluster() -> None:
    for block in page("docs/start/cluster.md", "A district in a cluster"):
        shell(block)

    status = get("ri", "springfield", "-n", "districts")["status"]
    assert status["history"][1]["revoked"] == 132 or status["history"][0]["revoked"] == 132


def test_the_pod_is_what_the_documentation_says() -> None:
    until("ready", ready)
    assert in_pod("id", "-u").strip() == in_pod("id", "-g").strip() == "65532"
    assert "Read-only file system" in kubectl(
        "-n", "roster-operator", "exec", "deploy/roster-operator", "--", "touch", "/x", check=False
    )
    in_pod("sh", "-c", "touch /tmp/x && rm /tmp/x")
    status = in_pod("cat", "/proc/1/status")
    assert re.search(r"CapEff:\s0+\n", status)
    assert re.search(r"NoNewPrivs:\s1\n", status)
    assert re.search(r"Seccomp:\s2\n", status)
    assert int(in_pod("cat", "/sys/fs/cgroup/memory/memory.limit_in_bytes")) == 2**30
    assert peak_memory(operator_pod()) < 2**28


def test_commands_of_the_pages() -> None:
    for block in (
        *page("docs/how-to/sync-now.md", "Sync now"),
        *page("docs/how-to/suspend-a-district.md", "Suspend a district"),
        *page("docs/reference/rosterintegration.md", "Wait until it is ready"),
        *page("docs/reference/rosterintegration.md", "Select and list"),
        *page("docs/support/troubleshooting.md", "Where to look")[:1],
        *page("docs/reference/operator-permissions.md", "People"),
    ):
        shell(block)
    assert "springfield" in shell("kubectl exec -n roster-operator deploy/roster-operator -- roster-operator districts")


def test_the_notes_as_printed() -> None:
    kubectl("delete", "ri", "--all", "-n", "districts")
    kubectl("delete", "namespace", "districts")
    notes = inside("helm", "get", "notes", "roster-operator", "--namespace", "roster-operator")
    commands = [
        line.strip()
        for line in re.sub(r"\\\n\s+", "", notes).splitlines()
        if re.match(r"(?:\s+|.* )?(?:\d\. )?(?:kubectl|helm) ", line)
    ]
    commands = [re.sub(r"^\d\. ", "", line) for line in commands]
    first = next(index for index, line in enumerate(commands) if "delete rosterintegrations" in line)
    district = (REPO / "examples/springfield/rosterintegration.yaml").read_text()
    with_names = [
        line.replace("clientID=...", "clientID=demo-key").replace("clientSecret=...", "clientSecret=demo-secret")
        for line in commands[:first]
    ]

    for line in with_names:
        if "springfield.yaml" in line:
            kubectl("apply", "-f", "examples/ebooks")
            kubectl("apply", "-f", "-", stdin=district)
            shell("kubectl wait ri springfield -n districts --for=condition=Ready --timeout=60s")
        else:
            shell(line)
    for line in commands[first:]:
        if "finalizers" not in line:
            shell(line)
    assert json.loads(kubectl("get", "crd", "-o", "json"))["items"] == []
