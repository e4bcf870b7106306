"""PowerSchool SIS by its own API, for districts that do not share OneRoster."""

from roster_operator.sources.powerschool.opening import open_powerschool
from roster_operator.sources.powerschool.settings import PowerSchoolSettings
from roster_operator.sources.powerschool.urls import normalise

__all__ = ["PowerSchoolSettings", "normalise", "open_powerschool"]
