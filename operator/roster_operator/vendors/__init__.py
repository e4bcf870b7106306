"""What is known of each vendor's OneRoster server: data, one file a vendor, and nothing that reads a roster.

A file is the whole of a vendor. Its name is the one in `spec.source.vendor`; what may stand in it is described by
`sources.vendor_profile.Profile`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Final

GENERIC: Final = "Generic"
"""Suits every server that follows the OneRoster specification."""
_FILE: Final = ".toml"


@cache
def names() -> tuple[str, ...]:
    """Of all vendors, in the order of the alphabet; Generic comes first."""
    files = (file.name for file in resources.files(__package__).iterdir())
    found = {name.removesuffix(_FILE) for name in files if name.endswith(_FILE)}
    return (GENERIC, *sorted(found - {GENERIC}, key=str.casefold))


def text_of(vendor: str) -> str:
    """The file of a vendor; raises OSError if there is none."""
    return resources.files(__package__).joinpath(f"{vendor}{_FILE}").read_text("utf-8")


@cache
def with_applications() -> tuple[str, ...]:
    """Those whose URLs hold the id of one district's application."""
    return tuple(name for name in names() if tomllib.loads(text_of(name))["applications"]["value"])
