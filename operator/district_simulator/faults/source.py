"""Faults in what a collection holds, or in how a question about it is understood."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from district_simulator import clock
from district_simulator.exchange import Route
from district_simulator.faults.model import Fault, fault_kind

STAGE = "source"
_ROSTERED = ("classes", "users", "students", "teachers", "enrollments", "demographics")


class Twins(NamedTuple):
    """Every row with a number that `every` divides has a deleted twin of the same id, before or behind it."""

    every: int
    deleted_first: bool


@dataclass(slots=True)
class Question:
    """What is asked of the roster: the filter and sort to apply, and whether the answer is empty come what may.

    `dates` is what every dateLastModified says instead of the truth, as JSON text; `deleted` whether rows that are
    tobedeleted are listed; `order` names another order of the rows, 0 the usual one; `twins` has every so-manieth row
    stand there twice, once deleted.
    """

    filter_text: str | None
    sort: str | None
    descending: bool
    empty: bool = False
    dates: str | None = None
    deleted: bool = True
    order: int = 0
    twins: Twins | None = None


@fault_kind("ignore-filter", STAGE)
def ignore_filter(fault: Fault, route: Route, question: Question) -> None:
    """The filter is ignored: everything comes, with 200."""
    question.filter_text = None


@fault_kind("ignore-sort", STAGE)
def ignore_sort(fault: Fault, route: Route, question: Question) -> None:
    """The sort is ignored."""
    question.sort = None


@fault_kind("roster-empty", STAGE)
def roster_empty(fault: Fault, route: Route, question: Question) -> None:
    """Persons, classes and enrollments are empty with 200 (or whatever on= names)."""
    if fault.on or route.collection in _ROSTERED:
        question.empty = True


@fault_kind("empty-school-year", STAGE)
def empty_school_year(fault: Fault, route: Route, question: Question) -> None:
    """The SIS has switched to a year without sections: persons are there, classes and enrollments are empty."""
    if route.collection in ("classes", "enrollments"):
        question.empty = True


@fault_kind("modified-dates", STAGE, wants="one", choices=("constant", "empty", "null", "moving"))
def modified_dates(fault: Fault, route: Route, question: Question) -> None:
    """Every dateLastModified is the same old one (constant), "" (empty), null, or the time of the answer (moving)."""
    now = clock.stamp() if fault.value == "moving" else ""
    texts = {"constant": '"2020-01-01T00:00:00.000Z"', "empty": '""', "null": "null", "moving": f'"{now}"'}
    question.dates = texts[fault.value or ""]


@fault_kind("deleted-rows", STAGE, wants="one", choices=("hidden", "delta-only"))
def deleted_rows(fault: Fault, route: Route, question: Question) -> None:
    """Rows that are tobedeleted are never listed (hidden), or only to a filter on dateLastModified (delta-only)."""
    asks_for_changes = question.filter_text is not None and "dateLastModified" in question.filter_text
    question.deleted = fault.value == "delta-only" and asks_for_changes


@fault_kind("unstable-order", STAGE)
def unstable_order(fault: Fault, route: Route, question: Question) -> None:
    """Each answer has the rows in another order, as without a sort: pages overlap and leave rows out."""
    question.order = fault.struck


@fault_kind("deleted-twins", STAGE, wants="one", choices=("before", "behind"))
def deleted_twins(fault: Fault, route: Route, question: Question) -> None:
    """Every tenth row (or every=n) has a tobedeleted twin of the same id before or behind it."""
    question.twins = Twins(int(fault.options.get("every", "10")), fault.value == "before")
