"""Every message can be said in every language of the console, with the same values in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from hack.messages import CATALOGS, PACKAGE, messages, places, read, templates, written

SOURCE = messages()
PATHS = sorted(CATALOGS.glob("*.po"))
WHOLE = {"_", "ngettext", "pgettext"}
"""What makes a message of a text."""
COMMAND = ("kubectl ", " -")
VIEWS = sorted((PACKAGE / "console" / "views").glob("*.py"))


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def catalog(path: Path) -> Catalog:
    return read(path)


def said() -> Iterator[Message]:
    return (each for each in SOURCE if each.id)


def test_every_message_is_translated(catalog: Catalog) -> None:
    def done(each: Message) -> bool:
        found = catalog.get(each.id, context=each.context)
        return found is not None and all(templates(found.string or ""))

    assert [each.id for each in said() if not done(each)] == [], "run make messages, and translate what is new"


def test_every_translation_is_of_a_message(catalog: Catalog) -> None:
    there = {(each.id, each.context) for each in said()}
    assert [each.id for each in catalog if each.id and (each.id, each.context) not in there] == []


def test_every_translation_has_the_values_of_its_message(catalog: Catalog) -> None:
    for each in catalog:
        named = [places(text) for text in templates(each.id)]
        for text in templates(each.string or ""):
            assert places(text) in named, (each.id, text)


def test_a_catalog_is_as_it_is_written(path: Path) -> None:
    assert path.read_bytes() == written(read(path))


@pytest.mark.parametrize("view", VIEWS, ids=lambda path: path.stem)
def test_every_sentence_of_a_page_is_a_message(view: Path) -> None:
    assert list(bare_texts(ast.parse(view.read_text()))) == []


def bare_texts(tree: ast.AST) -> Iterator[str]:
    """Texts of more than one word outside of messages, docstrings and commands."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WHOLE:
            yield from (found for each in node.keywords for found in bare_texts(each))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if len(node.value.split()) > 1 and not node.value.startswith(COMMAND):
                yield node.value
        else:
            yield from bare_texts(node)
