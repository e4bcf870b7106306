"""The profile of a vendor: its file of facts in `vendors/`, each with how sure it is and where it is from.

A profile says what holds where `spec.source` says nothing. It is read strictly: a key that there is not, a value of the
wrong kind or a template with an unknown variable is a defect of the file, found by the tests.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import Annotated, Final, Generic, TypeVar

import msgspec

from roster_operator import vendors
from roster_operator.api.v1alpha1.choices import (
    AuthMethod,
    ContentType,
    EndDates,
    Filter,
    OneRosterVersion,
    TokenCredentials,
    TokenParameters,
)
from roster_operator.sources.decoders import BUILDING
from roster_operator.sources.source import Section
from roster_operator.sources.terminology import Words

ValueT = TypeVar("ValueT")

Path = Annotated[str, msgspec.Meta(pattern=r"^(/[A-Za-z0-9._{}-]+)+$")]
TokenURL = Annotated[
    str, msgspec.Meta(pattern=r"^(\{origin\}|\{root\}|\{api\}|https://[a-z0-9.-]+)(/[A-Za-z0-9._-]+)+(\?.+)?$")
]
Route = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]+(/\{id\}/[A-Za-z]+)?$")]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=r"^\S.*\S$")]

_VARIABLE: Final = re.compile(r"\{([^}]*)\}")
_VARIABLES: Final = frozenset({"origin", "root", "api", "application", "version", "section", "id"})


class Confidence(StrEnum):
    """How sure a fact is."""

    HIGH = "H"
    """Two independent sources, or the vendor's own description."""
    MEDIUM = "M"
    """One credible source."""
    LOW = "L"
    """Hearsay or a guess: the district should be asked."""


class Fact(msgspec.Struct, Generic[ValueT], frozen=True, forbid_unknown_fields=True):
    """One thing that is known of a vendor."""

    value: ValueT
    confidence: Confidence
    source: Line
    """Where it is from."""


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The product's own words."""

    key: Line
    secret: Line
    token: Line
    issue: Line
    """Where the product makes and shows credentials."""
    address: Line
    """Which URL is the base URL, and what it looks like."""
    sharing: Line
    """What to do so that a section can be read; holds `{section}`."""
    organizations: Line | None = None
    schedules: Line | None = None
    courses: Line | None = None
    classes: Line | None = None
    enrollments: Line | None = None
    teachers: Line | None = None
    students: Line | None = None
    """What the product calls each section, if it has a word of its own."""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one vendor's OneRoster server. Each field is one of `spec.source`, but for paths and words."""

    product: Line
    version: Fact[OneRosterVersion]
    paths: Fact[dict[OneRosterVersion, Annotated[tuple[Path, ...], msgspec.Meta(min_length=1)]]]
    """What may follow what the district pasted, for each version, the likeliest first."""
    applications: Fact[Annotated[str, msgspec.Meta(pattern=r"^((/[A-Za-z0-9._-]+)*/\{application\})?$")]]
    """Where in a path the id of one district's application stands, as `{application}`; empty if it has none."""
    discovery: Fact[Annotated[str, msgspec.Meta(pattern=r"^((/[A-Za-z0-9._-]+)+)?$")]]
    """The path, at the host, where the applications of a token are listed; empty if there is no such list."""
    auth: Fact[AuthMethod]
    token_urls: Fact[tuple[TokenURL, ...]]
    """Where tokens may be given out. Variables: `{origin}` of the base URL, `{root}`: what stands before its OneRoster
    part, `{api}`: all of it, `{application}`; a template whose variable is not known is left out."""
    scope: Fact[str]
    """Holds `{version}` where OneRoster's scopes have v1p1 or v1p2; empty: none is asked for."""
    token_credentials: Fact[TokenCredentials]
    token_parameters: Fact[TokenParameters]
    content_type: Fact[ContentType]
    page_size: Fact[Annotated[int, msgspec.Meta(ge=1, le=50_000)]]
    concurrency: Fact[Annotated[int, msgspec.Meta(ge=1, le=16)]]
    request_timeout: Fact[Annotated[int, msgspec.Meta(ge=1, le=600)]]
    """Seconds."""
    missing_routes: Fact[tuple[Route, ...]]
    end_dates: Fact[EndDates]
    words: Fact[Naming]
    url_signs: Fact[tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9./-]{4,}$")], ...]] | None = None
    """Parts of a base URL, in lower case, that only districts with this product have. None: nothing tells of it."""
    causes: Fact[dict[str, Line]] | None = None
    """What is to know in this product about a cause that keeps somebody from a license, by its name; None: nothing."""
    filters: Fact[tuple[Filter, ...]] | None = None
    """None: it is not known, and left to what a server turns out to do."""

    @property
    def wording(self) -> Words:
        """The product's words, as messages use them."""
        named = self.words.value
        sections = {section.value: word for section in Section if (word := getattr(named, section.name.lower()))}
        causes = self.causes.value if self.causes is not None else {}
        given = (named.key, named.secret, named.token, named.issue, named.address, named.sharing)
        return Words(*given, sections, self.product, causes)

    def __post_init__(self) -> None:
        """Refuses templates that nothing could fill."""
        templates = [*self.token_urls.value, self.scope.value, self.words.value.sharing, self.applications.value]
        unknown = {name for template in templates for name in _VARIABLE.findall(template)} - _VARIABLES
        if unknown:
            raise ValueError(f"unknown variables {sorted(unknown)}")
        if "{section}" not in self.words.value.sharing:
            raise ValueError("words.sharing does not say where the section stands")
        if OneRosterVersion.AUTO in self.paths.value:
            raise ValueError("paths are those of a version")


def profile_of(vendor: str) -> Profile:
    """The profile of a vendor, by its name in `spec.source.vendor`; raises OSError if there is none."""
    with BUILDING:
        return _read(vendor)


@cache
def _read(vendor: str) -> Profile:
    return msgspec.toml.decode(vendors.text_of(vendor), type=Profile)
