"""In which form logins are, and which one rule would bring two forms together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from roster_operator.licensing.login_formats import Bridge, Logins, bridge, form

ROSTER = [Logins(f"kid{n:02}", f"Kid.{n:02}@school.example", f"00{4100 + n}") for n in range(50)]

FOUR_FORMATS: list[tuple[Callable[[int], Logins], str, str]] = [
    (lambda n: Logins(f"kid.{n:02}@school.example", "", ""), "email", "username"),
    (lambda n: Logins(f"kid{n:02}@old.example", "", ""), "username up to the @", "username up to the @"),
    (lambda n: Logins(f"{4100 + n}", "", ""), "number in the number, without zeros in front", "number in the username"),
    (lambda n: Logins("", f"kid-{n:02}@old.example", ""), "username without blanks and punctuation", "email without"),
    (lambda n: Logins(f"00{4100 + n}", "", ""), "number", "username"),
]


@pytest.mark.parametrize(("account", "of_roster", "of_accounts"), FOUR_FORMATS)
def test_the_rule_that_brings_most_together_is_named(
    account: Callable[[int], Logins], of_roster: str, of_accounts: str
) -> None:
    found = bridge(ROSTER, [account(n) for n in range(10, 90)])
    assert found is not None
    assert (found.of_roster, found.found, found.among) == (of_roster, 40, 80)
    assert found.of_accounts.startswith(of_accounts)


def test_where_nothing_fits_no_rule_is_named() -> None:
    assert bridge(ROSTER, [Logins(f"other{n}", "", f"{9000 + n}") for n in range(50)]) is None
    assert bridge(ROSTER, []) is None
    assert bridge([], [Logins("kid01", "", "")] * 20) is None


def test_a_few_chance_hits_are_no_rule() -> None:
    strangers = [Logins(f"other{n}", "", "") for n in range(96)]
    assert bridge(ROSTER, [*strangers, *(Logins(f"kid{n:02}", "", "") for n in range(4))]) is None


def test_of_two_rules_that_find_the_same_the_plainer_one_is_named() -> None:
    assert bridge(ROSTER, [Logins(f"KID{n:02}", "", "") for n in range(50)]) == Bridge("username", "username", 50, 50)


def test_a_plainer_rule_is_named_though_one_that_looks_at_numbers_finds_some_more_by_chance() -> None:
    roster = [*(Logins(f"kid.s{1000 + n}", "", "") for n in range(50)), Logins("teacher.t1050", "", "")]
    existing = [Logins(f"kid.s{1000 + n}@old.example", "", "") for n in range(51)]
    assert bridge(roster, existing) == Bridge("username up to the @", "username up to the @", 50, 51)


@pytest.mark.parametrize(
    ("logins", "told"),
    [
        ([Logins("ann", "", ""), Logins("bob", "", "")], "letters"),
        ([Logins("ann1", "", "")], "letters and digits"),
        ([Logins("ann.b", "", "")], "letters and digits with punctuation"),
        ([Logins("123456", "", "")], "numbers of 6 digits"),
        ([Logins("012345", "", "")], "numbers of 6 digits with zeros in front"),
        ([Logins("a@School.example", "", "")], "emails at school.example"),
        ([Logins("", "b@school.example", "")], "emails at school.example"),
        ([Logins("", "", "7")], "empty"),
        ([Logins("ann", "", ""), Logins("123456", "", "")], "of several forms"),
        ([], "of several forms"),
    ],
)
def test_most_decide_what_the_form_is(logins: list[Logins], told: str) -> None:
    assert form(logins) == told


def test_nobody_is_shown_by_a_repr() -> None:
    assert "kid" not in repr(ROSTER)
