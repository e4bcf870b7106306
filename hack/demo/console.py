"""`make console`: the console's pages with five districts in five states, until Ctrl-C.

Needs what `make demo` needs, listens on the loopback address alone, and leaves nothing running and nothing behind;
after a failure the folder `.demo-console` holds the logs.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import time
from pathlib import Path

from hack.controlplane.build import BuildError, build
from hack.demo.districts import EXAMPLES, NEWCOMER, Districts
from hack.demo.interrupts import end_for_good, hear_interrupts
from hack.demo.screen import Screen
from hack.demo.stage import NAMESPACE, OPERATOR_NAMESPACE, ROOT, Stage, StageError

FOLDER = ROOT / ".demo-console"
VISITOR = "visitor"
ROLES = ("publisher", "privacy")
_LOOK_AFTER = 2.0
"""Seconds, again and again, whether everything still runs."""


def main() -> int:
    """Show it, until interrupted; 0 then."""
    options = argparse.ArgumentParser(prog="make console", description="Show the console, with simulated districts.")
    options.add_argument("--folder", type=Path, default=FOLDER, help=argparse.SUPPRESS)
    folder: Path = options.parse_args().folder.resolve()
    hear_interrupts()
    screen = Screen()
    try:
        build(screen.background)
        with Stage(folder) as stage:
            show(screen, stage)
    except (BuildError, StageError) as error:
        screen.say(f"The console stopped: {error}")
        return 1
    except KeyboardInterrupt:
        end_for_good()
        shutil.rmtree(folder, ignore_errors=True)
        screen.say("Everything that was started is stopped, and nothing is left behind.")
    return 0


def show(screen: Screen, stage: Stage) -> None:
    """Start everything, say how to get in, and stay."""
    districts = Districts(stage)
    token = f"{VISITOR}-{secrets.token_hex(8)}"
    with screen.waiting("the Kubernetes API server, the operator and the console"):
        stage.start_control_plane(**{VISITOR: token})
        stage.start_operator()
        address = stage.start_console()
        for role in ROLES:
            name = f"{VISITOR}-{role}"
            about = (f"--clusterrole={OPERATOR_NAMESPACE}:roster-operator:{role}", f"--user={VISITOR}")
            stage.kubectl("create", "clusterrolebinding", name, *about)
    with screen.waiting("five districts and their first syncs"):
        districts.apply()
    screen.chapter("The console is open")
    screen.command(f"open {address}")
    screen.say(f"Sign in with the token {token}")
    for each in EXAMPLES:
        screen.background(f"{each.name:12} {each.state}")
    screen.say(f"{address}/namespaces/{NAMESPACE}/districts/{EXAMPLES[0].name} can explain a student: S1000003")
    screen.say(f"{address}/wizard sets up one more: namespace {NAMESPACE}, name {NEWCOMER}; then")
    screen.background(f"URL {districts.newcomer()}  key demo-key  secret demo-secret")
    screen.say("Ctrl-C ends it and removes all of it.")
    while True:
        stage.check()
        time.sleep(_LOOK_AFTER)


if __name__ == "__main__":
    sys.exit(main())
