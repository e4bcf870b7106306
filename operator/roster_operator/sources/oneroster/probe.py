"""The check of credentials and shared sections: one row of each, or the first page of each, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, NamedTuple

from roster_operator.errors import (
    CredentialsRejected,
    ScopeRejected,
    SectionNotShared,
    SourceProtocolError,
)
from roster_operator.sources.failures import TRANSIENT, RequestRefused, RouteMissing, WebPage, web_page
from roster_operator.sources.oneroster.client import OneRosterClient, not_offered
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.page_request import PageRequest
from roster_operator.sources.oneroster.routes import Route
from roster_operator.sources.source import Access, Report, Section
from roster_operator.sources.workers import Workers

FirstPage = Callable[[Section, Route[Any]], Page[Any]]
"""Fetches the first page of a section, as a reading does; to be run by a worker."""


class Beginning(NamedTuple):
    """The first page of a section, and where it came from."""

    section: Section
    route: Route[Any]
    page: Page[Any]


class Reader(NamedTuple):
    """What reads the sections after the probe."""

    first_page: FirstPage
    take: Callable[[Beginning], None]
    """Takes over a first page that has come."""
    on_idle: Callable[[], None]
    """Is called before each wait in which the probe has nothing more to ask for."""


class _Found(NamedTuple):
    """What one section answered."""

    access: Access
    beginning: Beginning | None = None
    error: CredentialsRejected | RouteMissing | WebPage | None = None
    """What may concern the server as a whole."""


def probe(client: OneRosterClient, workers: Workers, reader: Reader | None) -> Report:
    """Asks each section, in the first of the places where the API is: for its first page if there is a `reader`.

    Raises what concerns the server or the credentials as a whole. A 401 for one section only, while others answer,
    is how some servers say that it is not shared. A scope that is not known, or covers nothing, may be that of a
    version that is not there.
    """
    first: RouteMissing | WebPage | ScopeRejected | Report | None = None
    absent: list[str] = []
    while True:
        try:
            found = _probe(client, workers, reader)
            if client.answered:
                return found
            first = first or _nothing_shared(client)
        except ScopeRejected as error:
            first = first or error
        except (RouteMissing, WebPage) as error:
            first = first or error
            absent.append(client.where)
        if not client.move_on():
            break
    if isinstance(first, Report):
        return first
    if isinstance(first, ScopeRejected) or len(absent) == 1:
        raise first
    raise type(first)(f"{first.message} There is none at {' or '.join(absent[1:])} either.")


def _nothing_shared(client: OneRosterClient) -> Report:
    message = (
        f"{client.where} shares nothing at all with these credentials. District: "
        f"{client.words.share('all that rosters are made of')}. Publisher: or, if the SIS wants another scope, set "
        "spec.source.scope to it."
    )
    return Report(tuple(Access(section, shared=False, message=message) for section in Section))


def _probe(client: OneRosterClient, workers: Workers, reader: Reader | None) -> Report:
    """All sections side by side; but credentials that may be wrong are not tried seven times at once."""
    workers.run(client.authorize)
    found: dict[Section, _Found] = {}
    todo = list(Section)
    while todo:
        some, todo = (todo, []) if client.accepted else (todo[:1], todo[1:])
        looks = [(client, section, reader) for section in some]
        for one in workers.each(_look_up, looks, on_idle=reader.on_idle if reader is not None else None):
            found[one.access.section] = one
            if reader is not None and one.beginning is not None:
                reader.take(one.beginning)
        _judge(client, found.values(), all_asked=not todo)
    return Report(tuple(found[section].access for section in Section))


def _judge(client: OneRosterClient, found: Collection[_Found], *, all_asked: bool) -> None:
    """Raises what concerns the server as a whole."""
    errors = [one.error for one in found if one.error is not None]
    pages = [error for error in errors if isinstance(error, WebPage)]
    if client.answered:
        if pages:
            raise web_page(client.where, right_before=True)
        return
    if pages:
        raise pages[0]
    rejections = [error for error in errors if isinstance(error, CredentialsRejected)]
    if len(rejections) > 1 or (all_asked and rejections):
        raise rejections[-1]
    if all_asked and errors:
        raise errors[-1]


def _look_up(client: OneRosterClient, section: Section, reader: Reader | None) -> _Found:
    """What may lead to another place is found and not raised: that is left only when all its answers have come."""
    try:
        return _look(client, section, reader)
    except SectionNotShared as refused:
        return _Found(Access(section, shared=False, message=refused.message))
    except CredentialsRejected as rejected:
        return _Found(Access(section, shared=False, message=_refused_alone(section, client)), error=rejected)
    except RouteMissing as missing:
        message = not_offered(section, client.where, client.words)
        return _Found(Access(section, shared=False, message=message), error=missing)
    except WebPage as page:
        return _Found(Access(section, shared=False, message=page.message), error=page)


def _look(client: OneRosterClient, section: Section, reader: Reader | None) -> _Found:
    *first, last = client.routes.sections[section]
    for route in first:
        try:
            return _seen(client, section, route, reader)
        except RouteMissing:
            continue
    return _seen(client, section, last, reader)


def _seen(client: OneRosterClient, section: Section, route: Route[Any], reader: Reader | None) -> _Found:
    """One row will do where the first page does not come: what that means, a reading tells."""
    if reader is not None:
        try:
            page = reader.first_page(section, route)
            return _Found(_access(section, page, client.where), Beginning(section, route, page))
        except (*TRANSIENT, SourceProtocolError):
            pass
    return _Found(_access(section, _one_row(client, section, route), client.where))


def _one_row(client: OneRosterClient, section: Section, route: Route[Any]) -> Page[Any]:
    request = PageRequest(section, route, limit=1, unrecorded=True)
    try:
        return client.page(request)
    except RequestRefused:
        return client.page(replace(request, limit=None))


def _access(section: Section, page: Page[Any], where: str) -> Access:
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
