"""OneRoster 1.1 over REST."""

from roster_operator.sources.credentials import Credentials
from roster_operator.sources.oneroster.opening import open_oneroster
from roster_operator.sources.oneroster.settings import AuthKind, OneRosterSettings

__all__ = ["AuthKind", "Credentials", "OneRosterSettings", "open_oneroster"]
