"""OneRoster over REST."""

from roster_operator.sources.oneroster.opening import open_oneroster
from roster_operator.sources.oneroster.settings import AuthKind, OneRosterSettings

__all__ = ["AuthKind", "OneRosterSettings", "open_oneroster"]
