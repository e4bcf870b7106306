"""In which form logins are, here and there, and what would bring two forms together. Pure.

Accounts that an eBook platform has from before often have logins of another form than the roster: the email for the
username, a number without its zeros. Then nobody is recognized, and everybody gets a second account.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

MOST_EXISTING: Final = 5_000
MOST_COMING: Final = 50_000
"""So many of either are compared; of more, the first."""
_FEW: Final = 10
"""Of fewer, nothing can be said."""
_MOST: Final = 60
"""Percent of logins that have to be of one form for it to be named."""
_LEAST_DIGITS: Final = 4
_NEARLY: Final = 95
"""Percent of what the best step finds: a step that changes less is taken if it finds so many, for one that changes more
finds some by chance, such as a teacher's number in a student's login."""


class Logins(NamedTuple):
    """Of an account, or of a person of the roster."""

    username: str
    email: str
    identifier: str

    def __repr__(self) -> str:
        """Nothing of the person: reprs end up in logs."""
        return "Logins(...)"


@dataclass(frozen=True, slots=True)
class Bridge:
    """What of the roster is what of the accounts, in words, and how often."""

    of_roster: str
    of_accounts: str
    found: int
    among: int
    """Accounts that were looked at."""


@dataclass(frozen=True, slots=True)
class ExistingAccounts:
    """Accounts that somebody works with already and no roster knows, and the people who come anew."""

    recognized: int
    existing: int
    """Those recognized included."""
    coming: int
    """Likewise."""
    form_existing: str = ""
    form_coming: str = ""
    bridge: Bridge | None = None

    @property
    def percent(self) -> int:
        """How many are recognized of those who could be at most."""
        return 100 * self.recognized // max(1, min(self.existing, self.coming))

    @property
    def few(self) -> bool:
        """Whether there are too few of either to say anything."""
        return min(self.existing, self.coming) < _FEW


def _whole(value: str) -> str:
    return value


def _local(value: str) -> str:
    return value.partition("@")[0]


def _plain(value: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _local(value))


def _number(value: str) -> str:
    digits = re.sub(r"\D", "", _local(value)).lstrip("0")
    return digits if len(digits) >= _LEAST_DIGITS else ""


_STEPS: Final[Sequence[tuple[str, Callable[[str], str]]]] = (
    ("{}", _whole),
    ("{} up to the @", _local),
    ("{} without blanks and punctuation", _plain),
    ("number in the {}, without zeros in front", _number),
)
"""From the one that changes least."""
_NAMES: Final = ("username", "email", "number")


def bridge(coming: Iterable[Logins], existing: Sequence[Logins]) -> Bridge | None:
    """What would recognize most of `existing` among `coming`; None if nothing finds more than a few of them."""
    known = [
        [{made for each in existing if (made := step(each[field].lower()))} for field in range(len(_NAMES))]
        for _, step in _STEPS
    ]
    met: dict[tuple[int, int, int], set[str]] = {}
    for person in coming:
        for field, value in enumerate(person):
            lowered = value.lower()
            for number, (_, step) in enumerate(_STEPS):
                made = step(lowered)
                for other, accounts in enumerate(known[number]):
                    if made in accounts:
                        met.setdefault((number, field, other), set()).add(made)
    if not met:
        return None
    most = max(map(len, met.values()))
    best = min((at for at in met if len(met[at]) * 100 >= most * _NEARLY), key=lambda at: (at[0], -len(met[at])))
    if len(met[best]) < max(_FEW // 2, len(existing) // 5):
        return None
    words, (_, field, other) = _STEPS[best[0]][0], best
    return Bridge(words.format(_NAMES[field]), words.format(_NAMES[other]), len(met[best]), len(existing))


def form(logins: Iterable[Logins]) -> str:
    """Of which form most usernames are, and emails where there are no usernames; in words."""
    forms = Counter(_form(each.username or each.email) for each in logins)
    total = sum(forms.values())
    named, count = forms.most_common(1)[0] if forms else ("", 0)
    return named if total and count * 100 >= total * _MOST else "of several forms"


def _form(login: str) -> str:
    local, at, domain = login.lower().partition("@")
    if not local:
        return "empty"
    if at:
        return f"emails at {domain}"
    if local.isdecimal():
        return f"numbers of {len(local)} digits" + (" with zeros in front" if local[0] == "0" else "")
    if local.isalpha():
        return "letters"
    return "letters and digits" if local.isalnum() else "letters and digits with punctuation"
