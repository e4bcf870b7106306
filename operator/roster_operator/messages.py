"""Texts for people that can be said in more than one language: a template, and named values.

`_("The plan {digest} waits", digest=...)`: a message is its English text, so it goes wherever a text goes; whoever
speaks to somebody in another language finds the template in a catalog, and writes the values as is usual there. A
message is whole: a text that is put together of several is in no catalog. The names are those of gettext, by which
Babel finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

_LIST: Final = "{all}"
_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class Message(str):
    """In English, with what it takes to say it otherwise."""

    __slots__ = ("context", "number", "plural", "template", "values")

    def __new__(
        cls,
        template: str,
        values: Mapping[str, object] = _NOTHING,
        *,
        plural: str = "",
        number: int = 1,
        context: str = "",
    ) -> Message:
        english = plural if plural and number != 1 else template
        message = super().__new__(cls, filled(english, {name: _in_english(value) for name, value in values.items()}))
        message.template, message.values = template, values
        message.plural, message.number, message.context = plural, number, context
        return message

    template: str
    values: Mapping[str, object]
    plural: str
    """The template for several, in English; empty: it counts nothing."""
    number: int
    context: str
    """Tells messages apart that are one word in English and two elsewhere."""


def gettext(template: str, /, **values: object) -> Message:
    """A message."""
    return Message(template, values)


def pgettext(context: str, template: str, /, **values: object) -> Message:
    """One whose word has several meanings."""
    return Message(template, values, context=context)


def ngettext(one: str, several: str, number: int, /, **values: object) -> Message:
    """One that counts: the templates have `{number}`."""
    return Message(one, {"number": number, **values}, plural=several, number=number)


def listed(texts: Iterable[object]) -> Message:
    """Several, with commas between them."""
    return Message(_LIST, {"all": tuple(texts)})


def following(*sentences: str | None) -> str:
    """One after the other; what is empty is left out."""
    said = tuple(filter(None, sentences))
    return said[0] if len(said) == 1 else Message(_LIST, {"all": Following(said)})


class Following(tuple[str, ...]):
    """Sentences, where a list of values has commas."""

    __slots__ = ()


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its values; one without is text as it is."""
    return template.format_map(values) if values else template


def between(values: tuple[object, ...]) -> str:
    """What stands between several."""
    return " " if isinstance(values, Following) else ", "


def _in_english(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, tuple):
        return between(value).join(map(_in_english, value))
    return value.isoformat() if isinstance(value, date) else str(value)
