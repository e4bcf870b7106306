"""Who reads a page: their language and their time zone, and how a message, a number and a time are written for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_name
from babel.numbers import format_decimal

from roster_operator.console.languages.catalogs import catalog
from roster_operator.messages import Message, between, filled


class Language(StrEnum):
    """That the pages are written in."""

    ENGLISH = "en"
    SPANISH = "es"


_LOCALES: Final = {Language.ENGLISH: "en_US", Language.SPANISH: "es_US"}
"""The customs of districts in the United States: in Spanish, too, the comma parts thousands."""
ZONES: Final = (
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
)
"""That a reader chooses from: one for each time that is kept in the United States."""


@dataclass(frozen=True)
class Reader:
    """Of one page."""

    language: Language = Language.ENGLISH
    zone: str = "UTC"
    """One of `ZONES`."""

    @cached_property
    def _locale(self) -> Locale:
        return Locale.parse(_LOCALES[self.language])

    def said(self, text: str) -> str:
        """A message in their language; every other text is a name, and stays what it is."""
        if not isinstance(text, Message):
            return text
        values = {name: self.written(value) for name, value in text.values.items()}
        return filled(self._template(text), values)

    def written(self, value: object) -> str:
        """Something that stands in a text."""
        if isinstance(value, Message):
            return self.said(value)
        if isinstance(value, datetime):
            return self.minute(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, tuple):
            return between(value).join(map(self.written, value))
        return self.number(value) if type(value) is int else str(value)

    def number(self, value: int) -> str:
        """How many."""
        return format_decimal(value, locale=self._locale)

    def day(self, value: date) -> str:
        """A day of the calendar, which is in no time zone."""
        return format_date(value, "medium", locale=self._locale)

    def month(self, value: date) -> str:
        """The short name of its month."""
        return format_date(value, "MMM", locale=self._locale)

    def minute(self, value: datetime) -> str:
        """A time by their clock."""
        zone = ZoneInfo(self.zone)
        clock = format_datetime(value, "h:mm a", tzinfo=zone, locale=self._locale)
        return f"{self.day(value.astimezone(zone).date())}, {clock}"

    def zone_name(self, zone: str) -> str:
        """What they call a time zone."""
        if zone == "UTC":
            return zone
        name = get_timezone_name(ZoneInfo(zone), locale=self._locale)
        return f"{name[0].upper()}{name[1:]}"

    def _template(self, message: Message) -> str:
        known = catalog(self.language)
        if message.plural:
            return known.ngettext(message.template, message.plural, message.number)
        return known.pgettext(message.context, message.template) if message.context else known.gettext(message.template)
