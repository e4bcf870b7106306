"""The form that logins of a district are to have, as somebody declared it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from roster_operator.plurals import counted


@dataclass(frozen=True, slots=True)
class DeclaredLogin:
    """A login is the username, or the email of somebody who has none."""

    domain: str = ""
    """It is an email there; empty: it need be none."""
    digits: int = 0
    """It is so many digits, before the @ if it is an email; 0: it need not be."""
    lower_case: bool = False
    students: bool = True
    """Whether it is asked of students."""
    staff: bool = True

    def allows(self, login: str, *, student: bool) -> bool:
        """Whether a login is of this form, or is nobody's of whom it is asked; none at all is another question."""
        if not login or not (self.students if student else self.staff):
            return True
        if self.lower_case and login != login.lower():
            return False
        local, _, domain = login.partition("@")
        if self.domain and domain.lower() != self.domain:
            return False
        return not self.digits or (len(local) == self.digits and local.isascii() and local.isdecimal())

    def __str__(self) -> str:
        """For messages."""
        said = [f"{counted(self.digits, 'digit[s]')}"] if self.digits else []
        if self.domain:
            said.append(f"{'before the @ of ' if said else ''}an email at {self.domain}")
        if self.lower_case:
            said.append("in lower case")
        return " ".join(said)
