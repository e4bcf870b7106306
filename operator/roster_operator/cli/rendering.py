"""What an operation found, as a table for people, or as JSON or YAML for programs: one rendering of all results.

Fields of JSON and YAML are those of the results, in camelCase; times are RFC 3339, UTC; what is not known is left out.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

import click

from roster_operator.api.wire import WireModel, wire_name
from roster_operator.cli.yaml_text import as_yaml

ResultT = TypeVar("ResultT")

TABLE, JSON, YAML = "table", "json", "yaml"


def show(result: ResultT, output: str, table: Callable[[ResultT], str]) -> None:
    """Print a result in the form that was asked for; `table` makes the form for people."""
    if output == JSON:
        click.echo(json.dumps(plain(result), indent=2, ensure_ascii=False))
    elif output == YAML:
        click.echo(as_yaml(plain(result)), nl=False)
    else:
        click.echo(table(result))


def plain(value: Any) -> Any:
    """A result as values of JSON."""
    if isinstance(value, WireModel):
        return value.to_wire()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {wire_name(name): plain(item) for name, item in fields if item is not None}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def columns(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table, as kubectl prints one: as wide as it must be, with what is not there as a dash."""
    lines = [tuple(head), *(tuple(_cell(cell) for cell in row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
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
