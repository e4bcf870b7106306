"""What the site takes from the pages: their order, which is that of the links in the index of each part."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

HOME: Final = "docs/README"
"""The page that the site begins with, as Sphinx calls it."""
BESIDE: Final = {
    "docs/start/README": {"README"},
    "docs/connect/README": {"examples/powerschool-plugin/README"},
    "docs/how-to/README": {"examples/gitops/README", "examples/plan-comment/README"},
    "docs/reference/README": {"CHANGELOG"},
    "docs/contribute/README": {"CONTRIBUTING", "CODE_OF_CONDUCT", "SECURITY", "RELEASE", "e2e/README"},
}
"""The pages outside of `docs/`, by the index that has them."""
_LINK: Final = re.compile(r"\[([^\]]*)\]\(([^)#\s:]*)(#[^)]*)?\)")


def listed(root: Path, page: str, text: str) -> list[str]:
    """The pages that an index lists, in its order: those of its part, and the indexes of parts of it."""
    if not re.fullmatch(r"docs/([\w-]+/){0,2}README", page):
        return []
    part = Path(page).parent
    found = (os.path.normpath(part / target.removesuffix(".md")) for _, target, _ in _LINK.findall(text) if target)
    linked = [target for target in dict.fromkeys(found) if target != page and (root / f"{target}.md").exists()]
    if page == HOME:
        return [target for target in linked if re.fullmatch(r"docs/[\w-]+/README", target)]
    below = [target for target in linked if Path(target).name == "README" and Path(target).parent.parent == part]
    return [target for target in linked if Path(target).parent == part or target in {*below, *BESIDE.get(page, ())}]


def without_folders(root: Path, page: str, text: str) -> str:
    """The text without links to folders, which GitHub can show and a site cannot."""

    def shown(link: re.Match[str]) -> str:
        return link[1] if link[2] and (root / Path(page).parent / link[2]).is_dir() else link[0]

    return _LINK.sub(shown, text)
