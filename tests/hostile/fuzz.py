"""Syncs sources of every kind whose answers or files are spoiled at random, and measures what each sync takes.

python -m tests.hostile.fuzz --minutes 10 [--seed 7] [--kind rest-1.1]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.hostile.measure import MOST_LEFT, MOST_MEMORY, NAMESPACE, Taken, manifests, sync
from tests.hostile.pages import PagesWithoutEnd
from tests.hostile.proxy import route_of, spoiling
from tests.hostile.spoiling import Body, some, spoiled_answer, spoiled_files, text
from tests.sources.csv.sets import CsvSet

from district_simulator.library import SimulatedDistrict

TIMEOUT = 60
"""Seconds, of the spec."""
_STUDENTS = 40


def district(**settings: Any) -> SimulatedDistrict:
    """A small one."""
    return SimulatedDistrict(_STUDENTS, schools=2, seed=3, **settings)


def secret_of(served: SimulatedDistrict) -> dict[str, str]:
    """What it accepts."""
    return {"clientID": served.client_id, "clientSecret": served.client_secret}


def over_http(rng: Random, folder: Path, source: dict[str, Any], **settings: Any) -> tuple[str, Taken]:
    """A district whose answers to one route are spoiled."""
    done: list[str] = []
    with district(**settings) as served:
        secret = secret_of(served)
        route = rng.choice(_routes(served, folder, source, secret))
        seed, always = rng.randrange(2**32), rng.random() < 0.7

        def spoil(asked: str, body: bytes) -> tuple[Body, dict[str, str]] | None:
            if route_of(asked) != route or (done and not always):
                return None
            way, made, headers = spoiled_answer(Random(seed), body)
            done.append(way)
            return made, headers

        endless = rng.random() < 0.2
        if endless:
            done.append("pages without end")
        pages = PagesWithoutEnd(route, text(rng, 20_000), some(rng, 1000))
        with spoiling(served.root_url, pages if endless else spoil) as address:
            taken = synced(served, folder, source, secret, address)
    return f"{done[0] if done else 'nothing'} in {route}", taken


def _routes(served: SimulatedDistrict, folder: Path, source: dict[str, Any], secret: dict[str, str]) -> list[str]:
    """Those that answer with something, when all is well."""
    found: dict[str, None] = {}

    def note(asked: str, body: bytes) -> None:
        if body.lstrip()[:1] == b"{":
            found[route_of(asked)] = None

    with spoiling(served.root_url, note) as address:
        taken = synced(served, folder, source, secret, address)
    assert taken.ready == "Synced", taken
    return list(found)


def synced(
    served: SimulatedDistrict, folder: Path, source: dict[str, Any], secret: dict[str, str], address: str
) -> Taken:
    """What the sync of a district takes that is reached by another address."""
    path = served.base_url.removeprefix(served.root_url)
    described = manifests(
        folder, {**source, "baseURL": f"{address}{path}"}, secret, timeout=f"{TIMEOUT}s", **_chosen(served)
    )
    return sync("--file", described, "--ledger", "sqlite://", timeout=2 * TIMEOUT)


def _chosen(served: SimulatedDistrict) -> dict[str, Any]:
    by = "identifier" if served.vendor.name == "PowerSchoolNative" else "id"
    return {
        "schools": [{by: school} for school in served.school_ids],
        "courses": [{"code": code, "ebooks": ["algebra"]} for code in ("MA101", "MA102", "MA104")],
    }


def files(rng: Random, folder: Path, *, zipped: bool, version: str = "1.1") -> tuple[str, Taken]:
    """A set on a volume, one file of which is spoiled."""
    delivered = folder / NAMESPACE
    delivered.mkdir()
    with district() as served:
        whole = CsvSet.of(served)
        way, spoiled = spoiled_files(rng, (whole.in_1_2() if version == "1.2" else whole).files())
        if zipped:
            delivered /= "roster.zip"
            with zipfile.ZipFile(delivered, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name, body in spoiled.items():
                    archive.writestr(name, body)
        else:
            for name, body in spoiled.items():
                (delivered / name).write_bytes(body)
        source = {"type": "OneRosterCSV", "baseURL": f"file://{delivered}", "settleTime": "0s"}
        described = manifests(folder, source, timeout=f"{TIMEOUT}s", **_chosen(served))
        arguments = ("--file", described, "--ledger", "sqlite://", "--roster-files", folder)
        return way, sync(*arguments, timeout=2 * TIMEOUT)


def a_download(rng: Random, folder: Path) -> tuple[str, Taken]:
    """A ZIP on a web server, that is spoiled as a whole or in one file."""
    source = {"type": "OneRosterCSV", "settleTime": "0s"}
    with district(vendor="OneRosterCSV") as served:
        secret = secret_of(served)
        way, inside = spoiled_files(rng, CsvSet.of(served).files())
        packed = folder / "roster.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, body in inside.items():
                archive.writestr(name, body)
        whole = bytearray(packed.read_bytes())
        for _ in range(rng.choice([0, 0, 1, 5, 50])):
            whole[rng.randrange(len(whole))] = rng.randrange(256)
        with spoiling(served.root_url, lambda _asked, _body: (bytes(whole), {})) as address:
            return way, synced(served, folder, source, secret, address)


KINDS: dict[str, Callable[[Random, Path], tuple[str, Taken]]] = {
    "rest-1.1": lambda rng, folder: over_http(rng, folder, {}),
    "rest-1.2": lambda rng, folder: over_http(rng, folder, {"version": "1.2"}, version="1.2"),
    "powerschool": lambda rng, folder: over_http(rng, folder, {"type": "PowerSchool"}, vendor="PowerSchoolNative"),
    "csv-folder": lambda rng, folder: files(rng, folder, zipped=False),
    "csv-zip": lambda rng, folder: files(rng, folder, zipped=True),
    "csv-1.2": lambda rng, folder: files(rng, folder, zipped=True, version="1.2"),
    "csv-https": a_download,
}


def faults(taken: Taken) -> list[str]:
    """What a sync took that it must not."""
    told = taken.ready in {"Synced", "RemovalsHeld"} or any(f"{who}:" in taken.message for who in _WHO)
    found = {
        f"{taken.peak:.0f} MiB at most": taken.peak >= MOST_MEMORY,
        f"{taken.left:.0f} MiB left": taken.left >= MOST_LEFT,
        f"{taken.threads} threads left": taken.threads > 0,
        f"{taken.seconds:.0f} s": taken.seconds > TIMEOUT + 20,
        f"nobody is told what to do: {taken.ready} {taken.message[-500:]}": not told and taken.ready != "TimedOut",
    }
    return [fault for fault, holds in found.items() if holds]


_WHO = ("District", "Publisher", "Platform")


def once(kind: str, seed: int) -> tuple[str, Taken]:
    """One sync of one kind."""
    with tempfile.TemporaryDirectory() as folder:
        return KINDS[kind](Random(f"{kind} {seed}"), Path(folder))


def main() -> int:
    """Print what each sync took, and fail if one took too much."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--kind", choices=KINDS)
    given = arguments.parse_args()
    end = time.monotonic() + 60 * given.minutes
    seed, bad = given.seed, 0
    while time.monotonic() < end:
        for kind in [given.kind] if given.kind else KINDS:
            try:
                way, taken = once(kind, seed)
                found = faults(taken)
                said = f"{taken.peak:4.0f} MiB {taken.left:4.0f} left {taken.seconds:4.0f} s {taken.ready:20} {way}"
            except AssertionError as error:
                found, said = [str(error)[:1500]], ""
            bad += bool(found)
            sys.stdout.write(f"{kind:12} {seed} {said} {'BAD ' if found else ''}{'; '.join(found)}\n")
            sys.stdout.flush()
        seed += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
