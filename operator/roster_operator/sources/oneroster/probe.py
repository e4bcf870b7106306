"""The check of credentials and shared sections: one row of each, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, ParamSpec, Protocol, TypeVar

from roster_operator.errors import CredentialsRejected, ScopeRejected, SectionNotShared
from roster_operator.sources.failures import RequestRefused, RouteMissing, WebPage
from roster_operator.sources.oneroster.client import OneRosterClient, not_offered
from roster_operator.sources.oneroster.page import Page
from roster_operator.sources.oneroster.routes import Route
from roster_operator.sources.source import Access, Report, Section

P = ParamSpec("P")
T = TypeVar("T")


class Found(NamedTuple):
    """What one section answered."""

    section: Section
    access: Access
    error: CredentialsRejected | RouteMissing | None = None
    """What may concern the server as a whole."""


class Run(Protocol):
    """Runs something that may block where it can be broken off, and returns its result."""

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As it is given."""
        ...


Each = Callable[[Callable[[Section], Found], Iterable[tuple[Section]]], Iterator[Found]]
"""Runs something for each of several sections, several at a time."""


def probe(client: OneRosterClient, run: Run, each: Each) -> Report:
    """Asks each section for one row, in the first of the places where the API is.

    Raises what concerns the server or the credentials as a whole. A 401 for one section only, while others answer,
    is how some servers say that it is not shared. A scope that is not known, or covers nothing, may be that of a
    version that is not there.
    """
    first: RouteMissing | WebPage | ScopeRejected | Report | None = None
    absent: list[str] = []
    while True:
        try:
            found = _probe(client, run, each)
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


def _probe(client: OneRosterClient, run: Run, each: Each) -> Report:
    """One section after the other until something is answered: wrong credentials are not tried seven times at once."""
    run(client.authorize)
    found: dict[Section, Access] = {}
    rejection: CredentialsRejected | None = None
    missing: RouteMissing | None = None
    todo = list(Section)
    while todo:
        some, todo = (todo, []) if client.answered else (todo[:1], todo[1:])
        for section, access, error in each(lambda section: _look_up(client, section), [(section,) for section in some]):
            found[section] = access
            if isinstance(error, CredentialsRejected):
                if rejection is not None and not client.answered:
                    raise error
                rejection = error
            elif isinstance(error, RouteMissing):
                missing = error
    if not client.answered:
        if rejection is not None:
            raise rejection
        if missing is not None and not any(a.shared for a in found.values()):
            raise missing
    return Report(tuple(found[section] for section in Section))


def _look_up(client: OneRosterClient, section: Section) -> Found:
    try:
        return Found(section, _look(client, section))
    except SectionNotShared as refused:
        return Found(section, Access(section, shared=False, message=refused.message))
    except CredentialsRejected as rejected:
        return Found(section, Access(section, shared=False, message=_refused_alone(section, client)), rejected)
    except RouteMissing as missing:
        message = not_offered(section, client.where, client.words)
        return Found(section, Access(section, shared=False, message=message), missing)


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
