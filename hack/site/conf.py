"""How Sphinx makes a site of the Markdown that GitHub shows: `make site`.

The pages stay plain Markdown. What Sphinx wants beyond that is taken from them: the order of pages is that of the links
in the index of each part (`docs/*/README.md`). A link to a file that is no page leads to a copy of the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hack.site.pages import HOME, listed, without_folders

from roster_operator import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Roster Operator"
version = release = __version__
language = "en"
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
root_doc = HOME
source_suffix = {".md": "markdown"}
include_patterns = ["*.md", "docs/**", "examples/**/README.md", "e2e/README.md"]
exclude_patterns = [".*", "build", "tests", "requirements", "operator", "benchmarks", "hack", "charts", "crds"]
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
suppress_warnings = ["misc.highlighting_failure"]  # such as of what psql knows beside SQL
templates_path = ["templates"]
html_theme = "pydata_sphinx_theme"
html_title = f"Roster Operator {version}"
html_additional_pages = {"index": "home.html"}
html_context = {"home": f"{HOME}.html"}
html_copy_source = False
html_use_index = False
html_theme_options = {
    "check_switcher": False,
    "switcher": {"json_url": "../versions.json", "version_match": version},
    "navbar_end": ["version-switcher", "theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "show_nav_level": 2,
}


def prepare(app: Sphinx, page: str, source: list[str]) -> None:
    """Give an index the table of contents that its links are."""
    root = Path(app.srcdir)
    text = without_folders(root, page, source[0])
    pages = listed(root, page, text)
    if pages:
        text += "\n".join(["\n\n```{toctree}", ":hidden:", "", *(f"/{each}" for each in pages), "```\n"])
    source[0] = text


def setup(app: Sphinx) -> None:
    """Take part in reading."""
    app.connect("source-read", prepare)
