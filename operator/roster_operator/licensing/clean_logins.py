"""Brings the logins of an account into one form, by rules that a person chose. Pure.

Upper case and blanks go in any case: nobody is told apart by them. Everything else may make one login out of two, so
it is done only where somebody asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from roster_operator.errors import InputError
from roster_operator.licensing.login_formats import Logins

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_DOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_MOST_DIGITS: Final = 20
_MOST_DOMAINS: Final = 20


class Rule(StrEnum):
    """What is done to a login."""

    BLANKS = "Blanks"
    """Blanks around it go, and characters that nobody sees; of emails and numbers all blanks."""
    CASE = "Case"
    """It is in lower case."""
    DOMAIN = "Domain"
    """Another domain stands behind the @."""
    USERNAME = "Username"
    """The username is made from another login."""
    DIGITS = "Digits"
    """A number has zeros in front, or has them no more."""


class UsernameFrom(StrEnum):
    """What usernames are made from."""

    EMAIL = "email"
    LOCAL_PART = "local-part"
    """What stands before the @ of the username, or else of the email."""
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class CleanRules:
    """What is done beside blanks and case."""

    domains: tuple[tuple[str, str], ...] = ()
    """Each a domain and the one that takes its place, of usernames and emails."""
    username_from: UsernameFrom | None = None
    username_digits: int = 0
    """Usernames that are numbers have so many digits at least, by zeros in front, and no other zeros; 0: any."""
    number_digits: int = 0
    """Likewise of student and staff numbers."""

    def __post_init__(self) -> None:
        """Raises `InputError` for what is no domain, or contradicts itself."""
        for digits in (self.username_digits, self.number_digits):
            if not 0 <= digits <= _MOST_DIGITS:
                raise InputError(f"Digits must be from 1 to {_MOST_DIGITS}.")
        if len(self.domains) > _MOST_DOMAINS:
            raise InputError(f"These are more than {_MOST_DOMAINS} domains.")
        for domain in (each for pair in self.domains for each in pair):
            if not _DOMAIN.fullmatch(domain):
                raise InputError("A domain is such as springfield.example: in lower case, without @.")
        old = [before for before, _ in self.domains]
        if len(set(old)) < len(old) or {new for _, new in self.domains} & set(old):
            raise InputError("A domain is replaced once, and what takes its place is not replaced itself.")


_Step = Callable[[Logins], Logins]


class Cleaned(NamedTuple):
    """Logins as they are to be."""

    plain: Logins
    """With blanks and case gone alone."""
    made: Logins
    applied: tuple[Rule, ...]

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Cleaned(...)"


PLAIN: Final = CleanRules()
"""Blanks and case alone."""


def cleaner(rules: CleanRules) -> Callable[[Logins], Cleaned]:
    """What cleans by these rules. A login never becomes empty."""
    steps = tuple(_steps(rules))

    def cleaned(logins: Logins) -> Cleaned:
        applied: list[Rule] = []
        plain = made = _applied(_IN_ANY_CASE, logins, applied)
        return Cleaned(plain, _applied(steps, made, applied) if steps else made, tuple(applied))

    return cleaned


def _applied(steps: Iterable[tuple[Rule, _Step]], logins: Logins, applied: list[Rule]) -> Logins:
    for rule, step in steps:
        made = step(logins)
        if made != logins:
            made = Logins(*(after or before for after, before in zip(made, logins, strict=True)))
            if made != logins:
                applied.append(rule)
                logins = made
    return logins


def _steps(rules: CleanRules) -> Iterator[tuple[Rule, _Step]]:
    """In their order."""
    if rules.domains:
        new = dict(rules.domains)
        yield Rule.DOMAIN, lambda logins: _of_domain(logins, new)
    if rules.username_from is not None:
        yield Rule.USERNAME, lambda logins: logins._replace(username=_username(logins, rules.username_from))
    if rules.username_digits or rules.number_digits:
        yield Rule.DIGITS, lambda logins: _of_digits(logins, rules)


def _without_blanks(logins: Logins) -> Logins:
    username, email, number = logins
    return Logins(_seen(username).strip(), _compact(email), _compact(number))


def _seen(login: str) -> str:
    return login if login.isascii() else _INVISIBLE.sub("", login)


def _compact(login: str) -> str:
    return "".join(_seen(login).split())


def _in_lower_case(logins: Logins) -> Logins:
    return Logins(logins.username.lower(), logins.email.lower(), logins.identifier)


_IN_ANY_CASE: Final = ((Rule.BLANKS, _without_blanks), (Rule.CASE, _in_lower_case))


def _of_domain(logins: Logins, new: Mapping[str, str]) -> Logins:
    def moved(login: str) -> str:
        local, at, domain = login.rpartition("@")
        return f"{local}@{new[domain]}" if at and domain in new else login

    return Logins(moved(logins.username), moved(logins.email), logins.identifier)


def _username(logins: Logins, made_from: UsernameFrom | None) -> str:
    if made_from is UsernameFrom.EMAIL:
        return logins.email
    if made_from is UsernameFrom.NUMBER:
        return logins.identifier
    return (logins.username or logins.email).partition("@")[0]


def _of_digits(logins: Logins, rules: CleanRules) -> Logins:
    return logins._replace(
        username=_digits(logins.username, rules.username_digits),
        identifier=_digits(logins.identifier, rules.number_digits),
    )


def _digits(value: str, wanted: int) -> str:
    """With zeros in front up to `wanted` digits, or without those that are too many."""
    if not wanted or not (value.isascii() and value.isdecimal()):
        return value
    return value.lstrip("0").rjust(wanted, "0")
