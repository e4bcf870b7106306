"""Five districts in five states, for the console to show: each a RosterIntegration and a simulated SIS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import yaml
from hack.demo.stage import NAMESPACE, ROOT, Stage
from hack.processes import Child

LEAVERS: Final = 60
_REQUEST: Final = "rostering.cpm.org/requested-at"


@dataclass(frozen=True)
class Example:
    """A district of the demo."""

    name: str
    state: str
    """What the console shows of it, for whoever looks at it first."""
    condition: str
    """Which it comes to, as TYPE=STATUS."""
    students: int
    live: bool = True
    client_secret: str = "demo-secret"  # noqa: S105 - the simulator's
    sis: tuple[str, ...] = ()
    """Options of its simulator."""
    later: tuple[str, ...] = ()
    """What happens in it after its first sync."""


EXAMPLES: Final = (
    Example("springfield", "healthy, and synced", "Synced=True", 120),
    Example(
        "shelbyville",
        "in setup mode: checked and planned, with nothing written",
        "MappingsResolved=True",
        90,
        live=False,
    ),
    Example(
        "ogdenville",
        "half of its students left over night; their removals are held for a decision",
        "Held=True",
        150,
        later=(f"student-leaves:S1000003,count={LEAVERS}",),
    ),
    Example(
        "lakeview",
        "its SIS refuses the key and secret",
        "CredentialsValid=False",
        100,
        client_secret="mistyped",  # noqa: S106
    ),
    Example(
        "riverside",
        "its SIS has rows that nobody can read",
        "DataClean=False",
        110,
        sis=("--fault=bad-rows=dangling,on=enrollments",),
    ),
)


NEWCOMER: Final = "northhaven"
"""A SIS of which no RosterIntegration knows: for whoever tries the wizard."""


class Districts:
    """All of them on a stage."""

    def __init__(self, stage: Stage) -> None:
        """Start their simulators; `apply` waits for them."""
        self._stage = stage
        self._simulators: dict[str, Child] = {}
        for each in EXAMPLES:
            options = (f"--students={each.students}", "--schools=3", *each.sis)
            self._simulators[each.name] = stage.start_simulator(each.name, *options)
        self._newcomer = stage.start_simulator(NEWCOMER, "--students=80", "--schools=2")

    def newcomer(self) -> str:
        """The URL of the SIS that nobody has set up."""
        return self._stage.address_of(self._newcomer)

    def apply(self) -> None:
        """Create them, and bring each to its state."""
        addresses = {name: self._stage.address_of(child) for name, child in self._simulators.items()}
        documents = [document for each in EXAMPLES for document in _manifests(each, addresses[each.name])]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": documents})
        self._stage.kubectl("create", "namespace", NAMESPACE)
        self._stage.kubectl("apply", "-f", "-", text=text)
        for each in EXAMPLES:
            if each.later:
                self._stage.wait_until(f"the first sync of {each.name}", each.name, partial(_has, "Synced=True"))
                self._stage.change_roster(addresses[each.name], *each.later)
                self._stage.kubectl("annotate", "ri", each.name, "-n", NAMESPACE, f"{_REQUEST}=demo", "--overwrite")
        for each in EXAMPLES:
            self._stage.wait_until(f"{each.name}: {each.state}", each.name, partial(_has, each.condition))


def _manifests(example: Example, address: str) -> list[dict[str, Any]]:
    """Of the example of examples/springfield, with the name, the SIS and the mode of this one."""
    found = []
    for source in (ROOT / "examples" / "springfield").glob("*.yaml"):
        document = yaml.safe_load(source.read_text(encoding="utf-8"))
        if document["kind"] == "Namespace":
            continue
        if document["kind"] == "Secret":
            document["metadata"]["name"] = f"{example.name}-sis"
            document["stringData"]["clientSecret"] = example.client_secret
        else:
            document["metadata"]["name"] = example.name
            document["spec"]["live"] = example.live
            document["spec"]["source"] |= {"baseURL": address, "secretRef": {"name": f"{example.name}-sis"}}
        found.append(document)
    return found


def _has(condition: str, resource: Mapping[str, Any]) -> bool:
    kind, _, status = condition.partition("=")
    conditions = resource.get("status", {}).get("conditions", [])
    return any((each["type"], each["status"]) == (kind, status) for each in conditions)
