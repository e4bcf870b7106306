"""Where somebody signs in and out; and what is said instead of a page that cannot be shown."""

from __future__ import annotations

from roster_operator.console import addresses
from roster_operator.console.elements import Field, Form, Kind, Link, Page, Section


def sign_in_page(alert: str = "", provider: str = "") -> Page:
    """The token is never shown again. `provider`: what people call theirs; empty: there is none."""
    return Page("Sign in", (*_with_provider(provider), _with_token()), alert=alert)


def signed_in_page() -> Page:
    """Comes between: a browser shows a new session to a page that one of ours leads to, and to no other site's."""
    return Page("You are signed in", (Section("Go on", links=(Link("Districts", addresses.DISTRICTS),)),))


def signed_out_page(provider: str, goodbye: str) -> Page:
    """`goodbye`: where the session at the provider ends; empty: there is no such page."""
    again = Link("Sign in again", addresses.SIGN_IN)
    there = f"You may still be signed in at {provider}: on a computer that others use, sign out there too."
    leave = (Link(f"Sign out of {provider}", goodbye),) if goodbye else ()
    return Page("You are signed out", (Section("On a shared computer", notes=(there,), links=(*leave, again)),))


def error_page(status: int, message: str) -> Page:
    """For whoever is signed in."""
    titles = {403: "You may not see this", 404: "There is nothing here", 503: "Not now"}
    return Page(titles.get(status, "This did not work"), way=(Link("Districts", addresses.DISTRICTS),), alert=message)


def _with_provider(provider: str) -> tuple[Section, ...]:
    """A link, as a form could not lead to another site: the policy of our pages forbids it."""
    if not provider:
        return ()
    links = (Link(f"Sign in with {provider}", addresses.SIGN_IN_BY_PROVIDER),)
    return (Section("With your account", links=links),)


def _with_token() -> Section:
    hint = "Of a Kubernetes user or ServiceAccount. It is checked by the cluster, and kept in this browser, sealed."
    form = Form(addresses.SIGN_IN, (Field("token", "Token", "", Kind.SECRET, hint=hint, required=True),), "Sign in")
    how = (
        "Get one with: kubectl create token NAME --namespace NAMESPACE. Or ask the Platform engineer for one, or for a "
        "way in by your school's or company's account."
    )
    return Section("With a token", notes=(how,), form=form)
