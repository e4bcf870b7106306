"""The files of a OneRoster CSV set that a roster is read from (OneRoster 1.1 CSV, section 2; 1.2 CSV, section 3).

No other is ever opened: not demographics.csv, and not userProfiles.csv, which holds passwords.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from roster_operator.sources.source import Section

MANIFEST: Final = "manifest.csv"


class File(StrEnum):
    """A file, by the name that the manifest has for it."""

    ORGS = "orgs"
    SESSIONS = "academicSessions"
    COURSES = "courses"
    CLASSES = "classes"
    ENROLLMENTS = "enrollments"
    USERS = "users"
    ROLES = "roles"
    """Since 1.2: who is a student and who a teacher."""

    @property
    def filename(self) -> str:
        """As the specification spells it."""
        return f"{self.value}.csv"


NEEDED: Final = (File.ORGS, File.SESSIONS, File.COURSES, File.CLASSES, File.ENROLLMENTS, File.USERS)
"""Of every bulk set. `roles.csv` too, where `users.csv` does not say roles."""

FILE_OF: Final = {
    Section.ORGANIZATIONS: File.ORGS,
    Section.SCHEDULES: File.SESSIONS,
    Section.COURSES: File.COURSES,
    Section.CLASSES: File.CLASSES,
    Section.ENROLLMENTS: File.ENROLLMENTS,
    Section.TEACHERS: File.USERS,
    Section.STUDENTS: File.USERS,
}
"""Which file holds a section of the roster."""

BY_FILENAME: Final = {file.filename.lower(): file for file in File}
WANTED: Final = frozenset({MANIFEST, *BY_FILENAME})
"""Names in lower case, since the systems that zip do not agree about case."""
