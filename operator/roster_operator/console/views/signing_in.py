"""Where somebody signs in; and what is said instead of a page that cannot be shown."""

from __future__ import annotations

from roster_operator.console import addresses
from roster_operator.console.elements import Field, Form, Kind, Link, Page, Section


def sign_in_page(alert: str = "") -> Page:
    """The token is never shown again."""
    hint = "Of a Kubernetes user or ServiceAccount. It is checked by the cluster, and kept in this browser, sealed."
    form = Form(addresses.SIGN_IN, (Field("token", "Token", "", Kind.SECRET, hint=hint, required=True),), "Sign in")
    how = (
        "Get one with: kubectl create token NAME --namespace NAMESPACE. Or ask the Platform engineer for one, or for a "
        "way in by your school's or company's account."
    )
    return Page("Sign in", (Section("With a token", notes=(how,), form=form),), alert=alert)


def error_page(status: int, message: str) -> Page:
    """For whoever is signed in."""
    titles = {403: "You may not see this", 404: "There is nothing here", 503: "Not now"}
    return Page(titles.get(status, "This did not work"), way=(Link("Districts", addresses.DISTRICTS),), alert=message)
