"""A SIS that delivers files by night, and what may have become of one of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.nights.rows import Tables


class Delivery:
    """Into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables: Tables = {}

    def close(self) -> None:
        """Nothing runs."""

    def tell(self, tables: Tables) -> None:
        """All files anew."""
        self.tables = tables
        self.folder.mkdir(exist_ok=True)
        for name, rows in tables.items():
            with (self.folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)), restval="")
                writer.writeheader()
                writer.writerows(rows)

    def fail(self, rng: Random) -> str:
        """Something happens to a file; what."""
        outage, section = rng.choice(list(OUTAGES)), rng.choice(list(self.tables))
        OUTAGES[outage](self.folder / f"{section}.csv")
        return f"{outage} on {section}"


def _shorten(path: Path, to: float) -> None:
    whole = path.read_bytes().rstrip(b"\r\n")
    path.write_bytes(whole[: max(1, int(len(whole) * to) - 3)])


OUTAGES: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path.unlink(),
    "a web page": lambda path: path.write_text("<!doctype html><html>Maintenance</html>\n"),
    "without its last bytes": lambda path: _shorten(path, 1),
    "half": lambda path: _shorten(path, 0.5),
    "zeros": lambda path: path.write_bytes(b"\x00" * 200),
    "without rows": lambda path: path.write_text(path.read_text().splitlines()[0] + "\n"),
    "without a byte": lambda path: path.write_bytes(b""),
    "without its header": lambda path: path.write_text("".join(path.read_text().splitlines(keepends=True)[1:])),
}
