"""How the OneRoster CSV files of one district are to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from roster_operator.sources.network import ANYWHERE, Network
from roster_operator.sources.retries import RetryPolicy
from roster_operator.sources.roster_files import RosterFolder

_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CsvSettings:
    """One place and its habits. Sizes in bytes, times in seconds."""

    base_url: str
    """As it stands in the spec; see `addresses.parse`."""
    files: RosterFolder | None = None
    """Where file:// URLs may point; None: nowhere."""
    ends_inclusive: bool = False
    """Whether the end of an enrollment or term is its last day. By OneRoster it is the day after it."""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """The district's; whether a role (OneRoster 1.2) is held today depends on its day."""
    settle: float = 300.0
    """How long a delivery must have been left alone before it is taken."""
    timeout: float = 600.0
    """For one file to be fetched."""
    max_file_bytes: int = 1024 * _MIB
    """Of a file as it is delivered: a ZIP, or a CSV file of a folder."""
    max_delivered_bytes: int = 1536 * _MIB
    """Of all files that are copied to be read, beside which those of other districts need room."""
    max_unpacked_bytes: int = 4096 * _MIB
    """Of all the CSV files of a ZIP together."""
    max_rows: int = 20_000_000
    """Of one file; more is taken for a file that was not made by a SIS."""
    max_delta_rows: int = 1_000_000
    """Of all deltas of one file; beyond that a new bulk set is asked for."""
    max_sets: int = 100
    """Read at once: a bulk set, and deltas after it."""
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    network: Network = ANYWHERE
    """Which servers may be connected to."""
