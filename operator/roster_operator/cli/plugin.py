"""`kubectl roster`: the commands as a plugin of kubectl, and their completion as kubectl asks for it.

kubectl finds `kubectl-roster` and `kubectl_complete-roster` by their names. The latter prints one proposal a line, then
`:` and a number: what cobra, the library of kubectl's commands, calls the directive.
"""

from __future__ import annotations

import sys
from typing import Final

import click
from click.shell_completion import ShellComplete

from roster_operator.cli.main import cli, name_the_user

NAME: Final = "kubectl roster"
_NO_FILES: Final = ":4"
_FILES: Final = ":0"


def main() -> None:
    """Entry point of `kubectl-roster`."""
    name_the_user()
    cli(prog_name=NAME)


def complete() -> None:
    """Entry point of `kubectl_complete-roster`: all words but the plugin's name are given, the last to be completed."""
    *before, begun = sys.argv[1:] or [""]
    found = ShellComplete(cli, {}, NAME, "").get_completions(before, begun)
    paths = any(item.type in {"file", "dir"} for item in found)
    for item in found:
        if item.type == "plain":
            click.echo(f"{item.value}\t{item.help}" if item.help else item.value)
    click.echo(_FILES if paths else _NO_FILES)
