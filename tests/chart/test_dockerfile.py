"""The image, built by following the Dockerfile, since not every machine has a container engine.

What it installs comes from the lock of the runtime alone, so a test here fails when the program needs a package
that only developers have.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from benchmarks.fleet.stage import IMAGE
from hack.processes import Child
from tests.support.dockerfile import Build, IgnoreFile, Stage, read_dockerfile

from roster_operator import __version__

pytestmark = pytest.mark.slow

Render = Callable[..., list[dict[str, Any]]]

DISTRICT = """
apiVersion: rostering.cpm.org/v1alpha1
kind: RosterIntegration
metadata: {{name: springfield, namespace: districts}}
spec:
  source: {{baseURL: "{url}", secretRef: {{name: springfield-sis}}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: springfield-sis, namespace: districts}}
stringData: {{clientID: demo-key, clientSecret: demo-secret}}
"""


@dataclass(frozen=True)
class Image:
    """The built environment, below a folder instead of `/`."""

    folder: Path

    def program(self, name: str) -> Path:
        """Return the path of one of its programs."""
        return self.folder / "opt" / "roster-operator" / "bin" / name

    def environment(self) -> dict[str, str]:
        """Return the variables of a process in it: nothing of the tests' own environment."""
        return {"PATH": f"{self.program('')}:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(self.folder)}

    def run(self, *command: str | Path, text: str = "") -> str:
        """Run one of its programs; an error has the program's words as a note."""
        name, *arguments = command
        result = subprocess.run(
            [self.program(str(name)), *arguments],
            input=text,
            env=self.environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if result.returncode:
            error = subprocess.CalledProcessError(result.returncode, [str(part) for part in command])
            error.add_note(result.stderr[-4000:])
            raise error
        return result.stdout


@pytest.fixture(scope="module")
def stages(repository: Path) -> list[Stage]:
    """The stages of the Dockerfile."""
    return read_dockerfile(repository / "Dockerfile")


@pytest.fixture(scope="module")
def image(repository: Path, stages: list[Stage], tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What the builder stage leaves."""
    folder = tmp_path_factory.mktemp("image")
    Build(repository, folder).carry_out(stages[0])
    return Image(folder)


@contextmanager
def simulated_district(image: Image) -> Iterator[str]:
    """Serve a district from the image, as examples/simulator does; yields its URL."""
    log = image.folder / "simulator.log"
    command: list[str | Path] = [image.program("python"), "-m", "district_simulator", "--students", "20"]
    simulator = Child(command, log, environment=image.environment(), folder=image.folder)
    try:
        while not (found := re.search(r"listening on (\S+)", log.read_text(encoding="utf-8"))):
            assert simulator.wait(0.1) is None, simulator.last_words()
        yield found[1]
    finally:
        simulator.stop()


@pytest.mark.timeout(600)
def test_the_operator_starts_with_the_runtime_lock_alone(image: Image) -> None:
    assert __version__ in image.run("roster-operator", "--version")
    assert "--file" in image.run("roster-operator", "sync", "--help")
    assert "--ledger-file" in image.run("roster-operator", "run", "--help")


@pytest.mark.timeout(600)
def test_the_image_reads_a_simulated_district_from_the_same_image(image: Image) -> None:
    with simulated_district(image) as url:
        answer = image.run("roster-operator", "sync", "--file", "-", "--plan-only", text=DISTRICT.format(url=url))

    conditions = {entry["type"]: entry["status"] for entry in next(yaml.safe_load_all(answer))["status"]["conditions"]}
    assert conditions["CredentialsValid"] == "True"


@pytest.mark.timeout(600)
def test_the_environment_holds_what_was_locked_and_nothing_else(image: Image, repository: Path) -> None:
    listing = "import importlib.metadata as m; print(*(d.name + '==' + d.version for d in m.distributions()))"
    present = {normal(entry) for entry in image.run("python", "-c", listing).split()}
    lock = (repository / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    locked = {normal(found[1]) for found in re.finditer(r"^(\S+==[^\s;]+)", lock, re.MULTILINE)}

    assert f"roster-operator=={__version__}" in present
    assert present - {f"roster-operator=={__version__}"} <= locked


@pytest.mark.timeout(600)
def test_it_holds_no_class_of_the_kubernetes_client_for_each_kind_and_asks_a_cluster(
    image: Image, admin_kubeconfig: Path, crds_installed: None
) -> None:
    assert "No district here" in image.run(
        "roster-operator", "fleet", "--all-namespaces", "--kubeconfig", admin_kubeconfig
    )

    kept = sum(
        file.stat().st_size for file in image.folder.rglob("opt/**/*") if file.is_file() and not file.is_symlink()
    )
    assert kept < 130e6, "it was 121 MB, of which 26 were bytecode"


@pytest.mark.timeout(600)
def test_what_is_imported_is_compiled(image: Image) -> None:
    package = next(image.folder.glob("opt/roster-operator/lib/python*/site-packages/roster_operator"))

    compiled = {file.name.split(".")[0] for file in (package / "controller/__pycache__").iterdir()}
    assert compiled == {file.stem for file in (package / "controller").glob("*.py")}


def normal(requirement: str) -> str:
    name, _, version = requirement.partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


def test_whatever_is_downloaded_has_a_hash(stages: list[Stage]) -> None:
    for stage in stages:
        for run in stage.arguments("RUN"):
            for is_end, words in groupby(shlex.split(run), lambda word: word == "&&"):
                command = set() if is_end else set(words)
                if command & {"install", "wheel"}:
                    assert {"--require-hashes", "--no-index"} & command, command
                    assert "--no-deps" in command, command


def test_the_last_stage_runs_nothing_and_takes_only_the_environment(stages: list[Stage]) -> None:
    last = stages[-1]

    assert last.arguments("RUN") == []
    assert last.arguments("COPY") == ["--from=builder /opt/roster-operator /opt/roster-operator"]


def test_both_stages_have_the_same_python(stages: list[Stage]) -> None:
    assert {stage.base for stage in stages} == {"python:3.12-slim"}


def test_the_image_runs_as_the_user_that_the_chart_expects(stages: list[Stage], render: Render) -> None:
    (deployment,) = (manifest for manifest in render() if manifest["kind"] == "Deployment")
    context = deployment["spec"]["template"]["spec"]["securityContext"]

    assert stages[-1].arguments("USER") == [f"{context['runAsUser']}:{context['runAsGroup']}"]
    assert context["runAsUser"] > 0


def test_the_image_runs_the_operator(stages: list[Stage]) -> None:
    last = stages[-1]

    assert json.loads(last.arguments("ENTRYPOINT")[0]) == ["roster-operator"]
    assert json.loads(last.arguments("CMD")[0]) == ["run"]
    assert "PATH=/opt/roster-operator/bin:$PATH" in last.arguments("ENV")[0]


def test_the_build_sees_only_what_it_copies(repository: Path, stages: list[Stage]) -> None:
    ignored = IgnoreFile(repository / ".dockerignore")
    copied = {PurePosixPath(source) for arguments in stages[0].arguments("COPY") for source in arguments.split()[:-1]}

    assert not any(ignored.hides(path) for path in copied)
    for name in sorted(path.name for path in repository.iterdir()):
        if not any(path.parts[0] == name for path in copied):
            assert ignored.hides(PurePosixPath(name)), name
    assert ignored.hides(PurePosixPath("requirements/dev.txt"))
    assert ignored.hides(PurePosixPath("operator/roster_operator/__pycache__/clock.cpython-312.pyc"))
    assert not ignored.hides(PurePosixPath("operator/roster_operator/clock.py"))


def test_the_fleet_is_measured_with_the_environment_of_the_image(stages: list[Stage]) -> None:
    image = dict(word.split("=", 1) for line in stages[-1].arguments("ENV") for word in shlex.split(line))
    assert image.items() >= IMAGE.items()
