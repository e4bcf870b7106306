"""The file in which licenses come that a roster did not give: CSV with a first line that names its columns.

The names are those that platforms export; upper and lower case, blanks, `-` and `_` in them do not count. What cannot
be understood is told by the number of its row, and left out.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Final

from roster_operator.api import names
from roster_operator.errors import InputError
from roster_operator.ledger.imports.interface import GivenLicense, Problem
from roster_operator.licensing.declared_login import DeclaredLogin
from roster_operator.licensing.models import Edition

COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "username": frozenset({"username", "login", "loginid", "loginname"}),
    "email": frozenset({"email", "emailaddress", "mail"}),
    "number": frozenset({"number", "identifier", "studentnumber", "studentid", "staffid"}),
    "ebook": frozenset({"ebook", "book", "product"}),
    "edition": frozenset({"edition", "role"}),
    "stays": frozenset({"stays", "sticky"}),
    "until": frozenset({"until", "expires", "expirationdate"}),
    "purchase": frozenset({"purchase", "purchasedby", "order", "ordernumber", "pin"}),
}
"""By the name that the documentation has, all that are taken for it."""
_EDITIONS: Final = {
    "student": Edition.STUDENT,
    "teacher": Edition.TEACHER,
    "staff": Edition.TEACHER,
    "educator": Edition.TEACHER,
}
_YES: Final = {
    **dict.fromkeys(("true", "yes", "1", "t"), True),
    **dict.fromkeys(("false", "no", "0", "f", ""), False),
}
"""`t` and `f` are what PostgreSQL writes into a file."""
_REFERENCE: Final = r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63}"
"""No blank and no @, as names and emails have."""
_DELIMITERS: Final = ",;\t"
_MOST_TOLD: Final = 100
_LARGEST_CELL: Final = 1_024


class GivenLicenses:
    """Reads such a file; once it was read through, tells what was left out."""

    def __init__(
        self, lines: Iterable[str], now: datetime, zone: tzinfo, declared: DeclaredLogin | None = None
    ) -> None:
        """`lines`: of text; with their ends, as cells may go over several. `zone`: the district's, for its days.
        `declared`: of which form logins should be.

        Raises `InputError` if the first line does not name what must be there.
        """
        self.left_out: Counter[Problem] = Counter()
        self.rows_left_out: list[tuple[int, Problem]] = []
        self.rows = 0
        """Without those that are blank."""
        self.of_another_form = 0
        """Rows that are taken, and whose login is of another form than it should be."""
        self.some_of_another_form: list[int] = []
        self._declared = declared
        self._row = 0
        self._now = now
        self._zone = zone
        remaining = iter(lines)
        first = next(remaining, "").lstrip("\ufeff")
        delimiter = max(_DELIMITERS, key=first.count)
        self._cells = csv.reader(_bounded(remaining), delimiter=delimiter, strict=True)
        header = next(csv.reader([first], delimiter=delimiter), [])
        self._width = len(header)
        self._places, self.ignored = _places(header)

    def __iter__(self) -> Iterator[GivenLicense]:
        """Those that can be read. Raises `InputError` where the file is no CSV."""
        try:
            for cells in self._cells:
                self._row += 1
                if any(map(str.strip, cells)):
                    self.rows += 1
                    found = self._license(self._row, cells)
                    if isinstance(found, GivenLicense):
                        self._hold_against_form(found)
                        yield found
                    else:
                        self._leave_out(found)
        except csv.Error:
            raise InputError(
                f"The file is no CSV after its row {self._row}: a quotation mark is not closed, or stands in the "
                "middle of a cell. Nothing was changed."
            ) from None

    def _hold_against_form(self, given: GivenLicense) -> None:
        login, student = given.username or given.email, given.edition is Edition.STUDENT
        if self._declared is None or self._declared.allows(login, student=student):
            return
        self.of_another_form += 1
        if len(self.some_of_another_form) < _MOST_TOLD:
            self.some_of_another_form.append(given.row)

    def _leave_out(self, problem: Problem) -> None:
        self.left_out[problem] += 1
        if len(self.rows_left_out) < _MOST_TOLD:
            self.rows_left_out.append((self._row, problem))

    def _license(self, row: int, cells: Sequence[str]) -> GivenLicense | Problem:
        if len(cells) != self._width or max(map(len, cells)) > _LARGEST_CELL:
            return Problem.CELLS
        cell = {name: cells[place].strip() for name, place in self._places.items()}
        username, email = cell.get("username", ""), cell.get("email", "")
        if not username and not email:
            return Problem.NO_LOGIN
        if email and "@" not in email:
            return Problem.LOGIN
        if not re.fullmatch(names.NAME_PATTERN, cell["ebook"]):
            return Problem.EBOOK
        edition = _EDITIONS.get(cell["edition"].casefold())
        if edition is None:
            return Problem.EDITION
        stays = _YES.get(cell.get("stays", "").casefold())
        if stays is None:
            return Problem.STAYS
        until = self._until(cell.get("until", ""))
        if isinstance(until, Problem):
            return until
        purchase = cell.get("purchase", "")
        if purchase and not re.fullmatch(_REFERENCE, purchase):
            return Problem.PURCHASE
        if purchase and until is None:
            return Problem.PURCHASE_END
        who = username, email, cell.get("number", "")
        return GivenLicense(row, *who, cell["ebook"], edition, stays, until, purchase)

    def _until(self, day: str) -> datetime | Problem | None:
        """The beginning of the first day without it."""
        if not day:
            return None
        try:
            until = datetime.combine(date.fromisoformat(day), time(), self._zone)
        except ValueError:
            return Problem.UNTIL
        if until.year == date.max.year:
            return Problem.UNTIL
        return until if until > self._now else Problem.ENDED


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    """Raises `InputError` for what is no text, before a cell of it is kept."""
    for line in lines:
        if "\0" in line:
            raise InputError("The file is no text: it has a zero byte in it. Export it as CSV in UTF-8.")
        yield line


def _places(header: Sequence[str]) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """Where each column is, and the columns that say nothing to us. Raises `InputError`."""
    places: dict[str, int] = {}
    ignored = []
    for place, heading in enumerate(header):
        written = re.sub(r"[\s_-]", "", heading).casefold()
        name = next((name for name, spellings in COLUMNS.items() if written in spellings), None)
        if name is None:
            ignored.append(heading.strip())
        elif name in places:
            raise InputError(f"Two columns of the file are a {name}: {header[places[name]]} and {heading}. Remove one.")
        else:
            places[name] = place
    lacking = [name for name in ("ebook", "edition") if name not in places]
    if "username" not in places and "email" not in places:
        lacking.insert(0, "username or email")
    if lacking:
        raise InputError(
            f"The first line of the file names no {' and no '.join(lacking)}. It must name its columns, such as: "
            "username,email,number,ebook,edition,stays,until,purchase"
        )
    return places, tuple(ignored)
