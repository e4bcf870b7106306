"""Whether ids still stand for the same people, by how many agree beside them. An id is an id of one source only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_FEW: Final = 2
_FEW_PERCENT: Final = 5


def few(persons: int) -> int:
    """So many of these may change all that identifies them at once, without a question: 2, or 5 percent."""
    return max(_FEW, persons * _FEW_PERCENT // 100)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the people of a reading are those of the accounts, by what is known of them beside the id."""

    both: int = 0
    """Have login and number of an account."""
    login: int = 0
    """Have the login of one, and not its number."""
    number: int = 0
    """Have the number of one, and not its login."""
    neither: int = 0
    """Have the id of an account, and neither its login nor its number."""
    silent: int = 0
    """Of these, who have nothing that could be compared."""
    ambiguous: int = 0
    """Agree with several accounts, or several of them with one."""
    at_odds: int = 0
    """Of those who agree by one of login and number, who have another other."""
    moved: int = 0
    """Of those who agree, who come under another id."""

    @property
    def agreeing(self) -> int:
        """Who have the login or the number of one account."""
        return self.both + self.login + self.number

    @property
    def contradicting(self) -> int:
        """Who have the id of an account, and another login or number."""
        return self.neither - self.silent

    def proves(self, people: int) -> bool:
        """Whether ids are those of before: of `people` at least half agree under their ids, and nobody contradicts."""
        others = self.contradicting + self.ambiguous + self.moved
        return not others and self.at_odds <= few(people) and 2 * self.agreeing >= people

    def mostly_proves(self, people: int) -> bool:
        """Whether ids are those of before for nearly all."""
        others = self.contradicting + self.ambiguous + self.moved + self.at_odds
        return others <= few(people) and 2 * (self.agreeing - self.moved) >= people


@dataclass(frozen=True, slots=True)
class Rekey:
    """What becomes of accounts where ids count for nothing by themselves."""

    agreement: Agreement
    retired: int = 0
    """Accounts whose people are not found any more: they are no longer listed."""
    by_id: int = 0
    """People who keep an account by the id alone, as the spec says that they are the same or as nearly all are."""
    renamed: int = 0
    """Rows of the ledger that get another id."""
    digest: str = ""
    """Of which account gets which id."""
