"""Logins come into one form by rules: blanks and case in any case, the rest where somebody asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from roster_operator.errors import InputError
from roster_operator.licensing.clean_logins import CleanRules, Rule, UsernameFrom, cleaner
from roster_operator.licensing.login_formats import Logins

MOVED = {"domains": (("old.example", "new.example"),)}


@pytest.mark.parametrize(
    ("rules", "before", "after", "applied"),
    [
        ({}, ("ann", "ann@x.example", "7"), ("ann", "ann@x.example", "7"), ()),
        ({}, (" ann\u00a0", "ann @x.example", " 0 7"), ("ann", "ann@x.example", "07"), (Rule.BLANKS,)),
        ({}, ("an\u200bn", "", ""), ("ann", "", ""), (Rule.BLANKS,)),
        ({}, ("Ann B", "Ann@X.example", "A7"), ("ann b", "ann@x.example", "A7"), (Rule.CASE,)),
        (MOVED, ("Ann@Old.example", "b@old.example", ""), ("ann@new.example", "b@new.example", ""), "CaseDomain"),
        (MOVED, ("ann", "b@other.example", ""), ("ann", "b@other.example", ""), ()),
        ({"username_from": UsernameFrom.EMAIL}, ("ann", "b@x.example", ""), ("b@x.example",) * 2 + ("",), "Username"),
        ({"username_from": UsernameFrom.EMAIL}, ("ann", "", ""), ("ann", "", ""), ()),
        ({"username_from": UsernameFrom.NUMBER}, ("ann", "", "0042"), ("0042", "", "0042"), "Username"),
        ({"username_from": UsernameFrom.LOCAL_PART}, ("a@x.example", "", ""), ("a", "", ""), "Username"),
        ({"username_from": UsernameFrom.LOCAL_PART}, ("", "a@x.example", ""), ("a", "a@x.example", ""), "Username"),
        ({"username_from": UsernameFrom.LOCAL_PART}, ("@x.example", "", ""), ("@x.example", "", ""), ()),
        ({"username_digits": 6}, ("4711", "", "4711"), ("004711", "", "4711"), "Digits"),
        ({"number_digits": 6}, ("4711", "", "4711"), ("4711", "", "004711"), "Digits"),
        ({"username_digits": 4}, ("00004711", "", ""), ("4711", "", ""), "Digits"),
        ({"username_digits": 4}, ("1234567", "", ""), ("1234567", "", ""), ()),
        ({"username_digits": 6}, ("a4711", "", ""), ("a4711", "", ""), ()),
    ],
)
def test_a_login_is_brought_into_the_form(
    rules: dict[str, Any], before: tuple[str, ...], after: tuple[str, ...], applied: object
) -> None:
    cleaned = cleaner(CleanRules(**rules))
    _, made, why = cleaned(Logins(*before))
    assert made == Logins(*after)
    assert why == applied or "".join(why) == applied
    assert cleaned(made)[1:] == (made, ()), "twice is as good as once"


@pytest.mark.parametrize(
    "rules",
    [
        {"domains": (("old.example", "new.example"), ("old.example", "b.example"))},
        {"domains": (("old.example", "new.example"), ("new.example", "b.example"))},
        {"domains": (("@old.example", "new.example"),)},
        {"domains": (("Old.example", "new.example"),)},
        {"username_digits": 21},
        {"number_digits": -1},
        {"domains": tuple((f"old{n}.example", "new.example") for n in range(21))},
    ],
)
def test_rules_that_contradict_themselves_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        CleanRules(**rules)
