"""What an operation found, as a table for people, or as JSON or YAML for programs: one rendering of all results.

JSON and YAML are those of `operations.wire`.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import click

from roster_operator.operations.wire import plain
from roster_operator.yaml_text import as_yaml

ResultT = TypeVar("ResultT")

TABLE, JSON, YAML = "table", "json", "yaml"
_WIDTH = 110
_INDENT = " " * 9


def show(result: ResultT, output: str, table: Callable[[ResultT], str] | None = None) -> None:
    """Print a result in the form that was asked for; `table` makes the form for people, if there is another one."""
    if output == JSON:
        click.echo(json.dumps(plain(result), indent=2, ensure_ascii=False))
    elif output == YAML or table is None:
        click.echo(as_yaml(plain(result)), nl=False)
    else:
        click.echo(table(result))


def columns(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table, as kubectl prints one: as wide as it must be, with what is not there as a dash."""
    lines = [tuple(head), *(tuple(_cell(cell) for cell in row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def indented(text: str | None) -> list[str]:
    """The lines of a text below a line of a table; none of nothing. No word is cut: a digest can be copied."""
    return textwrap.wrap(
        text or "",
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def moment(value: datetime | None) -> str:
    """A time, to the minute."""
    return "-" if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"


def span(length: timedelta) -> str:
    """How long, in one unit: `3 days`."""
    seconds = int(abs(length.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "0 seconds"


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    return "-" if value is None or value == "" else str(value)
