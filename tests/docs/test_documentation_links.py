"""Nobody who reads the documentation ends nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.pages import PAGES, ROOT, anchors, code, links, name, rows, section, text_of

PARTS = sorted(path for path in (ROOT / "docs").iterdir() if any(path.glob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_a_file_and_a_heading_that_there_is(page: Path) -> None:
    for target in links(page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        linked = (page.parent / file).resolve() if file else page
        assert linked.exists(), target
        assert linked.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(linked.read_text(encoding="utf-8")), target


def linked_from(index: Path) -> set[Path]:
    return {(index.parent / target.partition("#")[0]).resolve() for target in links(index.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_part_has_an_index_that_names_its_pages(part: Path) -> None:
    index = part / "README.md"

    assert set(part.glob("*.md")) - {index} <= linked_from(index)


@pytest.mark.parametrize("index", ["README.md", "docs/README.md"])
def test_where_people_begin_every_part_is_at_hand(index: str) -> None:
    assert {part / "README.md" for part in PARTS} <= linked_from(ROOT / index)


def test_every_page_of_the_repository_is_in_an_index() -> None:
    indexes = [ROOT / "README.md", *(part / "README.md" for part in PARTS)]

    assert set(ROOT.glob("*.md")) - {ROOT / "README.md"} <= set().union(*map(linked_from, indexes))


def test_the_index_calls_each_decision_by_its_title() -> None:
    index = text_of("docs/decisions/README.md")
    for page in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"[{title}]({page.name})" in index


def test_no_two_decisions_have_the_same_number() -> None:
    numbers = [page.name.partition("-")[0] for page in (ROOT / "docs" / "decisions").glob("0*.md")]

    assert sorted(numbers) == sorted(set(numbers))


def test_the_folders_of_the_repository_are_those_that_the_readme_shows() -> None:
    shown = {row[0].strip("`").rstrip("/") for row in rows(section(text_of("README.md"), "The repository"))}
    there = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}

    assert all((ROOT / folder).is_dir() for folder in shown)
    assert there - {"build", "requirements"} <= {folder.partition("/")[0] for folder in shown}


def test_the_architecture_names_files_that_there_are() -> None:
    package = ROOT / "operator" / "roster_operator"
    named = {word for word in code(text_of("docs/contribute/architecture.md")) if word.endswith((".py", "/"))}
    folders = (package, ROOT, package / "controller")

    assert named
    assert [word for word in named if not any((folder / word).exists() for folder in folders)] == []
