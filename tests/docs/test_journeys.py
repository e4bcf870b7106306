"""The journeys on a real node type what pages say: the pages still say it, where the journeys look for it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.docs.pages import ROOT


def _quoted() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted((ROOT / "e2e" / "journeys").glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "page":
                page, heading = (
                    each.value if isinstance(each, ast.Constant) else words[ast.unparse(each)] for each in call.args
                )
                found.append((path.name, str(page), str(heading)))
    return found


@pytest.mark.parametrize(("journey", "page", "heading"), _quoted(), ids=" ".join)
def test_a_page_has_the_commands_that_a_journey_types(journey: str, page: str, heading: str) -> None:
    text = Path(ROOT / page).read_text(encoding="utf-8")
    before, found, after = text.partition(f"# {heading}\n")

    assert found, f"{journey}: {page} has no heading {heading!r}"
    assert not before.rpartition("\n")[2].strip("#")
    assert "```sh" in after or "```console" in after
