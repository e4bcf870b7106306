"""A live district in a ledger, with what `sync` left there; and what commands say about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from tests.cli.folders import EBOOK, SECRET, integration, statuses, write

from district_simulator.library import SimulatedDistrict
from roster_operator.cli.main import cli


def call(*arguments: object, stdin: str | None = None) -> Result:
    """A command, as a user writes it."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=stdin)


@dataclass(frozen=True)
class LiveDistrict:
    """A folder of manifests, and the ledger in which the district of it is live."""

    simulated: SimulatedDistrict
    folder: Path
    ledger: str
    url: str

    def sync(self, **spec: Any) -> dict[str, Any]:
        """Sync with this spec; the status that comes of it, which stands in the files from then on."""
        manifest = integration(self.simulated, **spec)
        write(self.folder / "integration.yaml", manifest)
        result = call("sync", "--file", self.folder, "--create", self.ledger)
        status = statuses(result)["springfield"]
        write(self.folder / "integration.yaml", {**manifest, "status": status})
        return status

    def ask(self, verb: str, *arguments: object) -> Result:
        """A command about it that needs the ledger."""
        return call(verb, "springfield", self.ledger, *arguments)

    def asked(self, verb: str, *arguments: object) -> Any:
        """What the command answers, read as a program would."""
        result = self.ask(verb, *arguments, "-o", "yaml")
        assert not result.stderr, result.stderr
        return yaml.safe_load(result.stdout)


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


@pytest.fixture
def live(simulated: SimulatedDistrict, tmp_path: Path, ledger_url: str) -> LiveDistrict:
    """Synced once."""
    district = district_in(tmp_path / "districts", simulated, ledger_url)
    district.sync()
    return district


def district_in(folder: Path, simulated: SimulatedDistrict, url: str) -> LiveDistrict:
    """A folder of its manifests, and a ledger that does not know it yet."""
    folder.mkdir()
    write(folder / "secret.yaml", SECRET)
    write(folder / "ebooks.yaml", EBOOK, {**EBOOK, "metadata": {"name": "geometry"}, "spec": {"title": "Geometry"}})
    return LiveDistrict(simulated, folder, f"--ledger={url}", url)
