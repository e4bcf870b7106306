"""Dates in the forms that systems write them in, made those of `roster.dates`.

A form that can mean one day only is read. Where day and month may be either way round, both days are kept, with what
the value shows about the order: the section as a whole tells. Anything else is unreadable, which is not "no date".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from roster_operator.roster.dates import EITHER, LATE, UNREADABLE
from roster_operator.roster.models import DAY_FIRST, MONTH_FIRST
from roster_operator.sources.values.text import told

_LONGEST: Final = 64
"""Characters; what is longer is no date, and is not kept."""
_FIRST_YEAR: Final = 1981
"""Earlier dates are a system's way to say that there is none (0001-01-01, 1753-01-01, 1899-12-30, 1970-01-01)."""
_NEVER: Final = 9999
"""So is this year."""
_ZERO: Final = re.compile(r"0{1,4}([-/.])0{1,2}\1(?:0{4}|0{1,2})(?:[T ].*)?|0+")
_TIME: Final = re.compile(
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)? ?(?P<half>[ap]\.?m\.?)? ?"
    r"(?P<zone>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}(?::?\d{2})?)?(?: ?[\[(].*)?",
    re.IGNORECASE,
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/. _])(\d{1,2})\2(\d{1,2})")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_PACKED: Final = re.compile(
    r"(\d{8}(?:[T ]|(?=\d))|\d{4}-\d{2}-\d{2}[T ])(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
"""With a time whose parts nothing separates, such as 20260605235959."""
_MAY_BE_PACKED: Final = re.compile(r"(?:199\d|20[0-4]\d)(?:0\d|1[0-2])[0-3]\d(?:[01]\d|2[0-3])(?:\d\d)?")
"""The same with an hour, or a day that there is not: as a number it would be another time."""
_ZONED_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})", re.IGNORECASE)
"""`xsd:date` of XML, with a zone and no time."""
_JAVA: Final = re.compile(
    r"(?:[a-z]{3} )?([a-z]{3} \d{1,2}) (\d{1,2}:\d{2}:\d{2})(?: ([a-z]{3,4}))? (\d{4})", re.IGNORECASE
)
"""`Date.toString` of Java, the year at the end."""
_DAY_OF_YEAR: Final = re.compile(r"(\d{4})-(\d{3})")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
_BY_NAME: Final = tuple(
    re.compile(_WEEKDAY + form, re.IGNORECASE)
    for form in (
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[- /.]?{_MONTH}[- /.,]? ?(?P<year>\d{{4}}|\d{{2}})",
        rf"{_MONTH}[- /](?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? |,|[-/])(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[- ]{_MONTH}[- ](?P<day>\d{{1,2}})",
    )
)
_UTC: Final = frozenset({"utc", "gmt", "z"})
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_JAVASCRIPT: Final = re.compile(r"\\?/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?/")
_NUMBER: Final = re.compile(r"(-?\d{1,15})(?:\.\d+)?")
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range((date(_FIRST_YEAR, 1, 1) - _EXCEL_EPOCH).days, (date(2100, 1, 1) - _EXCEL_EPOCH).days)
_SECONDS: Final = range(int(datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()), 10**10)
_MILLISECONDS: Final = range(_SECONDS.start * 1000, _SECONDS.stop * 1000)
_FEWEST_SECONDS: Final = 10**8
"""What is nearer to zero is no time since 1970."""
_NEVER_BEGINS: Final = int(datetime(_NEVER, 1, 1, tzinfo=UTC).timestamp()) * 1000
_NEVER_MILLISECONDS: Final = range(_NEVER_BEGINS, _NEVER_BEGINS + 366 * 86_400_000)
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_AROUND: Final = "'\"\u2018\u2019\u201c\u201d"
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Written:
    """A begin or an end as a system writes it."""

    begin: str = ""
    """As `roster.dates` has it."""
    end: str = ""
    """The same, if it is an end: the next day where it is late at night, as ends are exclusive."""
    marks: int = 0
    """What it shows about the order of day and month."""
    is_late: bool = False
    """Whether it is late at night, so that `end` is the next day."""


_OPEN: Final = Written()
_UNREAD: Final = Written(UNREADABLE, UNREADABLE)


def written_date(value: str | int | None) -> Written:
    """What a cell or a member that holds a date means."""
    if value is None or value == "":
        return _OPEN
    if isinstance(value, str) and len(value) > _LONGEST and len(value.strip()) > _LONGEST:
        return _UNREAD
    return _written_date(value.strip() if isinstance(value, str) else value)


def iso_date(value: str | int | None) -> str:
    """A begin."""
    return written_date(value).begin


def end_date(value: str | int | None) -> str:
    """An end."""
    return written_date(value).end


@lru_cache(maxsize=8192)
def _written_date(value: str | int) -> Written:
    cleaned = told(told(value).translate(_DASHES).strip(_AROUND))
    if not cleaned or _ZERO.fullmatch(cleaned):
        return _OPEN
    day, rest = _divided(cleaned)
    number = _JAVASCRIPT.fullmatch(cleaned) or _NUMBER.fullmatch(cleaned)
    if number and not (rest and _days(day)):
        return _numeric(cleaned, int(number[1]))
    days = _days(day)
    if not days:
        return _UNREAD
    first = days[0]
    if all(each.year < _FIRST_YEAR or each.year >= _NEVER for each in days):
        return _OPEN
    if len(days) > 1:
        return _either(days, late=_is_late(rest))
    marks = _shown(day)
    clock = _TIME.fullmatch(rest)
    if clock is None:
        return Written(first.isoformat(), first.isoformat(), marks)
    return _timed(first, clock, marks)


def _divided(cleaned: str) -> tuple[str, str]:
    """A date and what follows it: a time, perhaps with a zone."""
    if packed := _PACKED.fullmatch(cleaned):
        return packed[1].rstrip("Tt "), f"{packed[2]}:{packed[3]}:{packed[4] or '00'}{packed[5] or ''}"
    if zoned := _ZONED_DAY.fullmatch(cleaned):
        return zoned[1], ""
    if java := _JAVA.fullmatch(cleaned):
        return f"{java[1]} {java[4]}", java[2] + (java[3] if java[3] and java[3].lower() in _UTC else "")
    found = re.search(r"(?<=\d),?[T ]+(?=\d{1,2}[:.]\d{2}(?!\d))", cleaned)
    if found is None:
        return cleaned.removesuffix("T") if cleaned[:1].isdigit() else cleaned, ""
    return cleaned[: found.start()], cleaned[found.end() :]


def _days(written: str) -> list[date]:
    """The day that a text stands for; two if day and month may be either way round; none if it cannot be read."""
    if found := _YEAR_FIRST.fullmatch(written):
        return _valid((found[1], found[3], found[4]))
    if found := _COMPACT.fullmatch(written):
        return _valid((found[1], found[2], found[3]))
    if found := _YEAR_LAST.fullmatch(written):
        one, other, year = found[1], found[3], _full_year(found[4])
        return list(dict.fromkeys(_valid((year, one, other)) + _valid((year, other, one))))
    for form in _BY_NAME:
        if found := form.fullmatch(written):
            month = str(_MONTHS.index(found["month"][:3].lower()) + 1)
            return _valid((_full_year(found["year"]), month, found["day"]))
    if found := _DAY_OF_YEAR.fullmatch(written):
        day = date(max(1, int(found[1])), 1, 1) + timedelta(days=int(found[2]) - 1)
        return [day] if day.year == int(found[1]) else []
    return []


def _full_year(written: str) -> str:
    return written if len(written) == 4 else f"{19 if int(written) >= _FIRST_YEAR % 100 else 20}{written}"


def _valid(parts: tuple[str, str, str]) -> list[date]:
    try:
        return [date(int(parts[0]), int(parts[1]), int(parts[2]))]
    except ValueError:
        return []


def _shown(written: str) -> int:
    """What a date of which only one day can be meant shows about the order."""
    found = _YEAR_LAST.fullmatch(written)
    if found is None or found[1] == found[3]:
        return 0
    return DAY_FIRST if int(found[1]) > 12 else MONTH_FIRST if int(found[3]) > 12 else 0


def _either(days: list[date], *, late: bool) -> Written:
    begin = EITHER.join(day.isoformat() for day in days)
    return Written(begin, EITHER.join((day + _A_DAY).isoformat() for day in days) if late else begin, is_late=late)


def _timed(day: date, clock: re.Match[str], marks: int) -> Written:
    """A day with a time: late at night means that it is the last one; with a zone it may be a moment."""
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    half = (clock["half"] or "").replace(".", "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour == 24 and not minute and not second:
        return Written(_after(day), _after(day), marks, is_late=True)
    try:
        moment = datetime.combine(day, time(hour, minute, min(second, 59)), _zone(clock["zone"]))
    except ValueError:
        return _UNREAD
    if moment.tzinfo is not None and _is_no_midnight(moment):
        return Written(moment.isoformat(), moment.isoformat(), marks)
    late = hour >= LATE
    return Written(day.isoformat(), _after(day) if late else day.isoformat(), marks, late)


def _zone(written: str | None) -> tzinfo | None:
    if not written:
        return None
    digits = re.sub(r"[^\d]", "", written)
    if not digits:
        return UTC
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if "-" in written else offset)


def _is_no_midnight(moment: datetime) -> bool:
    """Whether a moment says more than a day: midnight in UTC is how many write a day alone."""
    return moment.astimezone(UTC).time() != time()


def _is_late(rest: str) -> bool:
    clock = _TIME.fullmatch(rest)
    if clock is None:
        return False
    afternoon = (clock["half"] or "").lower().startswith("p")
    return int(clock["hour"]) % 12 + 12 * afternoon >= LATE if clock["half"] else int(clock["hour"]) >= LATE


def _after(day: date) -> str:
    return (day + _A_DAY).isoformat()


def _numeric(cleaned: str, number: int) -> Written:
    """A day as YYYYMMDD, as a spreadsheet counts days, or as seconds or milliseconds since 1970."""
    if "Date" in cleaned:
        return _moment(number // 1000) if number in _MILLISECONDS else _before_all(number < _MILLISECONDS.start)
    if len(cleaned) == 8 and (days := _days(cleaned)):
        known = _FIRST_YEAR <= days[0].year < _NEVER
        return Written(days[0].isoformat(), days[0].isoformat()) if known else _OPEN
    if _MAY_BE_PACKED.fullmatch(cleaned):
        return _UNREAD
    if number in _NEVER_MILLISECONDS:
        return _OPEN
    if number in _EXCEL_DAYS:
        day = (_EXCEL_EPOCH + timedelta(days=number)).isoformat()
        return Written(day, day)
    if number in _SECONDS:
        return _moment(number)
    if number in _MILLISECONDS:
        return _moment(number // 1000)
    long_ago = number <= -_FEWEST_SECONDS or _FEWEST_SECONDS <= number < _SECONDS.start
    return _before_all(long_ago or _SECONDS.stop <= number < _MILLISECONDS.start)


def _before_all(long_ago: bool) -> Written:
    return _OPEN if long_ago else _UNREAD


def _moment(seconds: int) -> Written:
    moment = datetime.fromtimestamp(seconds, UTC)
    day = moment.isoformat() if _is_no_midnight(moment) else moment.date().isoformat()
    return Written(day, day)
