"""Habits of PowerSchool's own API that differ from installation to installation."""

# ruff: noqa: ARG001 - all faults of a stage have one signature, whether or not they need all of it

from __future__ import annotations

from dataclasses import dataclass

from district_simulator.faults.model import Fault, fault_kind

STAGE = "powerschool"


@dataclass(slots=True)
class Habits:
    """How one request is answered: the largest page, what a list looks like, what the plugin may read."""

    page_size: int = 100
    beyond_page_size: str = "clamp"
    empty: str = "missing"
    single: str = "object"
    count: str = "resource"
    without_json: str = "error"
    api: str = "granted"
    query: str = "served"


@fault_kind("ps-page-size", STAGE, wants="number")
def page_size(fault: Fault, habits: Habits) -> None:
    """The plugin's Maximum Page Size is the value (100 by default)."""
    habits.page_size = int(fault.number(100))


@fault_kind("ps-beyond-page-size", STAGE, wants="one", choices=("clamp", "error"))
def beyond_page_size(fault: Fault, habits: Habits) -> None:
    """A pagesize above the maximum is cut down (clamp) or refused with 400 (error)."""
    habits.beyond_page_size = fault.value or ""


@fault_kind("ps-empty", STAGE, wants="one", choices=("missing", "blank", "null", "list"))
def empty(fault: Fault, habits: Habits) -> None:
    """A list without rows lacks its inner key (missing), is "" (blank), null, or an empty list."""
    habits.empty = fault.value or ""


@fault_kind("ps-single", STAGE, wants="one", choices=("object", "list"))
def single(fault: Fault, habits: Habits) -> None:
    """A list of one row is that row itself (object) or a list."""
    habits.single = fault.value or ""


@fault_kind("ps-count", STAGE, wants="one", choices=("resource", "bare"))
def count(fault: Fault, habits: Habits) -> None:
    """A count is {"resource":{"count":n}} (resource) or {"count":n} (bare)."""
    habits.count = fault.value or ""


@fault_kind("ps-without-json", STAGE, wants="one", choices=("error", "xml"))
def without_json(fault: Fault, habits: Habits) -> None:
    """A request that does not accept JSON gets 500 (error) or 200 with XML (xml)."""
    habits.without_json = fault.value or ""


@fault_kind("ps-no-api-right", STAGE, wants="number")
def no_api_right(fault: Fault, habits: Habits) -> None:
    """The plugin lacks the right to read /ws/v1: the status of the value (403 by default)."""
    habits.api = str(int(fault.number(403)))


@fault_kind("ps-no-query", STAGE)
def no_query(fault: Fault, habits: Habits) -> None:
    """The plugin brings no PowerQuery: 404."""
    habits.query = "absent"


@fault_kind("ps-no-field-right", STAGE)
def no_field_right(fault: Fault, habits: Habits) -> None:
    """The plugin has no access to a field of the PowerQuery: 403 with the field's name."""
    habits.query = "denied"
