"""The members of rows: those that OneRoster has, and those that are missing while another stands in their place.

A member in another case or under another name is not absent. So a page is read first as one whose rows lack none of the
members that are looked at, and then as one whose rows have none that is not OneRoster's. Only of a page that is
neither, or in which no row holds a value of some member, the names of all members are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final

import msgspec

from roster_operator.errors import SourceProtocolError
from roster_operator.sources.values import lookalikes
from roster_operator.sources.values.text import told

Kind = type[msgspec.Struct]

_LONGEST: Final = 64
"""Characters; no member of OneRoster has a longer name."""
_MOST_NAMES: Final = 300
"""Of members of one section; OneRoster has some thirty, and vendors add as many."""


def _official(members: str) -> frozenset[str]:
    return frozenset(f"sourcedId status dateLastModified metadata {members}".split())


@dataclass(frozen=True)
class Members:
    """What is known of the members of a section's rows."""

    official: frozenset[str]
    """Those of OneRoster 1.0, 1.1 and 1.2 together."""
    decisive: tuple[str, ...]
    """Those that decide who has what; one that no row holds may be there under another name."""
    alternatives: Mapping[str, str] = field(default_factory=dict)
    """Of these, another official one that will do."""


ORGS: Final = Members(_official("name type identifier parent children"), ("status",))
SESSIONS: Final = Members(
    _official("title type startDate endDate parent children schoolYear"), ("status", "startDate", "endDate")
)
COURSES: Final = Members(
    _official("title schoolYear courseCode grade grades subjects subjectCodes org resources"), ("status",)
)
CLASSES: Final = Members(
    _official(
        "title classCode classType location grade grades subjects subjectCodes course school terms periods resources"
    ),
    ("status", "course", "school", "terms"),
)
USERS: Final = Members(
    _official(
        "username userId userIds userMasterIdentifier enabledUser givenName familyName middleName preferredFirstName "
        "preferredMiddleName preferredLastName pronouns role roles userProfiles identifier email sms phone agents orgs "
        "primaryOrg grade grades password resources demographics"
    ),
    ("status", "enabledUser", "username", "email", "role"),
    {"role": "roles"},
)
ENROLLMENTS: Final = Members(
    _official("user class school role primary beginDate endDate"), ("status", "role", "beginDate", "endDate")
)


@cache
def complete(kind: Kind) -> Kind:
    """Rows of `kind` that lack none of its members, but for those that hold nothing if they are there."""
    needless = type(None)
    fields = [
        (each.name, each.type, msgspec.field(name=each.encode_name, default=None))
        if each.type is needless
        else (each.name, each.type, msgspec.field(name=each.encode_name))
        for each in sorted(msgspec.structs.fields(kind), key=lambda each: each.type is needless)
    ]
    return msgspec.defstruct(kind.__name__, fields, gc=False)


@cache
def closed(kind: Kind, official: frozenset[str]) -> Kind:
    """Rows of `kind` that have no member beside the `official` ones, whatever they lack."""
    others = sorted(official - {each.encode_name for each in msgspec.structs.fields(kind)})
    anything: Any = msgspec.Raw | msgspec.UnsetType
    fields = [(f"other{n}", anything, msgspec.field(name=name, default=msgspec.UNSET)) for n, name in enumerate(others)]
    return msgspec.defstruct(kind.__name__, fields, bases=(kind,), forbid_unknown_fields=True, gc=False)


def not_held(rows: Sequence[msgspec.Struct], members: Members) -> frozenset[str]:
    """The decisive members of which no row holds a value."""
    return frozenset(
        member
        for member in members.decisive
        if not _any_holds(rows, member) and not _any_holds(rows, members.alternatives.get(member, ""))
    )


def _any_holds(rows: Sequence[msgspec.Struct], member: str) -> bool:
    if not member:
        return False
    value_of = attrgetter(member)
    if rows and _holds(value_of(rows[0])):
        return True
    values = list(map(value_of, rows))
    return values.count(None) < len(values) and any(map(_holds, values))


def _holds(value: object) -> bool:
    return bool(value) if isinstance(value, list | tuple | msgspec.Struct) else bool(told(value))


def names_in(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """The names of all members of rows; raises `SourceProtocolError` if they are more than any SIS has."""
    names: set[str] = set()
    for row in rows:
        names.update(row)
        if len(names) > _MOST_NAMES:
            raise SourceProtocolError(
                f"The SIS sends rows with more than {_MOST_NAMES} different members. District: ask the SIS's vendor."
            )
    return names


def replaced(lacking: Iterable[str], rows: Sequence[Mapping[str, Any]], members: Members) -> dict[str, str]:
    """Of members that no row holds, the names of those that some row holds and that look as if they stood for them."""
    names = names_in(rows)
    found: dict[str, str] = {}
    for member in lacking:
        present = set(names)
        while other := lookalikes.lookalike(member, present, members.official):
            if any(_is_told(row.get(other)) for row in rows):
                found[member] = other
                break
            present.remove(other)
    return found


def _is_told(value: object) -> bool:
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(value)
    return bool(value) if isinstance(value, list | dict) else bool(told(value))


class Unheld:
    """Members that are held by no row of a section, over all of its pages."""

    def __init__(self) -> None:
        """No page was seen."""
        self._lacking: frozenset[str] | None = None
        self._instead: dict[str, str] = {}

    def add(self, lacking: frozenset[str], instead: Mapping[str, str]) -> None:
        """A page with rows: what none of them holds, and what they hold instead."""
        self._lacking = lacking if self._lacking is None else self._lacking & lacking
        self._instead.update(instead)

    @property
    def renamed(self) -> dict[str, str]:
        """Members that are missing, each with the name of the one that looks as if it stood for it."""
        return {member: other for member, other in self._instead.items() if member in (self._lacking or ())}


def spelled_otherwise(names: Iterable[str], kind: Kind) -> bool:
    """Whether one of these names is that of a member of `kind` in another case, or with its words apart."""
    known = spellings(kind)
    return any(known.get(fold(name), name) != name for name in names)


@cache
def spellings(kind: Kind) -> dict[str, str]:
    """The members of `kind`, by their names in one case."""
    return {lookalikes.folded(each.encode_name): each.encode_name for each in msgspec.structs.fields(kind)}


@lru_cache(maxsize=1024)
def _fold(name: str) -> str:
    return lookalikes.folded(name)


def fold(name: str) -> str:
    """A name in one case, without what stands between its words."""
    return _fold(name) if len(name) <= _LONGEST else ""


def respelled(row: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """The members of `kind` that a row holds, in whatever case; where there are several, the one as it should be."""
    known = spellings(kind)
    found: dict[str, Any] = {}
    for name, value in row.items():
        member = known.get(fold(name))
        if member is None:
            continue
        if member not in found or (_is_told(value) and (name == member or not _is_told(found[member]))):
            found[member] = value
    return found


def message(section: str, renamed: Mapping[str, str]) -> str:
    """That members are missing while others look as if they stood for them."""
    pairs = [f"no {member}, but {other}" for member, other in sorted(renamed.items())]
    wanted = " and ".join(sorted(renamed))
    return (
        f"The SIS sends its {section} with {', and '.join(pairs)}: these may mean the same, and nobody can say so. "
        f"District: ask the SIS's vendor to send {wanted} by the names that OneRoster has."
    )
