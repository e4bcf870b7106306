"""How one PowerSchool server is to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from roster_operator.sources.network import ANYWHERE, Network
from roster_operator.sources.retries import RetryPolicy

CO_TEACHER_QUERY: Final = "org.cpm.rostering.section.coteachers"
"""The PowerQuery of the plugin in examples/powerschool-plugin."""


@dataclass(frozen=True, slots=True)
class PowerSchoolSettings:
    """One server. Sizes in bytes, times in seconds."""

    base_url: str
    """As the district pasted it; see `urls.normalise`."""
    time_zone: ZoneInfo
    """The district's; which school year is read depends on its day."""
    co_teacher_query: str = CO_TEACHER_QUERY
    """Asked for who teaches a section beside its lead teacher; empty: nobody asks, and only lead teachers count."""
    page_size: int | None = None
    """Rows to ask for at most, if fewer than the plugin's maximum."""
    max_concurrency: int = 3
    request_timeout: float = 60.0
    """For one whole answer."""
    max_page_bytes: int = 16 * 1024 * 1024
    """After decompression; a page of 1000 students has 1 MB."""
    max_rows: int = 500_000
    """Of one list; more is taken for a server that never ends."""
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    network: Network = ANYWHERE
    """Which servers may be connected to."""
