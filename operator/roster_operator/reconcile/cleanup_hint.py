"""Which options of `cleanup` would bring accounts from before together with the people of the roster."""

from __future__ import annotations

import re
from typing import Final

from roster_operator.licensing.login_formats import Bridge, ExistingAccounts

_DOMAIN: Final = re.compile(r"emails at (\S+)")
_DIGITS: Final = re.compile(r"numbers of (\d+) digits")
_NUMBER_IN: Final = re.compile(r"number in the (\w+),.*")
_WHOLE: Final = {"email": "--username-from email", "number": "--username-from number"}
_NUMBERS: Final = {"username": "", "email": "--username-from local-part ", "number": "--username-from number "}


def cleanup_options(found: ExistingAccounts) -> str:
    """As they are written; empty if no rule of a clean-up would."""
    link = found.bridge
    if link is None:
        return ""
    if link.of_roster == "username":
        return _WHOLE.get(link.of_accounts, "")
    if link.of_roster == "username up to the @":
        return _by_local_part(found)
    return _by_number(found, link)


def _by_local_part(found: ExistingAccounts) -> str:
    new, old = _DOMAIN.fullmatch(found.form_coming), _DOMAIN.fullmatch(found.form_existing)
    if new and old:
        return f"--domain {old[1]}={new[1]}"
    return "" if new else "--username-from local-part"


def _by_number(found: ExistingAccounts, link: Bridge) -> str:
    """Where the usernames of the roster are numbers, and no more."""
    here, there = _NUMBER_IN.fullmatch(link.of_roster), _NUMBER_IN.fullmatch(link.of_accounts)
    digits = _DIGITS.match(found.form_coming)
    if not (here and there and digits and here[1] == "username"):
        return ""
    return f"{_NUMBERS[there[1]]}--username-digits {digits[1]}"
