"""The chapters of the demo."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import yaml
from hack.demo.screen import Screen
from hack.demo.springfield import NAME, STUDENTS, Springfield
from hack.demo.stage import NAMESPACE, StageError

CANARY = "994"
RESOURCE = f"ri {NAME} -n {NAMESPACE}"


def introduce(screen: Screen, stage: Springfield) -> None:
    """Who is who."""
    screen.chapter("A school district with a student information system (SIS)")
    screen.say(
        f"A simulated district of {STUDENTS} students and three schools serves OneRoster 1.1 at {stage.address}."
    )
    screen.say("The example in examples/springfield maps five mathematics courses of three schools to eBooks.")


def plan_without_a_cluster(screen: Screen, stage: Springfield) -> None:
    """What a pull request would show."""
    screen.chapter("No cluster needed: the plan of the example district")
    screen.say("The control plane is built meanwhile; that takes some minutes, this once.")
    status = yaml.safe_load(stage.plan_only())["status"]
    shown = {key: status[key] for key in ("conditions", "roster", "plan") if key in status}
    shown["conditions"] = [f"{c['type']}={c['status']} ({c['reason']})" for c in status["conditions"]]
    screen.command(
        "roster-operator sync --file examples/springfield --file examples/ebooks --plan-only",
        yaml.safe_dump({"status": shown}, sort_keys=False, width=100),
    )


def prepare_cluster(screen: Screen, stage: Springfield) -> None:
    """A real API server, and the operator under its own ServiceAccount."""
    screen.chapter("A Kubernetes API server, the CRDs, six eBooks, and the operator")
    stage.start_control_plane()
    screen.command("kubectl get ebooks", stage.kubectl("get", "ebooks"))
    stage.start_operator()
    screen.say("The operator runs with the ServiceAccount and the permissions that the Helm chart ships.")


def setup_mode(screen: Screen, stage: Springfield) -> None:
    """Everything is read, checked and planned; nothing is written."""
    screen.chapter("Setup mode: kubectl apply -f examples/springfield")
    stage.kubectl("apply", "-f", str(stage.manifests))
    with screen.waiting("the first plan"):
        stage.wait_until("the first plan", NAME, _planned)
    screen.command(f"kubectl get {RESOURCE}", stage.kubectl("get", "ri", NAME, "-n", NAMESPACE))
    screen.command(f"kubectl describe {RESOURCE}", _described(stage))
    screen.say("Nothing is licensed yet. What the SIS offers, to choose from, is in a ConfigMap:")
    catalog = stage.kubectl("get", "configmap", f"{NAME}-catalog", "-n", NAMESPACE, "-o", "yaml")
    screen.command(f"kubectl get configmap {NAME}-catalog -n {NAMESPACE} -o yaml", "\n".join(catalog.splitlines()[:24]))


def bring_old_licenses(screen: Screen, stage: Springfield) -> None:
    """The licenses of an old platform come into the ledger, and are not recognized."""
    screen.chapter("Licenses from before: an old platform's export is taken in")
    screen.say("The old platform knew the students by emails of a former domain; some have two accounts.")
    export = stage.export_old_licenses()
    screen.command(f"head -4 {export.name}", "\n".join(export.read_text(encoding="utf-8").splitlines()[:4]))
    _shown_then_done(screen, stage, "import", NAME, str(export), "-n", NAMESPACE)
    _sync(screen, stage, "before")
    checklist = ("checklist", NAME, "-n", NAMESPACE)
    screen.command(_typed(checklist), stage.roster_operator(*checklist))
    screen.say("Going live now would give these students a second account each.")


def clean_up(screen: Screen, stage: Springfield) -> None:
    """The accounts from before become recognizable, by the rule that the checklist names."""
    screen.chapter("The dirty district is made clean, by the rule that the checklist found")
    command = ("cleanup", NAME, "-n", NAMESPACE, "--username-from", "local-part")
    _shown_then_done(screen, stage, *command, reason="usernames without the old domain")
    plan = _sync(screen, stage, "cleaned")["status"]["plan"]
    shown = {key: plan[key] for key in ("accountsLinked", "grants", "revocations") if key in plan}
    screen.command("the plan, from status.plan", yaml.safe_dump(shown, sort_keys=False))


def go_live_at_one_school(screen: Screen, stage: Springfield) -> None:
    """One school first; the others stay in setup mode."""
    screen.chapter("Live at one school: spec.live becomes true, and spec.canary names the school")
    _patch(stage, {"live": True, "canary": {"schools": [CANARY]}})
    with screen.waiting("the first sync that writes"):
        resource = stage.wait_until("the first sync that writes", NAME, _synced)
    _show_licenses(screen, resource)
    screen.command("what the other schools would change, from status.canary", resource["status"]["canary"]["message"])


def go_live(screen: Screen, stage: Springfield) -> None:
    """The district's licenses become what the roster says."""
    screen.chapter("Going live everywhere: spec.canary is removed")
    _patch(stage, {"canary": None})
    with screen.waiting("the first sync of all schools"):
        resource = stage.wait_until("the first sync of all schools", NAME, _synced)
    _show(screen, stage, resource)


def roster_changes(screen: Screen, stage: Springfield) -> None:
    """A night later: students arrive, leave and move."""
    screen.chapter("The roster changes: three students arrive, one leaves, one moves to another class")
    stage.change_roster(stage.address, "student-arrives,count=3", "student-leaves:S1000003", "student-moves:S1000020")
    _show(screen, stage, _sync(screen, stage, "night"))


def hand_over(screen: Screen, stage: Springfield) -> None:
    """How to reach what goes on running, and how to end it."""
    screen.chapter("Everything keeps running. Try it out")
    environment = stage.write_environment()
    screen.say("In a shell, say where it all is; this also puts kubectl and roster-operator on the path:")
    screen.command(f". {environment}", environment.read_text(encoding="utf-8"))
    screen.say(f"Then ask the API server: kubectl get {RESOURCE}; or: kubectl explain ri.spec")
    screen.say(f"The simulated district listens at {stage.address}. Let five more students arrive, and sync:")
    changes = '{"changes": ["student-arrives,count=5"]}'
    for line in (
        f"curl -X POST $DISTRICT/_simulator/changes -H 'Content-Type: application/json' -d '{changes}'",
        f"kubectl annotate {RESOURCE} --overwrite rostering.cpm.org/requested-at=$(date -u +%FT%TZ)",
    ):
        screen.command(line)
    screen.say("Set up a second district by questions: URL http://127.0.0.1:8099/aeries, demo-key, demo-secret:")
    for line in (
        "python -m district_simulator --vendor Aeries --port 8099 > .demo/simulator.log &",
        "kubectl roster wizard shelbyville -n districts",
        "kubectl roster fleet -n districts",
    ):
        screen.command(line)
    screen.say(f"The ledger is SQLite: {stage.folder / 'ledger.sqlite'}")
    screen.command("roster-operator districts")
    screen.say(f"The operator's log: {stage.folder / 'operator.log'}")
    screen.say("To end it and remove all of it: make demo ARGS=--stop")


def say_goodbye(screen: Screen, stage: Springfield) -> None:
    """Remove the district as a person would."""
    screen.chapter("Cleaning up")
    stage.kubectl("delete", "ri", NAME, "-n", NAMESPACE, "--timeout=60s")
    screen.say("The resource is gone; deletionPolicy Retain left the licenses as they are.")
    stage.tidy_up()
    screen.say("Everything that was started is stopped, and nothing is left behind. README.md goes on from here.")
    screen.say("What people without kubectl see: `make console` opens its pages, with five districts in five states.")


def _patch(stage: Springfield, spec: dict[str, Any]) -> None:
    stage.kubectl("patch", "ri", NAME, "-n", NAMESPACE, "--type=merge", "-p", json.dumps({"spec": spec}))


def _sync(screen: Screen, stage: Springfield, token: str) -> dict[str, Any]:
    """Ask for a sync, and wait for it; the district after it."""
    requested = f"rostering.cpm.org/requested-at={token}"
    stage.kubectl("annotate", "ri", NAME, "-n", NAMESPACE, requested, "--overwrite")
    with screen.waiting("the sync that was asked for"):
        return stage.wait_until(
            "the sync", NAME, lambda ri: ri.get("status", {}).get("lastHandledRequestedAt") == token and _observed(ri)
        )


def _shown_then_done(screen: Screen, stage: Springfield, *command: str, reason: str = "") -> None:
    """Run a command that shows first what it would do; then let it do that, by the digest that it showed."""
    shown = stage.roster_operator(*command)
    screen.command(_typed(command), shown)
    digest = re.search(r"plan-[0-9a-f]{24}", shown)
    if digest is None:
        raise StageError(f"{command[0]} showed no digest:\n{shown}")
    doing = (*command, "--digest", digest[0], *(("--reason", reason) if reason else ()))
    screen.command(_typed(doing), stage.roster_operator(*doing))


def _typed(command: tuple[str, ...]) -> str:
    return shlex.join(("roster-operator", *(Path(word).name if word.endswith(".csv") else word for word in command)))


def _show(screen: Screen, stage: Springfield, resource: dict[str, Any]) -> None:
    screen.command(f"kubectl get {RESOURCE}", stage.kubectl("get", "ri", NAME, "-n", NAMESPACE))
    status = ("status", NAME, "-n", NAMESPACE)
    screen.command(_typed(status), stage.roster_operator(*status))
    _show_licenses(screen, resource)


def _show_licenses(screen: Screen, resource: dict[str, Any]) -> None:
    licenses = resource["status"]["licenses"]
    lines = [f"{'EBOOK':32} {'EDITION':8} ACTIVE"]
    lines += [f"{row['name']:32} {row['edition']:8} {row['active']:6}" for row in licenses.get("byEBook", [])]
    lines.append(f"{'all':32} {'':8} {licenses['active']:6}")
    screen.command("the licenses, from status.licenses", "\n".join(lines))


def _described(stage: Springfield) -> str:
    """`kubectl describe`, without the spec that was just applied."""
    text = stage.kubectl("describe", "ri", NAME, "-n", NAMESPACE)
    head, _, rest = text.partition("\nSpec:")
    return head.split("\nAPI Version")[0] + "\n...\nStatus:" + rest.partition("\nStatus:")[2]


def _condition(resource: dict[str, Any], name: str) -> dict[str, Any]:
    conditions = resource.get("status", {}).get("conditions", [])
    return next((condition for condition in conditions if condition["type"] == name), {})


def _observed(resource: dict[str, Any]) -> bool:
    status = resource.get("status", {})
    return bool(status.get("observedGeneration") == resource["metadata"]["generation"] and status.get("lastSync"))


def _planned(resource: dict[str, Any]) -> bool:
    return _observed(resource) and "plan" in resource["status"]


def _synced(resource: dict[str, Any]) -> bool:
    return _observed(resource) and _condition(resource, "Synced").get("status") == "True"
