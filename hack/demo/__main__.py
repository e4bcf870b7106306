"""`make demo`: a district from setup mode over going live to a roster change, on a machine that has nothing.

It needs no container engine, and leaves nothing running and nothing behind, also when it is interrupted, except after
a failure: then the folder `.demo` holds the logs.
"""

from __future__ import annotations

import shutil
import signal
import sys
import threading

from hack.controlplane.build import BuildError, build
from hack.controlplane.recipe import built_folder
from hack.demo import story
from hack.demo.screen import Screen
from hack.demo.stage import FOLDER, Stage, StageError


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
    """Tell the story; 0 if it came to its good end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    screen = Screen()
    first_time = not built_folder().exists()
    building = ControlPlaneBuild(screen)
    building.start()
    try:
        with Stage() as stage:
            story.introduce(screen, stage)
            if first_time:
                story.plan_without_a_cluster(screen, stage)
            building.join()
            if building.error:
                screen.say(f"The control plane could not be built: {building.error}")
                return 1
            story.prepare_cluster(screen, stage)
            story.setup_mode(screen, stage)
            story.go_live(screen, stage)
            story.roster_changes(screen, stage)
            story.say_goodbye(screen, stage)
    except StageError as error:
        screen.say(f"The demo stopped: {error}")
        return 1
    except KeyboardInterrupt:
        # make passes a signal on that the terminal has sent already.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        shutil.rmtree(FOLDER, ignore_errors=True)
        screen.say("Interrupted; everything that was started is stopped, and nothing is left behind.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
