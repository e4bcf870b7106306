"""Writes pages as HTML: what a district or a SIS calls something is text there, and never markup."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from roster_operator import __version__
from roster_operator.console import addresses, plotting
from roster_operator.console.elements import Button, Cell, Link, Mark, Original, Page, Plot, original
from roster_operator.console.languages.readers import ZONES, Language, Reader
from roster_operator.messages import Message, gettext

_NAMES: Final = {Language.ENGLISH: "English", Language.SPANISH: "Español"}
"""What each is called by those who read it."""


def written(page: Page, reader: Reader, *, user: str = "", mark: str = "", back: str = "/") -> str:
    """A page. `user`: who is signed in; `mark`: of their forms; `back`: to this page, from the choice of a language."""
    return _PAGE.render(page=page, reader=reader, user=user, mark=mark, back=back)


@pass_context
def _said(context: Context, value: Any) -> Any:
    """Whatever a template writes: messages in the language of the reader, and what is in English named as such."""
    reader: Reader = context["reader"]
    if isinstance(value, Original) and reader.language is not Language.ENGLISH:
        return Markup('<span lang="en">{}</span>').format(str(value))
    return reader.said(value) if isinstance(value, Message) else value


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


@pass_context
def _minute(context: Context, value: datetime) -> str:
    reader: Reader = context["reader"]
    return reader.minute(value)


@pass_context
def _day(context: Context, value: date) -> str:
    reader: Reader = context["reader"]
    return reader.day(value)


@pass_context
def _number(context: Context, value: int) -> str:
    reader: Reader = context["reader"]
    return reader.number(value)


@pass_context
def _drawn(context: Context, plot: Plot) -> plotting.Drawing:
    reader: Reader = context["reader"]
    return plotting.drawn(plot, reader.month)


def _machine(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("roster_operator.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_said,
    )
    filters: dict[str, Any] = {
        "kind": _kind_of,
        "minute": _minute,
        "day": _day,
        "number": _number,
        "machine": _machine,
        "drawn": _drawn,
        "sentence": original,
    }
    environment.filters |= filters
    environment.globals |= {"addresses": addresses, "plotting": plotting, "version": __version__}
    environment.globals |= {"_": gettext, "languages": _NAMES, "zones": ZONES}
    return environment


_PAGE: Final = _environment().get_template("page.html")
