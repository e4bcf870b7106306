"""Persons of whom the SIS has several records, and logins that are no person's.

Some systems make a record of a person for each school (Ed-Fi does): a teacher who travels, a student at two schools.
Records that count and agree in login and number are one person, who is entitled to what all of them are.
A login that a good share of the district has is none: a filler, or a column that has slipped.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from roster_operator.licensing.masks import is_masked
from roster_operator.licensing.models import PersonChange
from roster_operator.roster.models import People, PersonRow, Status
from roster_operator.roster.subjects import Listed, Subject

_AT_ONCE: Final = 5000
_MOST_KEPT: Final = 50_000
_MANY: Final = 20
"""No login is that of so many persons, however large the district; a family's email is that of a few."""
_MOST_COUNTED: Final = 200_000
"""Of a part of all persons: what a set of them takes is some 20 MiB."""
_SOME: Final = 4
_MOST_HELD: Final = 50
"""Logins of which it is known who has them; of so many a roster is full of fillers."""
_SHARE: Final = 10
"""Percent of a small district."""


class SharedLogins:
    """Counts usernames and emails of everybody, to find those that are no person's."""

    def __init__(self) -> None:
        """Nobody was counted yet."""
        self._persons = 0
        self._ids: list[str] = []
        """Of those who wait to be counted."""
        self._waiting: tuple[list[str], list[str]] = ([], [])
        self._counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        """Of those that came more than once among some thousands."""
        self._holders: dict[str, Listed] = {}
        """Who has a login that came often among some thousands; of some such logins."""

    def add(self, people: People) -> None:
        """Take persons as they come."""
        self._persons += len(people)
        self._ids.extend(people.ids)
        for waiting, column in zip(self._waiting, (people.usernames, people.emails), strict=True):
            waiting.extend(column)
        if len(self._waiting[0]) >= _AT_ONCE:
            self._count()

    def found(self, several: Iterable[Sequence[Record]] = ()) -> tuple[dict[str, int], dict[str, int]]:
        """Usernames and emails that are no person's, each with how many have it; `several`: records of one person."""
        self._count()
        usernames, emails = (Counter(counts) for counts in self._counts)
        for _, *further in several:
            usernames.subtract(record.row[2] for record in further)
            emails.subtract(record.row[3] for record in further)
        least = min(_MANY, max(_SOME, self._persons * _SHARE / 100))
        of_many = [{login: count for login, count in each.items() if count >= least} for each in (usernames, emails)]
        return of_many[0], of_many[1]

    def holders(self, logins: Iterable[str]) -> Iterator[Subject]:
        """Some of the persons who have these."""
        for login in logins:
            yield from self._holders.get(login, ())

    def _hold(self, logins: Sequence[str], often: set[str]) -> None:
        for login in sorted(often)[: _MOST_HELD - len(self._holders)]:
            self._holders.setdefault(login, Listed())
        for person, login in zip(self._ids, logins, strict=True):
            if login in often and login in self._holders:
                self._holders[login].add(Subject(person))

    def _count(self) -> None:
        for waiting, counts in zip(self._waiting, self._counts, strict=True):
            if len(set(waiting)) < len(waiting):
                several = {login: count for login, count in Counter(waiting).items() if count > 1 and login}
                counts.update(several)
                if often := {login for login, count in several.items() if count >= _SOME}:
                    self._hold(waiting, often)
            waiting.clear()
            if len(counts) > _MOST_KEPT:
                for login in [login for login, count in counts.items() if count < _SOME]:
                    del counts[login]
        self._ids.clear()


def identity_of(row: PersonRow) -> int:
    """What records of one person share, login and number, as `Comparison` tells them by; 0 where there is nothing."""
    _, (_, status, _), username, _, identifier = row
    if status is Status.GONE or not username or not identifier:
        return 0
    return hash((username.lower(), identifier))


def repeated(identities: array[int]) -> Iterator[int]:
    """Those that stand there more than once, each once. In memory that does not grow with them."""
    parts = len(identities) // _MOST_COUNTED + 1
    for part in range(parts):
        some = identities if parts == 1 else [one for one in identities if one % parts == part]
        if len(set(some)) < len(some):
            yield from (one for one, times in Counter(some).items() if times > 1 and one)


class Record(NamedTuple):
    """One record of a person of whom there may be several."""

    row: PersonRow
    mask: int
    """What it entitles to."""
    before: int | None
    """The digest that the ledger has under its id; None if it has none."""

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Record(...)"


@dataclass(frozen=True, slots=True)
class Revision:
    """What is to be changed in the changes of persons, once all were read."""

    usernames: frozenset[str] = frozenset()
    """That are no person's."""
    emails: frozenset[str] = frozenset()
    instead: Mapping[str, PersonChange | None] = field(default_factory=dict)
    """By id: what the ledger is told instead, if anything."""
    masked: bool = False
    """Whether a login that looks like a mask is nobody's."""

    def of(self, changes: Iterable[PersonChange]) -> Iterator[PersonChange]:
        """The changes as they are to be told."""
        for change in changes:
            if change.key not in self.instead:
                yield self._with_own_logins(change)
        for revised in self.instead.values():
            if revised is not None:
                yield self._with_own_logins(revised)

    def _with_own_logins(self, change: PersonChange) -> PersonChange:
        shares_username = change.username in self.usernames or (self.masked and is_masked(change.username))
        shares_email = change.email in self.emails or (self.masked and is_masked(change.email))
        if not shares_username and not shares_email:
            return change
        username = "" if shares_username else change.username
        return msgspec.structs.replace(change, username=username, email="" if shares_email else change.email)
