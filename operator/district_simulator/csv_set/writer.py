"""Writing a set, row by row, into a folder or a ZIP: memory does not grow with the district."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from district_simulator.csv_set.columns import COLUMNS, FILES, OLD_NAMES, CsvVersion
from district_simulator.csv_set.rows import CsvMode, Row, Rows
from district_simulator.faults.csv_set import CsvHabits
from district_simulator.roster import Roster

_BOM = b"\xef\xbb\xbf"
_KEPT_WHEN_CUT = 0.6
_OpenFile = Callable[[str], AbstractContextManager[IO[bytes]]]


def write_set(roster: Roster, target: Path, version: CsvVersion, mode: CsvMode, habits: CsvHabits) -> None:
    """Write a set of the roster as it is: to a ZIP where the target ends in .zip, else into a folder."""
    wanted = _Set(roster, version, mode, habits)
    if target.suffix == ".zip":
        day = roster.settings.today.timetuple()[:3]
        with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as archive:

            def open_member(name: str) -> AbstractContextManager[IO[bytes]]:
                member = ZipInfo(f"{habits.folder}{name}", (*day, 1, 0, 0))
                member.compress_type = ZIP_DEFLATED
                return archive.open(member, "w", force_zip64=True)

            wanted.write(open_member)
        return
    folder = target / habits.folder
    folder.mkdir(parents=True, exist_ok=True)
    wanted.write(lambda name: (folder / name).open("wb"))


class _Set:
    def __init__(self, roster: Roster, version: CsvVersion, mode: CsvMode, habits: CsvHabits) -> None:
        self._roster = roster
        self._rows = Rows(roster, mode)
        self._version = version
        self._mode = mode
        self._habits = habits

    def write(self, open_file: _OpenFile) -> None:
        manifest = self._habits.manifest
        if manifest in ("right", "unreadable"):
            self._write_manifest(open_file)
        for name, columns in COLUMNS[self._version].items():
            if name not in self._habits.without:
                with open_file(f"{name}.csv") as stream:
                    self._write_file(stream, name, columns)
        if manifest == "last":
            self._write_manifest(open_file)

    def _write_manifest(self, open_file: _OpenFile) -> None:
        present = set(COLUMNS[self._version]) - self._habits.undeclared
        rows = [
            ("propertyName", "value"),
            ("manifest.version", "1.0"),
            ("oneroster.version", self._version),
            *((f"file.{name}", self._mode if name in present else "absent") for name in FILES[self._version]),
            ("source.systemName", f"District Simulator {self._roster.settings.seed}"),
            ("source.systemCode", "district-simulator"),
        ]
        with open_file("manifest.csv") as stream:
            if self._habits.manifest == "unreadable":
                stream.write(b"\x00\xff<html>")
                return
            with self._text(stream) as text:
                csv.writer(text, lineterminator=self._habits.newline).writerows(rows)

    def _text(self, stream: IO[bytes]) -> io.TextIOWrapper:
        if self._habits.bom:
            stream.write(_BOM)
        return io.TextIOWrapper(stream, "utf-8", newline="", write_through=False)

    def _write_file(self, stream: IO[bytes], name: str, columns: Sequence[str]) -> None:
        habits = self._habits
        order = sorted(columns, reverse=True) if habits.columns == "shuffled" else list(columns)
        extra = ["metadata.note", "ext_note"] if habits.extra_columns else []
        with self._text(stream) as text:
            writer = csv.writer(text, lineterminator=habits.newline)
            writer.writerow([*(self._header(column) for column in order), *extra])
            if name in habits.header_only:
                return
            rows = self._rows.of(name, self._version)
            left = int(self._rows.count(name) * _KEPT_WHEN_CUT) if name in habits.cut else None
            for cells in self._cells(rows, order, len(extra)):
                if left == 0:
                    line = ",".join(cells)
                    text.write(line[: len(line) // 2])
                    return
                writer.writerow(cells)
                left = None if left is None else left - 1

    def _header(self, column: str) -> str:
        match self._habits.columns:
            case "lower-case":
                return column.lower()
            case "old-names":
                return OLD_NAMES.get(column, column)
        return column

    def _cells(self, rows: Iterator[Row], order: Sequence[str], extra: int) -> Iterator[list[str]]:
        spoil = SPOILERS.get(self._habits.bad_rows)
        for number, row in enumerate(rows):
            cells = [row.get(column, "") for column in order] + ["note"] * extra
            if spoil is not None and number % self._habits.every == self._habits.every - 1:
                yield from spoil(cells, order)
            else:
                yield cells


def _dangling(cells: list[str], order: Sequence[str]) -> list[list[str]]:
    return [["GONE" if column.endswith("SourcedId") else cell for cell, column in zip(cells, order, strict=False)]]


def _missing_ids(cells: list[str], order: Sequence[str]) -> list[list[str]]:
    return [["" if column == "sourcedId" else cell for cell, column in zip(cells, order, strict=False)]]


SPOILERS: dict[str, Callable[[list[str], Sequence[str]], list[list[str]]]] = {
    "blank-lines": lambda cells, _order: [[], cells],
    "short": lambda cells, _order: [cells[: len(cells) // 2]],
    "long": lambda cells, _order: [[*cells, "one", "more"]],
    "line-breaks": lambda cells, _order: [[f"{cell}\nagain" if " " in cell else cell for cell in cells]],
    "padded": lambda cells, _order: [[f" {cell} " for cell in cells]],
    "missing-ids": _missing_ids,
    "dangling": _dangling,
    "duplicates": lambda cells, _order: [cells, cells],
}
