"""The systems that a district may have, and which of them a URL tells of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roster_operator import vendors
from roster_operator.api.v1alpha1 import AuthMethod, SourceType
from roster_operator.sources.terminology import WORDS, Words
from roster_operator.sources.vendor_profile import profile_of

POWERSCHOOL_WORDS: Final = Words(
    key="Client ID",
    secret="Client Secret",  # noqa: S106 - a word, not one
    issue="the plugin's Data Provider Configuration in PowerSchool",
    address="where administrators sign in, such as https://springfield.powerschool.com",
)
FILE_WORDS: Final = Words(
    key="user name",
    secret="password",  # noqa: S106 - a word, not one
    issue="whoever runs the file server",
    address="where the files are, such as https://files.example.org/springfield.zip, sftp://files.example.org/out or "
    "file:///rosters/districts/springfield",
)


@dataclass(frozen=True, slots=True)
class System:
    """One system, or one way to read it."""

    type: SourceType
    vendor: str
    title: str
    """As people choose it."""
    words: Words
    """Its own, for URL, key and secret."""
    by_token: bool = False
    """Whether one access token stands for key and secret."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells two apart."""
        return str(self.type), self.vendor

    def needs_secret(self, base_url: str) -> bool:
        """Whether there are credentials to give."""
        return self.type is not SourceType.ONE_ROSTER_CSV or not base_url.lower().startswith("file://")


def systems() -> tuple[System, ...]:
    """All that there are; the last suits every server that follows the OneRoster specification."""
    named = [name for name in vendors.names() if name != vendors.GENERIC]
    return (
        *(_oneroster(name, f"{profile_of(name).product} (OneRoster)") for name in named),
        System(
            SourceType.POWERSCHOOL, vendors.GENERIC, "PowerSchool SIS (its own API, by our plugin)", POWERSCHOOL_WORDS
        ),
        System(SourceType.ONE_ROSTER_CSV, vendors.GENERIC, "Files of OneRoster CSV", FILE_WORDS),
        _oneroster(vendors.GENERIC, "Another one, or I do not know (OneRoster)"),
    )


def system_of(type_: str, vendor: str) -> System:
    """The one that a spec names."""
    wanted = (type_, vendor if type_ == SourceType.ONE_ROSTER else vendors.GENERIC)
    return next(each for each in systems() if each.key == wanted)


def recognized(base_url: str) -> System:
    """The system that a URL tells of; the one that suits every server if it tells of none.

    It is a proposal: a district may call its server by any name.
    """
    url = base_url.strip().lower()
    if url.startswith(("sftp://", "file://")) or url.partition("?")[0].endswith(".zip"):
        return system_of(SourceType.ONE_ROSTER_CSV, vendors.GENERIC)
    for name in vendors.names():
        signs = profile_of(name).url_signs
        if signs is not None and any(sign in url for sign in signs.value):
            return system_of(SourceType.ONE_ROSTER, name)
    return system_of(SourceType.ONE_ROSTER, vendors.GENERIC)


def _oneroster(vendor: str, title: str) -> System:
    profile = profile_of(vendor)
    words = WORDS if vendor == vendors.GENERIC else profile.wording
    return System(SourceType.ONE_ROSTER, vendor, title, words, by_token=profile.auth.value is AuthMethod.BEARER)
