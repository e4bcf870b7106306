"""The pages of the documentation, taken apart: headings, links, fenced blocks, tables."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(set(ROOT.glob("*.md")) - {ROOT / "README.md"}),
    *sorted((ROOT / "docs").rglob("*.md")),
]

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SECTION = "^#+ {heading}$(?P<text>.*?)(?=^#|\\Z)"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block."""

    language: str
    text: str
    """Without its fence and indentation."""


def name(page: Path) -> str:
    """The path of a page in the repository."""
    return str(page.relative_to(ROOT))


def text_of(path: str) -> str:
    """The text of a page, by its path in the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page."""
    for match in _FENCE.finditer(text):
        yield Block(match["language"], textwrap.dedent(match["text"]))


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def links(text: str) -> list[str]:
    """Targets of links."""
    return _LINK.findall(prose(text))


def anchors(text: str) -> set[str]:
    """What links may name behind `#`: the headings, as GitHub makes anchors of them."""
    headings = (re.sub(r"[`*]", "", heading) for heading in _HEADING.findall(prose(text)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    headings = _FENCE.sub(lambda block: re.sub(r"\S", ".", block[0]), text)  # a comment in a block is no heading
    match = re.search(_SECTION.format(heading=re.escape(heading)), headings, re.DOTALL | re.MULTILINE)
    assert match is not None, heading
    return text[match.start("text") : match.end("text")]


def rows(text: str) -> list[list[str]]:
    """The rows of the tables in a text, each as its cells, without heads and rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {index - 1 for index, line in enumerate(lines) if set(line) <= set("|-: ")}
    body = [line for index, line in enumerate(lines) if index not in heads and index - 1 not in heads]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


def code(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`\n]+)`", prose(text))
