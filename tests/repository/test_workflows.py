"""The workflows can run on GitHub alone, so what can be known of them without it is checked here."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hack.actionlint.build import LinterMissing, actionlint
from hack.release import ROOT
from tests.repository.workflows import FOLDER, PROGRAMS, WORKFLOWS, jobs, name, read, run, scripts, steps
from tests.support.availability import unavailable

Lint = Callable[..., subprocess.CompletedProcess[str]]

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WRITES = {
    "dependencies.yml": {"propose"},
    "release.yml": {"image", "chart", "page"},
}
"""The jobs that may write, by workflow."""


@pytest.fixture(scope="module")
def lint() -> Lint:
    """`lint(*files)`: actionlint."""
    try:
        program = actionlint(lambda line: None)
    except LinterMissing as error:
        unavailable("actionlint", str(error))
    return lambda *files: run(program, *files)


@pytest.mark.slow
def test_actionlint_finds_nothing_to_say(lint: Lint) -> None:
    assert lint(*WORKFLOWS).stdout == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("needs.version.outputs.image }}", "needs.version.outputs.picture }}", 'property "picture" is not defined'),
        ('cosign sign --yes --recursive "$IMAGE@$DIGEST"', "cosign sign --yes $IMAGE", "SC2086"),
    ],
)
def test_actionlint_would_see_a_name_or_a_script_that_is_wrong(
    lint: Lint, tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = (FOLDER / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert right in text
    changed = tmp_path / "release.yml"
    changed.write_text(text.replace(right, wrong), encoding="utf-8")

    assert said in lint(changed).stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_a_workflow_has_the_form_that_github_reads(path: Path) -> None:
    checked = run(PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)

    assert checked.returncode == 0, checked.stdout


def test_dependabot_is_told_in_its_own_form_about_folders_that_there_are() -> None:
    path = FOLDER / "dependabot.yml"
    checked = run(PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.dependabot", path)

    assert checked.returncode == 0, checked.stdout
    assert all((ROOT / update["directory"].lstrip("/")).is_dir() for update in read(path)["updates"])


def test_zizmor_finds_no_way_in() -> None:
    found = run(PROGRAMS / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", FOLDER)

    assert found.returncode == 0, found.stdout


def test_every_action_is_pinned_by_digest_and_says_its_version() -> None:
    used = [line for path in WORKFLOWS for line in re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))]
    remote = {line for line in used if not line.startswith("./")}

    assert remote
    assert {line for line in remote if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)} == set()
    assert len({line.partition("@")[0] for line in remote}) == len(remote), "one version of each action"


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_nothing_may_write_that_need_not(path: Path) -> None:
    assert read(path)["permissions"] == {}
    writing = {key for key, job in jobs(path).items() if "write" in job["permissions"].values()}

    assert writing == WRITES.get(path.name, set())


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_no_job_that_is_stuck_runs_for_hours_and_no_checkout_leaves_a_token_behind(path: Path) -> None:
    own = [job for job in jobs(path).values() if "uses" not in job]
    checkouts = [step for step in steps(path) if "actions/checkout@" in step.get("uses", "")]

    assert all(job["timeout-minutes"] <= 120 for job in own)
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_the_oldest_and_the_newest_python_that_is_supported_are_tried() -> None:
    supported = [word.rpartition(" ")[2] for word in PROJECT["classifiers"] if re.search(r"Python :: \d+\.\d+$", word)]
    job = jobs(FOLDER / "workflows" / "test.yml")["test"]

    assert PROJECT["requires-python"] == f">={supported[0]}"
    assert job["strategy"]["matrix"]["python"] == [supported[0], supported[-1]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_the_targets_and_files_that_a_workflow_names_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = scripts(path)

    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
    assert all((ROOT / file).exists() for file in re.findall(r"\b(?:examples|charts)/[\w/-]+(?:\.\w+)?", text))
    assert all((FOLDER / "workflows" / file).exists() for file in re.findall(r"\b[a-z]+\.yml", text))


def test_the_released_chart_names_the_released_image() -> None:
    """The release edits values.yaml line by line."""
    values = (ROOT / "charts" / "roster-operator" / "values.yaml").read_text(encoding="utf-8")
    patterns = re.findall(r"s#(\^  \w+: )\.\*#", scripts(FOLDER / "workflows" / "release.yml"))

    assert patterns == ["^  repository: ", "^  digest: "]
    assert [len(re.findall(pattern, values, re.MULTILINE)) for pattern in patterns] == [1, 1]
