"""What contributors are told is so: files, markers, forms and owners exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hack.release import ROOT
from tests.docs.pages import code, rows, section, text_of
from tests.repository.workflows import FOLDER, PROGRAMS, run

GUIDES = ["CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "RELEASE.md"]
FORMS = sorted((FOLDER / "ISSUE_TEMPLATE").glob("*.yml"))
SCHEMAS = {"config.yml": "vendor.github-issue-config"}
TARGETS = text_of("Makefile")


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_that_a_guide_names_exists(guide: str) -> None:
    """What `make` builds goes to `build/`."""
    named = {word for word in code(text_of(guide)) if re.fullmatch(r"[\w.-]+/[\w./-]*", word)}

    assert {word for word in named if not (word.startswith("build/") or (ROOT / word).exists())} == set()


def test_what_the_fast_tests_leave_out_is_what_the_guide_says() -> None:
    markers = tomllib.loads(text_of("pyproject.toml"))["tool"]["pytest"]["ini_options"]["markers"]
    (expression,) = re.findall(r'-m "(not .+)" --timeout', TARGETS)
    described = {row[0].strip("`") for row in rows(section(text_of("CONTRIBUTING.md"), "The tests")) if len(row) == 3}

    assert set(re.findall(r"not (\w+)", expression)) == described
    assert described == {marker.partition(":")[0] for marker in markers}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_the_forms_for_issues_are_such_as_github_shows(path: Path) -> None:
    schema = SCHEMAS.get(path.name, "vendor.github-issue-forms")
    checked = run(PROGRAMS / "check-jsonschema", "--builtin-schema", schema, path)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    "path", [path for path in FORMS if path.name in {"bug.yml", "vendor.yml"}], ids=lambda path: path.name
)
def test_who_opens_an_issue_is_asked_to_keep_private_data_out(path: Path) -> None:
    assert "no person's data" in path.read_text(encoding="utf-8")


def test_every_path_that_has_an_owner_exists() -> None:
    lines = (FOLDER / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    paths = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]

    assert paths[0] == "*"
    assert [path for path in paths[1:] if not (ROOT / path.strip("/")).exists()] == []


def test_the_checks_that_a_merge_requires_are_those_that_run() -> None:
    names = "\n".join(path.read_text(encoding="utf-8") for path in (FOLDER / "workflows").glob("*.yml"))
    (row,) = [row for row in rows(section(text_of("RELEASE.md"), "Once, on GitHub")) if row[0] == "Settings, Rules"]
    required = re.findall(r"`([^`]+)`", row[1].partition("required checks")[2].partition(";")[0])

    assert len(required) == 4
    assert all(f"name: {re.sub(r'3[.]1[14]', '${{ matrix.python }}', check)}" in names for check in required)
