"""Where pages are found: a method, a path, and what is shown there to somebody who is signed in."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, NamedTuple

from aiohttp import web

from roster_operator.api import names
from roster_operator.console.elements import Page
from roster_operator.console.visits import Visit
from roster_operator.errors import InputError
from roster_operator.messages import gettext as _
from roster_operator.operations.ports import DistrictName
from roster_operator.service.asked import NAMESPACE

Shown = Callable[[Visit], Awaitable[Page | tuple[HTTPStatus, Page] | web.StreamResponse]]
OF_ONE: Final = "/namespaces/{namespace}/districts/{district}"
"""The path of a district's page, before those below it."""


class Route(NamedTuple):
    """A page."""

    method: str
    path: str
    shown: Shown


def district_of(visit: Visit) -> DistrictName:
    """The one that the path names; raises `InputError` for what is no name."""
    path = visit.request.match_info
    return named(path["namespace"], path["district"])


def named(namespace: str, name: str) -> DistrictName:
    """A district; raises `InputError` for what can be none."""
    if NAMESPACE.fullmatch(namespace) is None or re.fullmatch(names.NAME_PATTERN, name) is None:
        raise InputError(_("A district is named as its RosterIntegration is called, and its namespace."))
    return DistrictName(name, namespace)
