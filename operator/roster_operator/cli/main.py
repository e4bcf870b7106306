"""The console script `roster-operator`."""

from __future__ import annotations

import ctypes
import gc
import getpass
import os
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Final

import click

from roster_operator import __version__

COMMAND_MODULES = {
    "access": "roster_operator.cli.verbs.access",
    "approve": "roster_operator.cli.verbs.approve",
    "block": "roster_operator.cli.verbs.by_hand",
    "bundle": "roster_operator.cli.verbs.bundle",
    "calendar": "roster_operator.cli.verbs.calendar",
    "changes": "roster_operator.cli.verbs.changes",
    "check": "roster_operator.cli.verbs.check",
    "checklist": "roster_operator.cli.verbs.checklist",
    "cleanup": "roster_operator.cli.verbs.cleanup",
    "console": "roster_operator.cli.console",
    "decisions": "roster_operator.cli.verbs.by_hand",
    "districts": "roster_operator.cli.districts",
    "erase": "roster_operator.cli.verbs.erase",
    "explain": "roster_operator.cli.verbs.explain",
    "export": "roster_operator.cli.verbs.export",
    "fleet": "roster_operator.cli.verbs.fleet",
    "grant": "roster_operator.cli.verbs.by_hand",
    "history": "roster_operator.cli.verbs.history",
    "import": "roster_operator.cli.verbs.import_",
    "notify": "roster_operator.cli.verbs.notify",
    "plan": "roster_operator.cli.verbs.plan",
    "run": "roster_operator.cli.run",
    "seats": "roster_operator.cli.verbs.seats",
    "status": "roster_operator.cli.verbs.status",
    "sync": "roster_operator.cli.sync",
    "undo": "roster_operator.cli.verbs.undo",
    "transfer": "roster_operator.cli.districts",
    "upcoming": "roster_operator.cli.verbs.upcoming",
    "wizard": "roster_operator.cli.verbs.wizard",
}
"""Each with its module, imported only when it is asked for: `sync` needs no Kubernetes client, and starts without."""

_COLLECT_EVERY: Final = 20_000
"""Objects that may refer to others, made and not yet freed, before cycles are looked for: rows of a roster have none,
and the interpreter's 700 cost a sync a fifth of its time."""


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Of glibc's malloc.h."""
_LARGE: Final = 2 * 1024 * 1024
"""Bytes of a block, from which on it goes back to the system when it is freed."""
_KEPT: Final = 4 * 1024 * 1024
"""Free bytes at the end of the heap that are not given back, as they will be needed again."""


def give_memory_back() -> None:
    """Have glibc give back what answers took, once they are done with, and let all threads share what they freed.

    Else each thread may keep the largest that it ever had. Other C libraries do that by themselves, or not at all.
    """
    with suppress(OSError, AttributeError):
        set_option = ctypes.CDLL(None).mallopt
        for option, value in ((_M_MMAP_THRESHOLD, _LARGE), (_M_TRIM_THRESHOLD, _KEPT), (_M_ARENA_MAX, 2)):
            set_option(option, value)


def load_command(name: str) -> click.Command:
    """A command, from its module. What imports make stays, so it is not searched for garbage, neither now nor later."""
    give_memory_back()
    gc.set_threshold(_COLLECT_EVERY, 10, 10)
    gc.disable()
    command = getattr(import_module(COMMAND_MODULES[name]), f"{name}_" if iskeyword(name) else name)
    gc.freeze()
    gc.enable()
    assert isinstance(command, click.Command)
    return command


class Commands(click.Group):
    """The commands, loaded one by one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuses what no database could look for, as a terminal with another encoding writes it."""
        if any(arg.encode(errors="ignore").decode() != arg for arg in args):
            raise click.UsageError("An argument is no text in UTF-8. Set the terminal, or the script, to UTF-8.", ctx)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Their names."""
        return sorted(COMMAND_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of a name, from its module."""
        return load_command(cmd_name) if cmd_name in COMMAND_MODULES else None


@click.command(
    cls=Commands, context_settings={"auto_envvar_prefix": "ROSTER_OPERATOR", "help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="roster-operator")
def cli() -> None:
    """Keep every district's eBook licenses equal to its roster."""


def main() -> None:
    """Entry point."""
    name_the_user()
    cli()


def name_the_user() -> None:
    """Give a user that is but a number, as that of a pod, a name and a home folder: libraries ask for both, and end.

    kopf and asyncssh ask for the name, kubernetes.aio (when it is imported) and asyncssh for the home folder. `/` is
    what container runtimes say; it holds nothing of anybody's.
    """
    try:
        getpass.getuser()
    except (KeyError, OSError):  # OSError since Python 3.13
        os.environ["USER"] = "roster-operator"
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/"
