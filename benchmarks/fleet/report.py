"""From figures to JSON and tables."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

from benchmarks.fleet.stage import Group

RESULT = Path("build") / "bench-fleet.json"
Figures = dict[str, Any]


def save(figures: Figures, *, small: Group, medium: Group, workers: int) -> Figures:
    """Keep them."""
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "small": {"districts": small.districts, "students": small.students},
        "medium": {"districts": medium.districts, "students": medium.students},
        "workers": workers,
        **figures,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return result


def table(result: Figures) -> str:
    return json.dumps(result, indent=1)


def write(result: Figures) -> None:
    pass
