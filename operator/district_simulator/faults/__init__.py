"""The faults of a simulated district: small functions by the stage of a request at which they act."""

from district_simulator.faults import csv_set, delivery, dressing, intake, paging, powerschool, rows, source
from district_simulator.faults.model import KINDS, Fault, FaultBoard, FaultKind, UnknownFaultError, fault_kind


@fault_kind("clock-skew", "clock", wants="number")
def clock_skew(_fault: Fault) -> None:
    """The server's clock is so many seconds ahead (negative: behind): Date header, signatures and tokens."""


__all__ = [
    "KINDS",
    "Fault",
    "FaultBoard",
    "FaultKind",
    "UnknownFaultError",
    "csv_set",
    "delivery",
    "dressing",
    "intake",
    "paging",
    "powerschool",
    "rows",
    "source",
]
