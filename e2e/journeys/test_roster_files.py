"""Rosters as files of a volume: the chart's rosterFiles, a folder for each namespace, read-only in the pod."""

from __future__ import annotations

from typing import Any

from e2e.journeys.cluster import (
    COURSE,
    IMAGE,
    RELEASE,
    SCHOOL,
    apply,
    condition,
    district,
    in_pod,
    install,
    is_true,
    kubectl,
    namespace,
    until,
)

SAFE = {"runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532}


def files(name: str, where: str, path: str) -> dict[str, Any]:
    source = {"type": "OneRosterCSV", "baseURL": f"file://{path}", "settleTime": "1s"}
    return {
        **district(name, where, "-"),
        "spec": {"live": True, "timeZone": "America/Chicago", "source": source, "schools": SCHOOL, "courses": COURSE},
    }


def test_a_district_delivers_files_to_the_folder_of_its_namespace() -> None:
    apply(namespace(RELEASE), namespace("districts"), namespace("others"))
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    simulate = "python -m district_simulator --students 600 --write-csv"
    write = f"mkdir -p /rosters/districts && {simulate} /rosters/districts/springfield.zip"
    container = {
        "name": "write",
        "image": IMAGE,
        "command": ["sh", "-ec", write],
        "volumeMounts": [{"name": "rosters", "mountPath": "/rosters"}],
    }
    volume = {"name": "rosters", "persistentVolumeClaim": {"claimName": "rosters"}}
    apply(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "rosters", "namespace": RELEASE},
            "spec": claim,
        },
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "write", "namespace": RELEASE},
            "spec": {"restartPolicy": "Never", "securityContext": SAFE, "containers": [container], "volumes": [volume]},
        },
    )
    kubectl("-n", RELEASE, "wait", "pod/write", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
    install("--set", "rosterFiles.path=/rosters", "--set", "rosterFiles.existingClaim=rosters")
    kubectl("apply", "-f", "examples/ebooks")
    apply(
        files("springfield", "districts", "/rosters/districts/springfield.zip"),
        files("thief", "others", "/rosters/districts/springfield.zip"),
    )
    until("synced", is_true("springfield", "districts", "Synced"), 90)


def test_another_namespace_cannot_read_them() -> None:
    until("it is refused", lambda: condition("thief", "others", "Ready").get("status") == "False")
    assert "/rosters/others" in condition("thief", "others", "Ready")["message"]


def test_the_operator_cannot_write_there() -> None:
    assert "Read-only" in kubectl("-n", RELEASE, "exec", f"deploy/{RELEASE}", "--", "touch", "/rosters/x", check=False)
    assert in_pod("ls", "/rosters/districts").split() == ["springfield.zip"]
