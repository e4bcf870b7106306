"""What of a page is said to its reader, and what of that is English."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_ENGLISH: Final = re.compile(
    r"\b(the|of|is|are|was|not|and|to|by|with|this|that|they|who|what|whom|it|its|has|have|none|nothing|nobody)\b", re.I
)
"""Words that Spanish does not have, and few sentences in English do without."""
_SAID: Final = frozenset({"aria-label", "title", "placeholder"})
_ALONE: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "path"})


class _Texts(HTMLParser):
    """Those of a page that no element calls English."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._english: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in _SAID and value]
        if tag not in _ALONE:
            self._english.append(dict(attrs).get("lang") == "en" or tag in {"pre", "style"})

    def handle_endtag(self, tag: str) -> None:
        if tag not in _ALONE:
            self._english.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self._english):
            self.found.append(" ".join(data.split()))


def texts(page: str) -> list[str]:
    """What a page says in the language that it is in."""
    read = _Texts()
    read.feed(page)
    return read.found


def in_english(page: str) -> list[str]:
    """What it says in English without telling."""
    return [text for text in texts(page) if _ENGLISH.search(text)]
