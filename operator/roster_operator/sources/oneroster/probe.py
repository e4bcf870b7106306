"""The check of credentials and shared sections: one row of each, and what it means."""

from __future__ import annotations

from roster_operator.errors import CredentialsRejected, SectionNotShared
from roster_operator.sources.failures import RequestRefused, RouteMissing, WebPage
from roster_operator.sources.oneroster.client import OneRosterClient, not_offered
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.routes import Route
from roster_operator.sources.source import Access, Report, Section


def probe(client: OneRosterClient) -> Report:
    """Asks each section for one row, in the first of the places where the API is.

    Raises what concerns the server or the credentials as a whole. A 401 for one section only, while others answer,
    is how some servers say that it is not shared.
    """
    absent: RouteMissing | WebPage | None = None
    also: list[str] = []
    while True:
        try:
            return _probe(client)
        except (RouteMissing, WebPage) as error:
            if absent is None:
                absent = error
            else:
                also.append(client.where)
            if not client.move_on():
                break
    if also:
        raise type(absent)(f"{absent.message} There is none at {' or '.join(also)} either.")
    raise absent


def _probe(client: OneRosterClient) -> Report:
    client.authorize()
    found: dict[Section, Access] = {}
    rejection: CredentialsRejected | None = None
    missing: RouteMissing | None = None
    for section in Section:
        try:
            found[section] = _look(client, section)
        except SectionNotShared as refused:
            found[section] = Access(section, shared=False, message=refused.message)
        except CredentialsRejected as rejected:
            if rejection is not None and not client.answered:
                raise
            rejection = rejected
            found[section] = Access(section, shared=False, message=_refused_alone(section, client))
        except RouteMissing as not_there:
            missing = not_there
            found[section] = Access(section, shared=False, message=not_offered(section, client.where, client.words))
    if not client.answered:
        if rejection is not None:
            raise rejection
        if missing is not None and not any(a.shared for a in found.values()):
            raise missing
    return Report(tuple(found.values()))


def _look(client: OneRosterClient, section: Section) -> Access:
    *first, last = client.routes.sections[section]
    for route in first:
        try:
            return _seen(section, _one_row(client, section, route), client.where)
        except RouteMissing:
            continue
    return _seen(section, _one_row(client, section, last), client.where)


def _one_row(client: OneRosterClient, section: Section, route: Route[object]) -> Page[object]:
    try:
        return client.page(section, route.path, route.shape, offset=0, limit=1)
    except RequestRefused:
        return client.page(section, route.path, route.shape, offset=0, limit=None)


def _seen(section: Section, page: Page[object], where: str) -> Access:
    if page.received or page.total:
        return Access(section, shared=True)
    return Access(
        section,
        shared=True,
        empty=True,
        message=f"{where} shares {section} but has none. District: see that {section} of the current school year are "
        "in the SIS and shared with this application.",
    )


def _refused_alone(section: Section, client: OneRosterClient) -> str:
    return (
        f"{client.where} refuses {section} to these credentials (HTTP 401), while it gives others. "
        f"District: {client.words.share(section)}."
    )
