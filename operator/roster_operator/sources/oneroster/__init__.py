"""OneRoster over REST."""

from roster_operator.sources.oneroster.opening import open_oneroster
from roster_operator.sources.oneroster.settings import OneRosterSettings

__all__ = ["OneRosterSettings", "open_oneroster"]
