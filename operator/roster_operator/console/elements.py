"""What pages are made of, as values: the templates know how each is written, and nothing of districts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import overload

from roster_operator.messages import Message


class Original(str):
    """A sentence in English on a page in any language, such as a message of the resource: a screen reader is told."""

    __slots__ = ()


@overload
def original(text: str) -> str: ...
@overload
def original(text: None) -> None: ...
@overload
def original(text: str | None) -> str | None: ...
def original(text: str | None) -> str | None:
    """A sentence that an operation tells: in the language of the reader if it can be said in it, or else in English."""
    return text if text is None or isinstance(text, Message) else Original(text)


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page. Its URL names no person."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Button:
    """Something that is asked by POST: what names a person, or is written down."""

    text: str
    action: str
    values: Mapping[str, str]
    about: str = ""
    """What a screen reader says behind the text, where many buttons have the same one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that stands out, such as `Fail`; its kind is a class of the stylesheet."""

    text: str
    kind: str


Cell = str | int | datetime | date | Link | Button | Mark | None
"""None: not there, or not known."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. The first of each is what the row is about."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    """What is said instead of no rows."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A number by day, drawn. Whoever does not see it reads the same in a table beside it."""

    title: str
    told: str
    """In a sentence, for a screen reader."""
    since: date
    until: date
    steps: Mapping[date, int]
    """From each of these days on it is so much. The first is `since`."""
    marks: Mapping[date, str] = field(default_factory=dict)
    """Days that stand out, and by what."""


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    SECRET = "password"  # noqa: S105 - a kind of field
    CHECK = "checkbox"
    CHOICE = "choice"
    DATE = "date"
    LINES = "lines"
    """Several lines, such as a certificate."""
    HIDDEN = "hidden"
    """Sent as it is, and not shown."""


@dataclass(frozen=True, slots=True)
class Submit:
    """A further button of a form, beside a field, which says which one was pressed."""

    text: str
    name: str
    value: str
    about: str = ""
    """As `Button` has it."""


@dataclass(frozen=True, slots=True)
class Field:
    """Of a form."""

    name: str
    label: str
    value: str = ""
    kind: Kind = Kind.TEXT
    options: tuple[tuple[str, str], ...] = ()
    """Of a choice: each value, and what it is called."""
    hint: str = ""
    required: bool = False
    another: Submit | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """Fields and a button."""

    action: str
    fields: tuple[Field, ...]
    button: str
    method: str = "post"


@dataclass(frozen=True, slots=True)
class Code:
    """Text to copy, such as a command, as it is."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page, with its heading."""

    title: str
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, Cell], ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()
    form: Form | None = None
    codes: tuple[Code, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """All between the head and the foot."""

    title: str
    sections: tuple[Section, ...] = ()
    way: tuple[Link, ...] = ()
    """The pages above this one, from the top."""
    alert: str = ""
    """What went wrong; said at once by a screen reader."""
    lead: tuple[str, ...] = field(default=())
    """Said before all sections."""
    done: str = ""
    """What went well; said by a screen reader, too."""
    banner: tuple[str, ...] = ()
    """What is wrong with all of it, and who acts."""
