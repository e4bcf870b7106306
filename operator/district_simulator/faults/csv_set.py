"""Habits and faults of OneRoster CSV sets."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

from dataclasses import dataclass, field

from district_simulator.faults.model import Fault, fault_kind

STAGE = "csv"


@dataclass(slots=True)
class CsvHabits:
    """How a set is written; file names are without their .csv."""

    bom: bool = False
    newline: str = "\r\n"
    columns: str = "plain"
    extra_columns: bool = False
    folder: str = ""
    manifest: str = "right"
    without: set[str] = field(default_factory=set)
    undeclared: set[str] = field(default_factory=set)
    header_only: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    bad_rows: str = ""
    every: int = 10


@fault_kind("csv-bom", STAGE)
def bom(fault: Fault, habits: CsvHabits) -> None:
    """Each file starts with a byte order mark."""
    habits.bom = True


@fault_kind("csv-lf", STAGE)
def bare_newlines(fault: Fault, habits: CsvHabits) -> None:
    """Lines end with LF alone."""
    habits.newline = "\n"


@fault_kind("csv-columns", STAGE, wants="one", choices=("shuffled", "lower-case", "old-names"))
def columns(fault: Fault, habits: CsvHabits) -> None:
    """Columns come in another order, with headers in lower case, or with names of older versions."""
    habits.columns = fault.value or ""


@fault_kind("csv-extra-columns", STAGE)
def extra_columns(fault: Fault, habits: CsvHabits) -> None:
    """Columns that the specification does not have: metadata.note and ext_note."""
    habits.extra_columns = True


@fault_kind("csv-in-folder", STAGE, wants="text")
def in_folder(fault: Fault, habits: CsvHabits) -> None:
    """The files stand in a folder (the value, `export` by default) inside the ZIP."""
    habits.folder = f"{fault.value or 'export'}/"


@fault_kind("csv-manifest", STAGE, wants="one", choices=("missing", "last", "unreadable"))
def manifest(fault: Fault, habits: CsvHabits) -> None:
    """There is no manifest, it comes as the last file, or it cannot be read."""
    habits.manifest = fault.value or ""


@fault_kind("csv-without", STAGE, wants="text")
def without(fault: Fault, habits: CsvHabits) -> None:
    """A file that the manifest lists is not there (the value: enrollments+users)."""
    habits.without |= set((fault.value or "enrollments").split("+"))


@fault_kind("csv-undeclared", STAGE, wants="text")
def undeclared(fault: Fault, habits: CsvHabits) -> None:
    """A file is there that the manifest calls absent (the value: enrollments+users)."""
    habits.undeclared |= set((fault.value or "enrollments").split("+"))


@fault_kind("csv-header-only", STAGE, wants="text")
def header_only(fault: Fault, habits: CsvHabits) -> None:
    """A file has its header and no row (the value: enrollments+users)."""
    habits.header_only |= set((fault.value or "enrollments").split("+"))


@fault_kind("csv-cut", STAGE, wants="text")
def cut(fault: Fault, habits: CsvHabits) -> None:
    """A file ends in the middle of a row (the value: enrollments+users), as when it is still being uploaded."""
    habits.cut |= set((fault.value or "enrollments").split("+"))


@fault_kind(
    "csv-bad-rows",
    STAGE,
    wants="one",
    choices=("blank-lines", "short", "long", "line-breaks", "padded", "missing-ids", "dangling", "duplicates"),
)
def bad_rows(fault: Fault, habits: CsvHabits) -> None:
    """Rows (every tenth, or every=n) are spoilt in the way that the value names."""
    habits.bad_rows = fault.value or ""
    habits.every = int(fault.options.get("every", "10"))
