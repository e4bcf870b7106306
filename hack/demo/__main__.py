"""`make demo`: a dirty district is made clean and goes live, school by school, on a machine that has nothing.

It needs no container engine, and leaves nothing running and nothing behind, also when it is interrupted, except after
a failure: then the folder `.demo` holds the logs. With `--keep` everything goes on running, to be tried out, until
`--stop`.
"""

from __future__ import annotations

import argparse
import functools
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from hack.controlplane.build import BuildError, build
from hack.controlplane.recipe import built_folder
from hack.demo import keep, story
from hack.demo.interrupts import end_for_good, hear_interrupts
from hack.demo.screen import Screen
from hack.demo.springfield import Springfield
from hack.demo.stage import FOLDER, StageError


class ControlPlaneBuild(threading.Thread):
    """Builds the control plane while the demo already shows something."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(name="control plane build", daemon=True)
        self._screen = screen
        self.error: str = ""

    def run(self) -> None:
        """Build, and remember what went wrong."""
        try:
            build(self._screen.background)
        except BuildError as error:
            self.error = str(error)


def main() -> int:
    """Play, keep or stop the demo; 0 if all went well."""
    options = argparse.ArgumentParser(prog="make demo", description="Show the operator at work.")
    options.add_argument("--keep", action="store_true", help="leave everything running, and say how to reach it")
    options.add_argument("--stop", action="store_true", help="end what --keep left running")
    options.add_argument("--folder", type=Path, default=FOLDER, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    folder: Path = chosen.folder.resolve()
    if chosen.stop:
        stopped = keep.stop(folder)
        print("Everything that the demo started is stopped." if stopped else "No demo is kept here.")
        return 0 if stopped else 1
    if keep.keeper_of(folder) is not None:
        print("A demo is kept here already. To end it: make demo ARGS=--stop")
        return 1
    return keep.apart(functools.partial(play, folder)) if chosen.keep else play(folder)


def play(folder: Path, stands: Callable[[], None] | None = None) -> int:
    """Tell the story; 0 if it came to its good end. With `stands`, then call it and keep everything running."""
    hear_interrupts()
    screen = Screen()
    first_time = not built_folder().exists()
    building = ControlPlaneBuild(screen)
    building.start()
    try:
        with Springfield(folder) as stage:
            story.introduce(screen, stage)
            if first_time:
                story.plan_without_a_cluster(screen, stage)
            building.join()
            if building.error:
                screen.say(f"The control plane could not be built: {building.error}")
                return 1
            story.prepare_cluster(screen, stage)
            story.setup_mode(screen, stage)
            story.bring_old_licenses(screen, stage)
            story.clean_up(screen, stage)
            story.go_live_at_one_school(screen, stage)
            story.go_live(screen, stage)
            story.roster_changes(screen, stage)
            if stands:
                story.hand_over(screen, stage)
                keep.wait_for_the_end(folder, stands)
            story.say_goodbye(screen, stage)
    except StageError as error:
        screen.say(f"The demo stopped: {error}")
        return 1
    except KeyboardInterrupt:
        end_for_good()
        shutil.rmtree(folder, ignore_errors=True)
        screen.say("Interrupted; everything that was started is stopped, and nothing is left behind.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
