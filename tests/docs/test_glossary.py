"""Whoever stumbles over a word finds the glossary, and it lists no word that is gone."""

from __future__ import annotations

import re

import pytest
from tests.docs.pages import ROOT, links, rows, section, text_of

GLOSSARY = "docs/concepts/glossary.md"
WORDS = rows(section(text_of(GLOSSARY), "Words of the code"))
CODE = "\n".join(
    path.read_text(encoding="utf-8") + f"\n{path.stem}\n"
    for folder in ("operator/roster_operator", "hack")
    for path in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/concepts/README.md",
        "docs/contribute/architecture.md",
        "docs/concepts/how-a-sync-decides.md",
    ],
)
def test_where_somebody_begins_to_read_the_glossary_is_at_hand(page: str) -> None:
    folder = (ROOT / page).parent
    linked = {(folder / target.partition("#")[0]).resolve() for target in links(text_of(page)) if "://" not in target}

    assert ROOT / GLOSSARY in linked


@pytest.mark.parametrize("row", WORDS, ids=lambda row: row[0])
def test_words_of_the_code_are_listed_as_long_as_one_of_them_is_there(row: list[str]) -> None:
    """Who renames the last one takes the row out of the list."""
    words = re.findall(r"`(\w+)`", row[0])

    assert any(re.search(rf"\b{word}\b", CODE) for word in words), f"remove them from {GLOSSARY}"


def test_every_word_of_the_product_is_there_once_and_in_order() -> None:
    words = [row[0].lower() for row in rows(section(text_of(GLOSSARY), "Words of the product"))]

    assert words == sorted(set(words))
