"""The console script `roster-operator`."""

from __future__ import annotations

import click

from roster_operator import __version__
from roster_operator.cli.run import run
from roster_operator.cli.sync import sync


@click.group(context_settings={"auto_envvar_prefix": "ROSTER_OPERATOR", "help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="roster-operator")
def cli() -> None:
    """Keep every district's eBook licenses equal to its roster."""


cli.add_command(run)
cli.add_command(sync)


def main() -> None:
    """Entry point."""
    cli()
