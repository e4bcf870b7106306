"""Where somebody signs in and out; and what is said instead of a page that cannot be shown."""

from __future__ import annotations

from roster_operator.console import addresses
from roster_operator.console.elements import Field, Form, Kind, Link, Page, Section
from roster_operator.messages import gettext as _


def sign_in_page(alert: str = "", provider: str = "") -> Page:
    """The token is never shown again. `provider`: what people call theirs; empty: there is none."""
    return Page(_("Sign in"), (*_with_provider(provider), _with_token()), alert=alert)


def signed_in_page() -> Page:
    """Comes between: a browser shows a new session to a page that one of ours leads to, and to no other site's."""
    return Page(_("You are signed in"), (Section(_("Go on"), links=(Link(_("Districts"), addresses.DISTRICTS),)),))


def signed_out_page(provider: str, goodbye: str) -> Page:
    """`goodbye`: where the session at the provider ends; empty: there is no such page."""
    again = Link(_("Sign in again"), addresses.SIGN_IN)
    there = _(
        "You may still be signed in at {provider}: on a computer that others use, sign out there too.",
        provider=provider,
    )
    leave = (Link(_("Sign out of {provider}", provider=provider), goodbye),) if goodbye else ()
    return Page(_("You are signed out"), (Section(_("On a shared computer"), notes=(there,), links=(*leave, again)),))


def error_page(status: int, message: str) -> Page:
    """For whoever is signed in."""
    titles = {403: _("You may not see this"), 404: _("There is nothing here"), 503: _("Not now")}
    way = (Link(_("Districts"), addresses.DISTRICTS),)
    return Page(titles.get(status, _("This did not work")), way=way, alert=message)


def _with_provider(provider: str) -> tuple[Section, ...]:
    """A link, as a form could not lead to another site: the policy of our pages forbids it."""
    if not provider:
        return ()
    links = (Link(_("Sign in with {provider}", provider=provider), addresses.SIGN_IN_BY_PROVIDER),)
    return (Section(_("With your account"), links=links),)


def _with_token() -> Section:
    hint = _("Of a Kubernetes user or ServiceAccount. It is checked by the cluster, and kept in this browser, sealed.")
    fields = (Field("token", _("Token"), "", Kind.SECRET, hint=hint, required=True),)
    form = Form(addresses.SIGN_IN, fields, _("Sign in"))
    how = _(
        "Get one with: kubectl create token NAME --namespace NAMESPACE. Or ask the Platform engineer for one, or for a "
        "way in by your school's or company's account."
    )
    return Section(_("With a token"), notes=(how,), form=form)
