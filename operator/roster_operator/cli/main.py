"""The console script `roster-operator`."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Final

import click

from roster_operator import __version__

_COMMANDS = {"run": "roster_operator.cli.run", "sync": "roster_operator.cli.sync"}
"""Each with its module, imported only when it is asked for: `sync` needs no Kubernetes client, and starts without."""

_COLLECT_EVERY: Final = 20_000
"""Objects that may refer to others, made and not yet freed, before cycles are looked for: rows of a roster have none,
and the interpreter's 700 cost a sync a fifth of its time."""


def load_command(name: str) -> click.Command:
    """A command, from its module. What imports make stays, so it is not searched for garbage, neither now nor later."""
    gc.set_threshold(_COLLECT_EVERY, 10, 10)
    gc.disable()
    command = getattr(import_module(_COMMANDS[name]), name)
    gc.freeze()
    gc.enable()
    assert isinstance(command, click.Command)
    return command


class Commands(click.Group):
    """The commands, loaded one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Their names."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of a name, from its module."""
        return load_command(cmd_name) if cmd_name in _COMMANDS else None


@click.command(
    cls=Commands, context_settings={"auto_envvar_prefix": "ROSTER_OPERATOR", "help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="roster-operator")
def cli() -> None:
    """Keep every district's eBook licenses equal to its roster."""


def main() -> None:
    """Entry point."""
    cli()
