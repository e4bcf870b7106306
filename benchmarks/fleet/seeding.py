"""Writes thousands of resources straight into etcd, as the API server stores them, which would take it half an hour."""

from __future__ import annotations

import base64
import copy
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx2
from benchmarks.fleet.stage import NAMESPACE, Stage

from roster_operator.api import names as api
from roster_operator.kube.metadata_watch import secret_version

_AT_ONCE: Final = 64
"""etcd takes at most 128 changes in one transaction."""
_SECRETS: Final = f"/registry/secrets/{NAMESPACE}"
_INTEGRATIONS: Final = f"/registry/{api.GROUP}/{api.ROSTER_INTEGRATION_PLURAL}/{NAMESPACE}"
Object = dict[str, Any]


def seed(stage: Stage, template: str, names: Sequence[str], *, synced: bool) -> None:
    """Make copies of a district that was synced, and of its Secret; without `synced` as if they were just created.

    The next sync of each is due tomorrow. Those that were just created are suspended, as nobody serves them.
    """
    integration = json.loads(
        stage.cluster.kubectl("get", "ri", "-n", NAMESPACE, template, "-o", "json", "--show-managed-fields")
    )
    secret = json.loads(
        stage.cluster.kubectl("get", "secret", "-n", NAMESPACE, template, "-o", "json", "--show-managed-fields")
    )
    with httpx2.Client(base_url=stage.cluster.etcd_url, timeout=60) as etcd:
        for some in _batches(names):
            secrets = {f"{_SECRETS}/{name}": _named(secret, name) for name in some}
            revision = _put(etcd, secrets)
            versions = {
                each["metadata"]["name"]: secret_version({**each["metadata"], "resourceVersion": revision})
                for each in secrets.values()
            }
            _put(
                etcd,
                {
                    f"{_INTEGRATIONS}/{name}": _synced(integration, name, version)
                    if synced
                    else _new(integration, name)
                    for name, version in versions.items()
                },
            )


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(names), _AT_ONCE):
        yield names[first : first + _AT_ONCE]


def _put(etcd: httpx2.Client, objects: Mapping[str, Object]) -> str:
    """Write all in one transaction; its revision is the resourceVersion of each."""
    puts = [
        {"requestPut": {"key": _encoded(key), "value": _encoded(json.dumps(value))}} for key, value in objects.items()
    ]
    answer = etcd.post("/v3/kv/txn", json={"success": puts}).raise_for_status().json()
    return str(answer["header"]["revision"])


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _named(original: Object, name: str) -> Object:
    """A copy under another name; etcd knows the resourceVersion."""
    metadata = {key: value for key, value in original["metadata"].items() if key != "resourceVersion"}
    return {**original, "metadata": {**metadata, "name": name, "uid": str(uuid.uuid4())}}


def _synced(original: Object, name: str, version: str) -> Object:
    made = _addressed(original, name)
    tomorrow = f"{datetime.now(UTC) + timedelta(hours=24):%Y-%m-%dT%H:%M:%SZ}"
    made["status"] = {**made["status"], "observedSecretVersion": version, "nextSyncTime": tomorrow}
    return made


def _new(original: Object, name: str) -> Object:
    made = _addressed(original, name)
    del made["status"], made["metadata"]["finalizers"]
    made["metadata"]["generation"] = 1
    made["metadata"]["managedFields"] = [
        each for each in made["metadata"].get("managedFields", ()) if "f:finalizers" not in json.dumps(each)
    ][:1]
    made["spec"]["suspend"] = True
    return made


def _addressed(original: Object, name: str) -> Object:
    made = copy.deepcopy(_named(original, name))
    made["spec"]["source"] |= {"baseURL": f"https://{name}.example.org/ims/oneroster", "secretRef": {"name": name}}
    return made
