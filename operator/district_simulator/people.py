"""Made-up persons: their names, usernames and addresses, computed from a seed and a number.

The syllables are chosen so that a name cannot be met by accident in a log or in a status: tests seed a district and
then search everything that was emitted for the strings of its persons.
"""

from __future__ import annotations

from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN_HEADS = _words("Brinq Caelz Daxum Eshko Fyrra Gwilb Hespu Ixamo Jorvi Kwenz Lyzza Mirqo Nyxel Obryz Quilv Zemth")
_GIVEN_TAILS = _words("dane felu gorn hilde jax kimo lith mund nael pryx quon rissa sten tova vex wyn")
_FAMILY_HEADS = _words(
    "Abzor Brukt Cvand Dwelf Ekvist Frizl Gzamb Hvoyt Iljutz Jqart Klimz Lvosk Mzurr Nkpold Orvghat Pfenz"
)
_FAMILY_TAILS = _words(
    "abeck ovsen ingworx althe urmann emsky ildorf okwu antzer ezhno umqvist yllpea arnvik olmgren ushkin ebrandt"
)

FIRST_NUMBER = 1_000_001
_ROLE_SALT = {"S": 0x1F123BB5, "T": 0x5A3C9E21, "A": 0x77D1A0C3}
_MASK = 0xFFFFFFFF


class Person(NamedTuple):
    """The personal strings of one made-up person."""

    sourced_id: str
    given_name: str
    family_name: str
    username: str
    email: str
    identifier: str


class People:
    """The persons of one district; `kind` is S for students, T for teachers and A for administrators."""

    def __init__(self, seed: int) -> None:
        self.domain = f"district-{seed}.example.org"
        self._seed = (seed * 0x85EBCA6B + 0x27D4EB2F) & _MASK

    def person(self, kind: str, number: int) -> Person:
        """The person with this number (from 0) among those of the kind; any number has a person."""
        mixed = ((number + self._seed) * 0x9E3779B1 ^ _ROLE_SALT[kind]) & _MASK
        mixed ^= mixed >> 15
        mixed = mixed * 0x2C1B3C6D & _MASK
        mixed ^= mixed >> 12
        given = _GIVEN_HEADS[mixed & 15] + _GIVEN_TAILS[(mixed >> 8) & 15]
        family = _FAMILY_HEADS[(mixed >> 12) & 15] + _FAMILY_TAILS[(mixed >> 16) & 15]
        sourced_id = sourced_id_of(kind, number)
        username = f"{given}.{family}.{sourced_id}".lower()
        return Person(
            sourced_id,
            given,
            family,
            username,
            f"{username}@{self.domain}",
            f"{'5' if kind == 'S' else '6'}{(number * 7919 + mixed % 7919) % 10**11:011d}",
        )


def sourced_id_of(kind: str, number: int) -> str:
    """The sourcedId of a person, such as S1000001; ids of one kind sort in the order of their numbers."""
    return f"{kind}{FIRST_NUMBER + number}"


def number_of(sourced_id: str) -> int | None:
    """The number behind a person's sourcedId, or None where it has not that form."""
    digits = sourced_id[1:]
    if not (digits.isascii() and digits.isdigit()) or digits.startswith("0"):
        return None
    number = int(digits) - FIRST_NUMBER
    return number if number >= 0 else None
