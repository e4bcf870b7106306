"""A district that is unlike the others: few huge schools, many tiny classes, very long names with accents, and a fifth
of the courses out of scope instead of six sevenths."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PARTS = 8
"""Classes that each class is cut into."""
_LONG = "é" + "x" * 200
_OUT_OF_SCOPE = ("PE", "WL")

Row = dict[str, Any]


def is_mapped(course_code: str, *, odd: bool) -> bool:
    """Whether the benchmark's district gives eBooks for a course."""
    return not course_code.startswith(_OUT_OF_SCOPE) if odd else course_code.startswith("MA")


def make_odd(folder: Path) -> None:
    """Rewrite the pages of a folder in place; pages with many more rows become as many more pages."""
    manifest = json.loads((folder / "pages.json").read_bytes())
    for collection, key in (("users", "users"), ("students", "users"), ("teachers", "users")):
        _each_page(folder / collection, key, _with_long_names)
    _each_page(folder / "enrollments", "enrollments", _in_a_part)
    page_size = max(int(Path(page).stem) for page in manifest["enrollments"]["pages"][:2])
    manifest["classes"] = _cut_classes(folder / "classes", page_size)
    (folder / "pages.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _each_page(folder: Path, key: str, change: Callable[[Row], None]) -> None:
    for path in folder.glob("*.json"):
        rows = json.loads(path.read_bytes())[key]
        for row in rows:
            change(row)
        _write(path, key, rows)


def _with_long_names(row: Row) -> None:
    for name in ("givenName", "familyName", "middleName"):
        row[name] += _LONG
    row["username"] = f"{'y' * 100}.{row['username']}"


def _in_a_part(row: Row) -> None:
    person = row["user"]["sourcedId"]
    part = zlib.crc32(person.encode()) % _PARTS if row["role"] == "student" else 0
    row["class"]["sourcedId"] += f"-{part}"


def _cut_classes(folder: Path, page_size: int) -> dict[str, Any]:
    whole: list[Row] = []
    for path in sorted(folder.glob("*.json"), key=lambda path: int(path.stem)):
        whole += json.loads(path.read_bytes())["classes"]
        path.unlink()
    cut = [{**row, "sourcedId": f"{row['sourcedId']}-{part}"} for row in whole for part in range(_PARTS)]
    pages = []
    for offset in range(0, len(cut), page_size):
        _write(folder / f"{offset}.json", "classes", cut[offset : offset + page_size])
        pages.append(f"classes/{offset}.json")
    return {"total": len(cut), "pages": pages}


def _write(path: Path, key: str, rows: list[Row]) -> None:
    text = json.dumps({key: rows}, separators=(",", ":"), ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
