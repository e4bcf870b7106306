"""The districts that are measured: their pages, written once into a cache outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hack.processes import Child

PAGE_SIZE = 5000
TODAY = "2026-11-24"
EBOOKS = ("core-connections-course-1", "core-connections-algebra", "core-connections-geometry")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a district is."""

    students: int
    rounds: int


SIZES = {"small": Size(2_000, 3), "medium": Size(20_000, 3), "large": Size(100_000, 5)}


def pages(size: Size, change: str = "") -> Path:
    """The folder with a district's pages, written if it is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "roster-operator" / "pages"
    folder = cache / f"{size.students}-{change.replace(':', '-') or 'as-is'}-{TODAY}"
    if (folder / "pages.json").exists():
        return folder
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    command = [sys.executable, "-m", "district_simulator", f"--students={size.students}", f"--today={TODAY}"]
    command += [f"--write-pages={partial}", f"--page-size={PAGE_SIZE}", *([f"--change={change}"] if change else [])]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    partial.rename(folder)
    return folder


@contextmanager
def served(folder: Path, scratch: Path) -> Iterator[str]:
    """The URL at which a folder's pages are served while the context lasts."""
    log = scratch / f"server-{folder.name}.log"
    child = Child([sys.executable, "-m", "benchmarks.server", str(folder)], log)
    try:
        while child.wait(0.05) is None:
            text = log.read_text(encoding="utf-8")
            if text.endswith("\n"):
                yield text.split()[-1]
                break
        else:
            raise RuntimeError(child.last_words())
    finally:
        child.stop()


def manifests(url: str, schools: list[str], scratch: Path, *, live: bool = True) -> Path:
    """A file with a district that maps all mathematics courses, its Secret and its eBooks."""
    integration = {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": "bench", "namespace": "default"},
        "spec": {
            "live": live,
            "district": "bench",
            "guard": {"districtPercent": 100, "schoolPercent": 100},
            "source": {"baseURL": url, "secretRef": {"name": "bench"}, "auth": "OAuth2", "pageSize": PAGE_SIZE},
            "schools": [{"id": school} for school in schools],
            "courses": [{"code": f"MA10{n}", "ebooks": [EBOOKS[n % len(EBOOKS)]]} for n in range(1, 8)],
        },
    }
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "bench", "namespace": "default"},
        "stringData": {"clientID": "bench", "clientSecret": "bench"},
    }
    books = [
        {
            "apiVersion": "rostering.cpm.org/v1alpha1",
            "kind": "EBook",
            "metadata": {"name": name},
            "spec": {"title": name},
        }
        for name in EBOOKS
    ]
    path = scratch / f"bench-{url.rpartition(':')[2]}.yaml"
    path.write_text(yaml.safe_dump_all([integration, secret, *books]), encoding="utf-8")
    return path


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="roster-bench-") as name:
        yield Path(name)
