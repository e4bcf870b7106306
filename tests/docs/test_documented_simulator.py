"""The page about the simulated district: every vendor is described, and every fault and change in it exists."""

from __future__ import annotations

import re

from tests.docs.pages import blocks, rows, section, text_of

from district_simulator.changes import CHANGES, Change
from district_simulator.faults import Fault
from district_simulator.vendors import VENDORS

PAGE = text_of("docs/reference/simulator.md")


def test_every_vendor_is_described() -> None:
    assert {row[0].strip("`") for row in rows(section(PAGE, "Vendors"))} == set(VENDORS)


def test_every_fault_and_change_in_a_command_exists() -> None:
    commands = " ".join(block.text for block in blocks(PAGE))
    faults, changes = re.findall(r"--fault (\S+)", commands), re.findall(r"--change (\S+)", commands)

    assert len(faults) > 5
    assert [Fault.parse(text).name for text in faults]
    assert {Change.parse(text).name for text in changes} <= set(CHANGES)
