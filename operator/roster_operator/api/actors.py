"""Who has to act on what is wrong."""

from __future__ import annotations

from enum import StrEnum


class Actor(StrEnum):
    """Who can put a problem right."""

    DISTRICT = "District"
    PUBLISHER = "Publisher"
    PLATFORM = "Platform"
