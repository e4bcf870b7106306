"""What a product calls things, so that messages use the words that a district's tech admin sees on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """Those of no product in particular, unless given."""

    key: str = "client id (consumer key)"
    secret: str = "secret"  # noqa: S105 - a word, not one
    token: str = "token"  # noqa: S105 - likewise
    issue: str = "the SIS"
    """Where the product makes and shows credentials."""
    address: str = "the one that the SIS shows for OneRoster, such as https://sis.springfield.org"
    """Which URL is the base URL, and what it looks like."""
    sharing: str = "share {section} with this application in the SIS"
    """What to do so that a section can be read, with a place for what the product calls it."""
    sections: Mapping[str, str] = field(default_factory=dict)
    """What the product calls a section, if it has a word of its own."""

    product: str = "the SIS"
    causes: Mapping[str, str] = field(default_factory=dict)
    """What is to know in this product about a cause that keeps somebody from a license, by its name."""

    def share(self, section: str) -> str:
        """What the district is to do, so that this section can be read."""
        return self.sharing.replace("{section}", self.sections.get(section, section))


WORDS: Final = Words()
"""For a server whose product is not known."""
