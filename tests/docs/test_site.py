"""The documentation becomes a site, with every page and a search, and a link that leads nowhere stops it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.pages import PAGES, ROOT, name

from roster_operator import __version__

pytestmark = pytest.mark.slow


def make(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hack.site", "--source", str(source), "--target", str(target)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    made = make(ROOT, target)
    assert made.returncode == 0, made.stderr
    assert str(target) in made.stdout
    return target


def test_every_page_is_on_the_site(site: Path) -> None:
    assert [name(page) for page in PAGES if not (site / __version__ / name(page)).with_suffix(".html").exists()] == []


def test_the_site_can_be_searched_without_a_server_of_its_own(site: Path) -> None:
    assert "removalsheld" in (site / __version__ / "searchindex.js").read_text(encoding="utf-8")


def test_who_opens_the_site_is_led_to_its_first_page_and_can_choose_a_version(site: Path) -> None:
    (version,) = json.loads((site / "versions.json").read_text(encoding="utf-8"))

    assert version["version"] == __version__
    assert (site / __version__ / version["url"]).resolve().exists()
    assert f"{__version__}/docs/README.html" in (site / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("link", ["[where](gone.md)", "[where](README.md#gone)", "[where](../../gone/values.yaml)"])
def test_a_link_that_leads_nowhere_is_told_with_its_page(tmp_path: Path, link: str) -> None:
    start = tmp_path / "docs" / "start"
    start.mkdir(parents=True)
    (tmp_path / "docs" / "README.md").write_text("# Home\n\n[Start](start/README.md)\n", encoding="utf-8")
    (start / "README.md").write_text(f"# Start\n\n{link}\n", encoding="utf-8")

    made = make(tmp_path, tmp_path / "site")

    assert made.returncode != 0
    assert "docs/start/README.md" in made.stderr


def test_a_page_that_no_index_names_is_told(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "README.md").write_text("# Home\n", encoding="utf-8")
    (docs / "lost.md").write_text("# Lost\n", encoding="utf-8")

    made = make(tmp_path, tmp_path / "site")

    assert made.returncode != 0
    assert "lost.md" in made.stderr
