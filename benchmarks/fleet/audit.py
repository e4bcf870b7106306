"""The requests of the operator's account, as the API server itself writes them down: kopf's are among them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import yaml

ACCOUNT = "system:serviceaccount:roster-operator:roster-operator"


class AuditLog:
    """Requests by verb and resource since it was last read."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "audit.log"
        self._policy = folder / "audit-policy.yaml"
        self._read = 0
        policy = {
            "apiVersion": "audit.k8s.io/v1",
            "kind": "Policy",
            "omitStages": ["RequestReceived"],
            "rules": [{"level": "Metadata", "users": [ACCOUNT]}, {"level": "None"}],
        }
        self._policy.write_text(yaml.safe_dump(policy), encoding="utf-8")

    @property
    def options(self) -> list[str]:
        """What makes an API server write it."""
        return [f"--audit-policy-file={self._policy}", f"--audit-log-path={self._log}", "--audit-log-maxsize=1000"]

    def requests(self) -> Counter[str]:
        """How many requests came since the last call, such as `patch rosterintegrations/status`."""
        found: Counter[str] = Counter()
        if not self._log.exists():
            return found
        with self._log.open("rb") as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                event = json.loads(line)
                # A watch is written down when it begins and when it ends; it is one request, at its beginning.
                if event["verb"] == "watch" and event["stage"] != "ResponseStarted":
                    continue
                found[f"{event['verb']} {_resource(event)}"] += 1
        return found


def _resource(event: dict[str, dict[str, str]]) -> str:
    reference = event.get("objectRef") or {}
    name = reference.get("resource", "other")
    return f"{name}/{reference['subresource']}" if reference.get("subresource") else name
