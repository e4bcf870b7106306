"""What the last applied full sync was read from, and how it was told: evidence to hold the next reading against.

What a server proved or filled in before, and does not today, is a question and not an answer. Nothing here names a
person or holds a credential.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from roster_operator.plurals import counted

_STRONG_PROOFS: Final = frozenset({"Total", "Checksum"})
"""A server or an archive says how much there is. All other proofs only find that nothing more comes."""
_MUCH_SMALLER: Final = 4
_SHRINK_FLOOR: Final = 10
_SHRINK_PERCENT: Final = 5.0
"""Rows, and percent, that a section may lose from one night to the next without a question."""
_FILLED_ROWS: Final = 10
_FILLED_PERCENT: Final = 2
"""A field that so many rows hold, or so many percent of them, is not filled by chance."""
_ENDS: Final = frozenset({"beginDate", "endDate", "startDate", "status", "enabledUser", "terms"})
"""Without these somebody who has left comes back, so a single row counts where it is a good part."""


class SourceIdentity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which source a roster comes from. What is empty is not known, and fits anything."""

    type: str = ""
    vendor: str = ""
    version: str = ""
    place: str = ""
    """Host and path in lower case, without a scheme."""

    def may_be(self, other: SourceIdentity) -> bool:
        """Whether both may be one source, by what is known of them."""
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return all(not one or not another or one == another for one, another in zip(mine, others, strict=True))

    def tells_as(self, other: SourceIdentity) -> bool:
        """Whether both have the same sections, fields and proofs."""
        return msgspec.structs.replace(self, vendor="", place="").may_be(other)

    def __str__(self) -> str:
        """For messages."""
        said = [word for word in (self.type, self.version, self.vendor) if word and word not in {"Auto", "Generic"}]
        return f"{self.place} ({', '.join(said)})" if said else self.place


class SectionEvidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one data section was told."""

    proof: str
    rows: int
    pages: int = 0
    totals: bool | None = None
    """Whether the server named a total; None if that is not known."""
    links: bool | None = None
    largest_page: int = 0
    """Rows; 0 if that is not known."""
    members: dict[str, int] = msgspec.field(default_factory=dict)
    """How many rows held a value in each field; none if that is not known."""
    largest_shrink: float = 0.0
    """In percent: the most that this section ever lost from one applied sync to the next."""
    since: str = ""
    """The day since when the section was told worse than this; empty if it is not."""

    def missing_proof(self, now: SectionEvidence, *, same_page_size: bool) -> str:
        """Which proof is missing `now`, for a message; empty if none is."""
        if self.proof in _STRONG_PROOFS and now.proof not in _STRONG_PROOFS:
            return f"is proved whole by {now.proof} only, and was by {self.proof}"
        if self.totals and now.totals is False:
            return "comes without a total, and had one"
        if self.links and now.links is False and now.pages > 1:
            return "comes without links from page to page, and had them"
        may_be_less = 0 < now.largest_page < now.rows and (now.proof not in _STRONG_PROOFS or now.rows < self.rows)
        if same_page_size and may_be_less and now.largest_page * _MUCH_SMALLER < self.largest_page:
            return f"comes in pages of {counted(now.largest_page, 'row[s]')} at most, and had {self.largest_page}"
        return ""

    def odd_shrink(self, now: SectionEvidence) -> str:
        """How many rows are missing, if they are more than a few, and a greater part than was ever; else empty."""
        lost, percent = self.rows - now.rows, self._shrink_to(now.rows)
        if lost <= _SHRINK_FLOOR or percent <= max(_SHRINK_PERCENT, self.largest_shrink):
            return ""
        rows = counted(now.rows, "row[s]")
        return f"has {rows}, and had {self.rows}: {percent:.1f} % less, more than it ever lost at once"

    def missing_members(self, now: SectionEvidence) -> tuple[str, ...]:
        """Fields that are filled nowhere `now` and were in more than a few rows; those rows are not gone as well."""
        if not now.members:
            return ()
        return tuple(
            sorted(
                member
                for member, rows in self.members.items()
                if not now.members.get(member) and self._is_custom(member, rows) and self.rows - now.rows < rows
            )
        )

    def _is_custom(self, member: str, rows: int) -> bool:
        often = rows * 100 >= self.rows * _FILLED_PERCENT and (rows > 1 or member in _ENDS)
        return rows >= _FILLED_ROWS or often

    def doubted(self, day: str) -> SectionEvidence:
        """This, still; told worse since `day`, or since when it was told worse already. Empty: it is not."""
        return msgspec.structs.replace(self, since=day and (self.since or day))

    def followed_by(self, now: SectionEvidence, day: str) -> SectionEvidence:
        """The numbers of `now`, and the fields that it misses; proved as this if it is told worse since `day`."""
        missing = {member: self.members[member] for member in self.missing_members(now)}
        return msgspec.structs.replace(
            self.doubted(day) if day else now,
            rows=now.rows,
            pages=now.pages,
            members={**missing, **now.members} if now.members else self.members,
            largest_shrink=self.largest_shrink_to(now.rows),
        )

    def largest_shrink_to(self, rows: int) -> float:
        """The most that the section ever lost, once it has so many rows."""
        return max(self.largest_shrink, round(self._shrink_to(rows), 1))

    def _shrink_to(self, rows: int) -> float:
        """By how many percent."""
        return max(0, self.rows - rows) * 100 / self.rows if self.rows else 0.0


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of one reading of the whole roster."""

    source: SourceIdentity = SourceIdentity()
    page_size: int = 0
    """That the spec asks for; 0 if it leaves that to the profile."""
    selected: tuple[str, ...] = ()
    """The names of all schools and courses in the spec, sorted."""
    sections: dict[str, SectionEvidence] = msgspec.field(default_factory=dict)
    other_ids: SourceIdentity | None = None
    """The source whose ids the ledger has, if it is another one."""

    @property
    def ids_of(self) -> SourceIdentity:
        """The source whose ids the ledger has."""
        return self.source if self.other_ids is None else self.other_ids

    def with_ids_of(self, source: SourceIdentity) -> Evidence:
        """The same; the ids in the ledger are this source's."""
        return msgspec.structs.replace(self, other_ids=None if source == self.source else source)

    def missing_proofs(self, now: Evidence) -> Mapping[str, str]:
        """Sections that are proved worse `now`, each with what is missing."""
        same_page_size = self.page_size == now.page_size
        found = {
            name: known.missing_proof(section, same_page_size=same_page_size)
            for name, known, section in self._comparable(now)
        }
        return {name: what for name, what in found.items() if what}

    def odd_shrinks(self, now: Evidence) -> Mapping[str, str]:
        """Sections that are much shorter `now` than they should be, each with the numbers."""
        found = {name: known.odd_shrink(section) for name, known, section in self._comparable(now)}
        return {name: what for name, what in found.items() if what}

    def emptied(self, now: Evidence) -> tuple[str, ...]:
        """Sections that held rows and hold none `now`."""
        return tuple(name for name, known, section in self._comparable(now) if known.rows and not section.rows)

    def missing_members(self, now: Evidence) -> Mapping[str, tuple[str, ...]]:
        """Fields that were filled and are filled nowhere `now`, by section."""
        found = {name: known.missing_members(section) for name, known, section in self._comparable(now)}
        return {name: members for name, members in found.items() if members}

    def _comparable(self, now: Evidence) -> Iterator[tuple[str, SectionEvidence, SectionEvidence]]:
        if self.source.tells_as(now.source):
            for name, known in self.sections.items():
                if name in now.sections:
                    yield name, known, now.sections[name]

    def encode(self) -> str:
        """JSON; `decode` reads it."""
        return msgspec.json.encode(self, order="sorted").decode()

    @classmethod
    def decode(cls, encoded: str) -> Evidence | None:
        """What `encode` wrote; None if it is something else, as of another version."""
        try:
            return _decode(encoded)
        except msgspec.MsgspecError:
            return None


# Built once, as msgspec must not build one type's decoder in two threads at the same time: the process would crash.
_decode: Final = msgspec.json.Decoder(Evidence).decode


def succeeding(before: Evidence | None, now: Evidence, *, settled: bool, approved: bool, day: str) -> Evidence:
    """What to remember after an applied sync that read `now`.

    `approved`: somebody has seen how the roster is told, so that is how it is from now on. Else what was better before
    stays, with the `day` since when it is missing; all of it stays unless the sync was `settled`: no removal waited in
    question.
    """
    if before is None or (settled and not before.source.tells_as(now.source)):
        return now
    missing = before.missing_proofs(now)
    if not settled:
        doubtful = {*missing, *before.odd_shrinks(now)}
        sections = {name: known.doubted(day if name in doubtful else "") for name, known in before.sections.items()}
        return msgspec.structs.replace(before, sections=sections)
    sections = {}
    for name, section in now.sections.items():
        known = before.sections.get(name)
        if known is None:
            sections[name] = section
        elif approved:
            sections[name] = msgspec.structs.replace(section, largest_shrink=known.largest_shrink_to(section.rows))
        else:
            sections[name] = known.followed_by(section, day if name in missing else "")
    return msgspec.structs.replace(now, sections=sections)
