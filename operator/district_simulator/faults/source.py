"""Faults in what a collection holds, or in how a question about it is understood."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

from dataclasses import dataclass

from district_simulator.exchange import Route
from district_simulator.faults.model import Fault, fault_kind

STAGE = "source"
_ROSTERED = ("classes", "users", "students", "teachers", "enrollments", "demographics")


@dataclass(slots=True)
class Question:
    """What is asked of the roster: the filter and sort to apply, and whether the answer is empty come what may."""

    filter_text: str | None
    sort: str | None
    descending: bool
    empty: bool = False


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
