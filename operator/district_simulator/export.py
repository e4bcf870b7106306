"""Writing all pages of a district to files, for benchmarks that read from a static file server.

The files of a collection are DIR/COLLECTION/OFFSET.json; DIR/pages.json lists them with the totals.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from district_simulator.directory import FAMILIES, Directory
from district_simulator.exchange import SERVICE_PATH
from district_simulator.roster import Roster

COLLECTIONS = (
    "academicSessions",
    "orgs",
    "schools",
    "courses",
    "classes",
    "users",
    "students",
    "teachers",
    "enrollments",
)


def write_pages(roster: Roster, folder: Path, page_size: int, base_url: str, report: Callable[[str], None]) -> None:
    """Write every page of every roster collection; `report` is told about each finished collection."""
    base = f"{base_url.rstrip('/')}{SERVICE_PATH}"
    directory = Directory(roster)
    manifest = {}
    for name in COLLECTIONS:
        listing = directory.listing((name,))
        into = folder / name
        into.mkdir(parents=True, exist_ok=True)
        pages = []
        for offset in range(0, max(1, len(listing)), page_size):
            rows = listing.rows(offset, offset + page_size, base)
            page = into / f"{offset}.json"
            page.write_text(f'{{"{FAMILIES[name].collection_key}":[{",".join(rows)}]}}', encoding="utf-8")
            pages.append(str(page.relative_to(folder)))
        manifest[name] = {"total": len(listing), "pages": pages}
        report(f"{name}: {len(listing)} rows in {len(pages)} pages")
    (folder / "pages.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
