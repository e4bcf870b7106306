"""The form of logins that a spec declares, as the roster and what people enter are held against it."""

from __future__ import annotations

from roster_operator.api.v1alpha1 import Matching, People
from roster_operator.licensing.declared_login import DeclaredLogin


def declared_login(matching: Matching) -> DeclaredLogin | None:
    """None if nobody declared one."""
    declared = matching.login_format
    if declared is None:
        return None
    return DeclaredLogin(
        domain=declared.domain or "",
        digits=declared.digits or 0,
        lower_case=declared.lower_case,
        students=declared.people is not People.STAFF,
        staff=declared.people is not People.STUDENTS,
    )
