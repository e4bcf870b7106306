"""Of which form a login is, held against the one that somebody declared."""

from __future__ import annotations

import pytest

from roster_operator.licensing.declared_login import DeclaredLogin

DIGITS = DeclaredLogin(digits=6)
THERE = DeclaredLogin(domain="d.example", digits=6)


@pytest.mark.parametrize(
    ("declared", "login", "allowed"),
    [
        (DIGITS, "004711", True),
        (DIGITS, "4711", False),
        (DIGITS, "00471a", False),
        (DIGITS, "\u0660\u0660\u0664\u0667\u0661\u0661", False),
        (DIGITS, "004711@any.example", True),
        (THERE, "004711@d.example", True),
        (THERE, "004711@D.EXAMPLE", True),
        (THERE, "004711@other.example", False),
        (THERE, "004711@x.d.example", False),
        (THERE, "004711", False),
        (DeclaredLogin(domain="d.example"), "ann.lee@d.example", True),
        (DeclaredLogin(lower_case=True), "Ann@d.example", False),
        (DeclaredLogin(lower_case=True), "ann", True),
        (THERE, "", True),
    ],
)
def test_a_login_is_of_the_declared_form_or_not(declared: DeclaredLogin, login: str, *, allowed: bool) -> None:
    assert declared.allows(login, student=True) is allowed


def test_a_form_may_be_asked_of_some_alone() -> None:
    students = DeclaredLogin(digits=6, staff=False)
    assert students.allows("ann", student=False)
    assert not students.allows("ann", student=True)
    staff = DeclaredLogin(lower_case=True, students=False)
    assert staff.allows("ANN", student=True)
    assert not staff.allows("ANN", student=False)


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (DIGITS, "6 digits"),
        (THERE, "6 digits before the @ of an email at d.example"),
        (DeclaredLogin(domain="d.example", lower_case=True), "an email at d.example in lower case"),
        (DeclaredLogin(lower_case=True), "in lower case"),
    ],
)
def test_the_form_can_be_said(declared: DeclaredLogin, said: str) -> None:
    assert str(declared) == said
