"""The district of `make demo`: the example of examples/springfield, and a simulated SIS for it."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from hack.demo.old_platform import export
from hack.demo.stage import FOLDER, PROGRAM, ROOT, Stage, run_program

NAME = "springfield"
STUDENTS = 120
SCHOOLS = 3


class Springfield(Stage):
    """A stage with this district."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """See `Stage`."""
        super().__init__(folder)
        self.address = self.address_of(
            self.start_simulator("simulator", f"--students={STUDENTS}", f"--schools={SCHOOLS}")
        )
        self.manifests = self._write_manifests()

    def plan_only(self) -> str:
        """Run `roster-operator sync --plan-only` on the example district; its output."""
        files = [f"--file={self.manifests}", f"--file={ROOT / 'examples' / 'ebooks'}"]
        return run_program("sync", *files, "--plan-only")

    def export_old_licenses(self) -> Path:
        """Write what an old platform gave the district's students; the path of the CSV."""
        spec = self.resource(NAME)["spec"]
        ebooks = {course["code"]: course["ebooks"][0] for course in spec["courses"] if "code" in course}
        path = self.folder / "old-licenses.csv"
        path.write_text(export(STUDENTS, SCHOOLS, ebooks), encoding="utf-8")
        return path

    def write_environment(self) -> Path:
        """Write what a shell needs to reach all of this, to be sourced; its path."""
        path = self.folder / "env"
        programs = ":".join(str(folder) for folder in self.cluster.binaries.folders)
        lines = {
            "KUBECONFIG": self.cluster.kubeconfig,
            "DISTRICT": self.address,
            "ROSTER_OPERATOR_LEDGER_URL": self.ledger_url,
            "PATH": f"{programs}:{Path(PROGRAM).parent}:$PATH",
        }
        path.write_text("".join(f'export {name}="{value}"\n' for name, value in lines.items()), encoding="utf-8")
        return path

    def _write_manifests(self) -> Path:
        """The example district, but with the address at which the simulator really listens."""
        folder = self.folder / NAME
        folder.mkdir()
        for source in (ROOT / "examples" / NAME).glob("*.yaml"):
            document = yaml.safe_load(source.read_text(encoding="utf-8"))
            if document["kind"] == "RosterIntegration":
                document["spec"]["source"]["baseURL"] = self.address
            # JSON, because PyYAML leaves out the quotes of 060891900003, which kubectl then takes for a number.
            (folder / source.name).write_text(json.dumps(document, indent=2), encoding="utf-8")
        return folder
