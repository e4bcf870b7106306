"""How a vendor writes ids: every sourcedId of the generator has one other spelling, and the way back is arithmetic.

`kind` is the record an id belongs to: org, session, course, class, user or enrollment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

IdSpelling = Literal["plain", "guid", "number", "padded", "aeries"]
_MASK = bytes.fromhex("6b1de0c7944a4fd28b3f5ac21e907d38")
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_PERSON = re.compile(r"([SATEFX])(\d+)(?:-(\d))?")
_CLASS = re.compile(r"(\d+)_(?:(\d+)_)?(\d+)")
_COURSE = re.compile(r"CRS-([A-Z])([A-Z])(\d+)")
_SESSION = re.compile(r"Y(\d{4})(?:-([STG])(\d))?")
_LEADING = {"S": "1", "T": "2", "A": "3", "E": "4", "F": "5", "X": "6"}
_LETTERS = {digit: letter for letter, digit in _LEADING.items()}
_AERIES_SESSIONS = {"": "Y", "S1": "F", "S2": "S", "T1": "1", "T2": "2", "T3": "3", "T4": "4"}
_AERIES_PARTS = {code: part for part, code in _AERIES_SESSIONS.items()}


def to_guid(plain: str) -> str:
    """An id of at most 16 bytes as a GUID; longer ones stay as they are."""
    raw = plain.encode()
    if len(raw) > len(_MASK):
        return plain
    mixed = bytes(a ^ b for a, b in zip(raw.ljust(len(_MASK), b"\0"), _MASK, strict=True)).hex()
    return f"{mixed[:8]}-{mixed[8:12]}-{mixed[12:16]}-{mixed[16:20]}-{mixed[20:]}"


def from_guid(shown: str) -> str:
    """The id behind a GUID."""
    if not _GUID.fullmatch(shown.lower()):
        return shown
    raw = bytes(a ^ b for a, b in zip(bytes.fromhex(shown.replace("-", "")), _MASK, strict=True))
    return raw.rstrip(b"\0").decode(errors="replace")


def to_number(plain: str) -> str:
    """An id as digits; ids that the generator did not make stay as they are."""
    if match := _PERSON.fullmatch(plain):
        letter, digits, slot = match.groups()
        return f"{_LEADING[letter]}{digits}{slot or ''}"
    if match := _CLASS.fullmatch(plain):
        school, generation, section = match.groups()
        return f"7{int(school):06d}{int(generation or 0):02d}{int(section):06d}"
    if match := _COURSE.fullmatch(plain):
        first, second, digits = match.groups()
        return f"8{ord(first)}{ord(second)}{digits}"
    if match := _SESSION.fullmatch(plain):
        year, part, digits = match.groups()
        return f"9{year}{f'{ord(part)}{digits}' if part else ''}"
    return plain


def from_number(shown: str) -> str:
    """The id behind the digits."""
    text = shown.strip()
    head, rest = text[:1], text[1:]
    if not text.isdigit() or len(text) < 5:
        return text
    if head == "4":
        return f"E{rest[:-1]}-{rest[-1]}"
    if head in _LETTERS:
        return f"{_LETTERS[head]}{rest}"
    if head == "7":
        generation = int(rest[6:8])
        return f"{int(rest[:6])}_{f'{generation}_' if generation else ''}{int(rest[8:])}"
    if head == "8":
        return f"CRS-{chr(int(rest[:2]))}{chr(int(rest[2:4]))}{rest[4:]}"
    return f"Y{rest[:4]}{f'-{chr(int(rest[4:6]))}{rest[6:]}' if len(rest) > 4 else ''}"


@dataclass(frozen=True, slots=True)
class Ids:
    """One vendor's spelling; `years_on` is how often the school year has moved on since the district was made.

    Aeries numbers sections and terms by school and year after year anew, so both repeat with another meaning.
    """

    spelling: IdSpelling
    ends_in: int = 0
    years_on: int = 0

    def shown(self, kind: str, plain: str, school: str = "") -> str:
        """An id as the vendor writes it; Aeries' sessions need the school that asks."""
        if self.spelling == "aeries":
            return self._aeries(kind, plain, school)
        return _SPELLINGS[self.spelling][0](plain)

    def plain(self, kind: str, shown: str) -> str:
        """The generator's id behind one that the vendor wrote."""
        if self.spelling == "aeries":
            return self._from_aeries(kind, shown)
        return _SPELLINGS[self.spelling][1](shown)

    def _aeries(self, kind: str, plain: str, school: str) -> str:
        match kind:
            case "user" if plain[:1] in _LEADING:
                return plain[1:] if plain.startswith("S") else f"TCH_{_LEADING[plain[0]]}{plain[1:]}"
            case "course":
                return plain.removeprefix("CRS-")
            case "session":
                part = plain.partition("-")[2]
                return f"{school}_{_AERIES_SESSIONS.get(part, part)}"
            case "class" if match := _CLASS.fullmatch(plain):
                left = int(match[2] or 0) - self.years_on
                return f"{match[1]}_{f'{left}_' if left else ''}{match[3]}"
        return plain

    def _from_aeries(self, kind: str, shown: str) -> str:
        match kind:
            case "user" if shown.startswith("TCH_"):
                return f"{_LETTERS.get(shown[4:5], '?')}{shown[5:]}"
            case "user" if shown.isdigit():
                return f"S{shown}"
            case "course":
                return f"CRS-{shown}" if re.fullmatch(r"[A-Z]{2}\d+", shown) else shown
            case "session":
                part = _AERIES_PARTS.get(shown.partition("_")[2], "?")
                return f"Y{self.ends_in}{f'-{part}' if part else ''}"
            case "class" if match := _CLASS.fullmatch(shown):
                generation = int(match[2] or 0) + self.years_on
                return f"{match[1]}_{f'{generation}_' if generation else ''}{match[3]}"
        return shown


def _same(text: str) -> str:
    return text


_SPELLINGS: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "plain": (_same, _same),
    "guid": (to_guid, from_guid),
    "number": (to_number, from_number),
    "padded": (lambda plain: f" {to_number(plain)} ", from_number),
}
