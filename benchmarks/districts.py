"""The districts that are measured: their pages, written once into a cache outside the repository; their manifests."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

import yaml
from benchmarks import shapes
from benchmarks.server import DAY, PACKED
from hack.processes import Child

TODAY = "2026-11-24"
CONNECTIONS = 4
EBOOKS = ("core-connections-course-1", "core-connections-algebra", "core-connections-geometry")
AS_IS, PERCENT = "", "percent:1"


@dataclass(frozen=True, slots=True)
class Size:
    """A district, and how often it is measured."""

    name: str
    students: int
    rounds: int
    page_size: int = 5000
    options: tuple[str, ...] = ()
    """More arguments of the simulator."""
    odd: bool = False
    """Whether its pages are made odd (`shapes`), and most of its courses mapped instead of mathematics alone."""
    cases: frozenset[str] = field(default_factory=lambda: frozenset({"postgresql", "sqlite", "wires"}))


SIZES = {
    size.name: size
    for size in (
        Size("small", 2_000, 2, page_size=500),
        Size("medium", 20_000, 3),
        Size("large", 100_000, 5),
        Size("million", 1_000_000, 1, options=("--schools=500",), cases=frozenset({"postgresql"})),
        Size("odd", 40_000, 2, options=("--schools=3",), odd=True),
    )
}


def pages(size: Size, change: str = AS_IS) -> Path:
    """The folder with a district's pages, written if it is not there yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "roster-operator" / "pages"
    what = "".join((*size.options, f"--{change or 'as-is'}")).replace(":", "-")
    folder = cache / f"{size.name}-{size.students}-{size.page_size}{what}-{TODAY}"
    if (folder / "pages.json").exists():
        return folder
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    command = [sys.executable, "-m", "district_simulator", f"--students={size.students}", f"--today={TODAY}"]
    command += [f"--write-pages={partial}", f"--page-size={size.page_size}", *size.options]
    command += [f"--change={change}"] if change else []
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    if size.odd:
        shapes.make_odd(partial)
    partial.rename(folder)
    return folder


def pack(folder: Path) -> None:
    """Write each page packed beside it, as quickly as servers do it, unless it is there."""
    for page in folder.rglob("*.json"):
        packed = page.with_name(f"{page.name}{PACKED}")
        if not packed.exists():
            packed.write_bytes(gzip.compress(page.read_bytes(), compresslevel=1))


def warm(folder: Path) -> None:
    """Read all pages once, so that it is not the disk that is measured first."""
    room = bytearray(1 << 20)
    for page in folder.rglob("*.json*"):
        with page.open("rb", buffering=0) as file:
            while file.readinto(room):
                pass


@contextmanager
def served(folder: Path, scratch: Path, *options: str, then: Path | None = None) -> Iterator[tuple[str, int]]:
    """The URL at which a folder's pages are served while the context lasts, and the server's process.

    `then`: the folder of a day later; `turn_to` has it served at the same URL.
    """
    log = scratch / f"server-{folder.name}{'-'.join(options)}.log"
    log.unlink(missing_ok=True)
    child = Child([sys.executable, "-m", "benchmarks.server", *map(str, filter(None, (folder, then))), *options], log)
    try:
        while child.wait(0.05) is None:
            text = log.read_text(encoding="utf-8")
            if text.endswith("\n"):
                yield text.split()[-1], child.pid
                break
        else:
            raise RuntimeError(child.last_words())
    finally:
        child.stop()


def turn_to(day: int, url: str) -> None:
    """Have the server at `url` serve its first folder (0) or that of a day later (1)."""
    with urlopen(Request(f"{url}{DAY}{day}", method="PUT"), timeout=10):  # noqa: S310 - our own server
        pass


def manifests(size: Size, folder: Path, url: str, scratch: Path, concurrency: int = CONNECTIONS) -> Path:
    """A file with a live district that maps the size's courses in all its schools, its Secret and its eBooks."""
    schools = _rows(folder, "schools", "orgs")
    courses = _rows(folder, "courses", "courses")
    chosen = [course["courseCode"] for course in courses if shapes.is_mapped(course["courseCode"], odd=size.odd)]
    integration = {
        "apiVersion": "rostering.cpm.org/v1alpha1",
        "kind": "RosterIntegration",
        "metadata": {"name": "bench", "namespace": "default"},
        "spec": {
            "live": True,
            "district": "bench",
            "guard": {"districtPercent": 100, "schoolPercent": 100, "absentReads": 1},
            "source": {
                "baseURL": url,
                "secretRef": {"name": "bench"},
                "auth": "OAuth2",
                "pageSize": size.page_size,
                "concurrency": concurrency,
            },
            "schools": [{"id": school["sourcedId"]} for school in schools],
            "courses": [{"code": code, "ebooks": [EBOOKS[at % len(EBOOKS)]]} for at, code in enumerate(chosen)],
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


def _rows(folder: Path, collection: str, key: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for page in sorted((folder / collection).glob("*.json")):
        rows += json.loads(page.read_bytes())[key]
    return rows


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="roster-bench-") as name:
        yield Path(name)
