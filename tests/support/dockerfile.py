"""Follows a Dockerfile on a machine without a container engine.

The instructions of one stage are carried out below a folder that stands for the root of the image: COPY copies
what `.dockerignore` lets through, RUN runs its command with the absolute paths of the image moved into the folder.
The base image is not there; its Python is the one that runs the tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

ROOTS = ("opt", "build")


@dataclass(frozen=True)
class Instruction:
    """One instruction: `COPY`, and its arguments as one line."""

    name: str
    arguments: str


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def arguments(self, name: str) -> list[str]:
        """Return the arguments of each instruction of that name."""
        return [instruction.arguments for instruction in self.instructions if instruction.name == name]


def read_dockerfile(path: Path) -> list[Stage]:
    """Return the stages; the ARGs before the first FROM are filled in where a FROM uses them."""
    stages: list[Stage] = []
    settings: dict[str, str] = {}
    for instruction in _instructions(path.read_text(encoding="utf-8")):
        if instruction.name == "FROM":
            words = re.sub(r"\$\{(\w+)\}", lambda found: settings[found[1]], instruction.arguments).split()
            stages.append(Stage(words[0], words[2] if len(words) > 1 else ""))
        elif stages:
            stages[-1].instructions.append(instruction)
        else:
            name, _, value = instruction.arguments.partition("=")
            settings[name] = value
    return stages


def _instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines()]


class IgnoreFile:
    """The patterns of `.dockerignore`; the last one that fits a path decides."""

    def __init__(self, path: Path) -> None:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        self._patterns = [line for line in lines if line and not line.startswith("#")]

    def hides(self, path: PurePosixPath) -> bool:
        """Whether `path`, relative to the context, is kept out of the build."""
        hidden = False
        for pattern in self._patterns:
            if self._fits(path, pattern.removeprefix("!")):
                hidden = not pattern.startswith("!")
        return hidden

    @staticmethod
    def _fits(path: PurePosixPath, pattern: str) -> bool:
        expression = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
        return any(re.fullmatch(expression, str(part)) for part in (path, *path.parents[:-1]))


class Build:
    """A stage carried out below `root`."""

    def __init__(self, context: Path, root: Path) -> None:
        self.context = context
        self.root = root
        self._ignored = IgnoreFile(context / ".dockerignore")
        self._folder = root

    def inside(self, path: str) -> Path:
        """Return where an absolute path of the image is on this machine."""
        return self.root / path.lstrip("/")

    def carry_out(self, stage: Stage) -> None:
        """Do what the stage says; raises `CalledProcessError`, with the command's words as a note."""
        (self.root / "bin").mkdir(parents=True)
        (self.root / "bin" / "python").symlink_to(Path(sys.executable).resolve())
        for instruction in stage.instructions:
            match instruction.name:
                case "WORKDIR":
                    self._folder = self.inside(instruction.arguments)
                    self._folder.mkdir(parents=True, exist_ok=True)
                case "COPY":
                    *sources, target = instruction.arguments.split()
                    for source in sources:
                        self._copy(source, target)
                case "RUN":
                    self._run(re.sub(r"^(--mount=\S+\s+)*", "", instruction.arguments))
                case other:
                    raise ValueError(f"the build does not know what to do for {other}")

    def _copy(self, source: str, target: str) -> None:
        found = self.context / source
        files = sorted(path for path in found.rglob("*") if path.is_file()) if found.is_dir() else [found]
        for file in files:
            if self._ignored.hides(PurePosixPath(file.relative_to(self.context))):
                continue
            destination = self._folder / target / (file.relative_to(found) if found.is_dir() else file.name)
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, destination)

    def _run(self, command: str) -> None:
        moved = re.sub(rf"(?<![\w./])/({'|'.join(ROOTS)})/", rf"{self.root}/\1/", command)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        result = subprocess.run(
            ["/bin/sh", "-ec", moved],
            cwd=self._folder,
            env=kept | {"PATH": f"{self.root / 'bin'}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            error = subprocess.CalledProcessError(result.returncode, moved)
            error.add_note(result.stdout[-4000:] + result.stderr[-4000:])
            raise error
