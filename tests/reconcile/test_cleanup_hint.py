"""The checklist names the options of `cleanup` that would bring accounts from before together with the roster."""

from __future__ import annotations

import pytest

from roster_operator.licensing.clean_logins import CleanRules, UsernameFrom, cleaner
from roster_operator.licensing.login_formats import ExistingAccounts, Logins, bridge, form
from roster_operator.reconcile.cleanup_hint import cleanup_options

NUMBERS = range(1000, 1030)


def found(roster: str, username: str, email: str = "", number: str = "") -> ExistingAccounts:
    coming = [Logins(roster.format(n), "", "") for n in NUMBERS]
    existing = [Logins(*(each.format(n) for each in (username, email, number))) for n in NUMBERS]
    return ExistingAccounts(0, 30, 30, form(existing), form(coming), bridge(coming, existing))


@pytest.mark.parametrize(
    ("roster", "account", "options", "rules"),
    [
        (
            "u{}@new.example",
            ("u{}@old.example",),
            "--domain old.example=new.example",
            CleanRules((("old.example", "new.example"),)),
        ),
        ("u{}", ("u{}@old.example",), "--username-from local-part", CleanRules((), UsernameFrom.LOCAL_PART)),
        ("u{}", ("", "u{}@old.example"), "--username-from local-part", CleanRules((), UsernameFrom.LOCAL_PART)),
        ("u{}@o.example", ("x{}", "u{}@o.example"), "--username-from email", CleanRules((), UsernameFrom.EMAIL)),
        ("{}", ("x{}y", "", "{}"), "--username-from number", CleanRules((), UsernameFrom.NUMBER)),
        ("00{}", ("{}",), "--username-digits 6", CleanRules((), None, 6)),
        (
            "00{}",
            ("", "{}@o.example"),
            "--username-from local-part --username-digits 6",
            CleanRules((), UsernameFrom.LOCAL_PART, 6),
        ),
        (
            "00{}",
            ("x", "", "{}"),
            "--username-from number --username-digits 6",
            CleanRules((), UsernameFrom.NUMBER, 6),
        ),
    ],
)
def test_the_options_make_the_one_form_of_the_other(
    roster: str, account: tuple[str, ...], options: str, rules: CleanRules
) -> None:
    assert cleanup_options(found(roster, *account)) == options
    made = cleaner(rules)(Logins(*(each.format(1007) for each in (*account, "", "")[:3]))).made
    assert made.username == roster.format(1007)


@pytest.mark.parametrize(("roster", "account"), [("u.{}", ("u{}",)), ("a{}", ("b{}",)), ("u{}@new.example", ("u{}",))])
def test_where_no_option_would_none_is_named(roster: str, account: tuple[str, ...]) -> None:
    assert not cleanup_options(found(roster, *account))
