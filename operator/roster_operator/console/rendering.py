"""Writes pages as HTML: what a district or a SIS calls something is text there, and never markup."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from roster_operator import __version__
from roster_operator.console import addresses, plotting
from roster_operator.console.elements import Button, Cell, Link, Mark, Page


def written(page: Page, *, user: str = "", mark: str = "") -> str:
    """A page. `user`: who is signed in; `mark`: of their forms."""
    return _PAGE.render(page=page, user=user, mark=mark)


def _kind_of(cell: Cell) -> str:
    kinds: dict[type, str] = {
        Link: "link",
        Button: "button",
        Mark: "mark",
        int: "number",
        date: "day",
        type(None): "nothing",
    }
    return "time" if isinstance(cell, datetime) else kinds.get(type(cell), "text")


def _minute(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}"


def _machine(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("roster_operator.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"kind": _kind_of, "minute": _minute, "machine": _machine, "drawn": plotting.drawn}
    environment.filters |= filters
    environment.globals |= {"addresses": addresses, "plotting": plotting, "version": __version__}
    return environment


_PAGE: Final = _environment().get_template("page.html")
