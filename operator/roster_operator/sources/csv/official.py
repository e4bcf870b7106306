"""The columns that each file has by OneRoster 1.0, 1.1 or 1.2, whether or not they are read.

None of them is ever taken for another that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from roster_operator.sources.csv.files import File

_OF_EVERY_FILE: Final = "sourcedId status dateLastModified "
_WRITTEN: Final = {
    File.ORGS: "name type identifier parentSourcedId",
    File.SESSIONS: "title type startDate endDate parentSourcedId schoolYear",
    File.COURSES: (
        "schoolYearSourcedId schoolYearId title courseCode grades grade orgSourcedId subjects subjectCodes "
        "resourceSourcedIds"
    ),
    File.CLASSES: (
        "title grades grade courseSourcedId classCode classType location schoolSourcedId termSourcedIds termSourcedId "
        "subjects subjectCodes periods resourceSourcedIds"
    ),
    File.ENROLLMENTS: "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
    File.USERS: (
        "enabledUser orgSourcedIds orgSourcedId role username userIds userId givenName familyName middleName "
        "identifier email sms phone agentSourcedIds agents grades grade password userMasterIdentifier "
        "resourceSourcedIds preferredGivenName preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns"
    ),
    File.ROLES: "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
}
OFFICIAL: Final[Mapping[File, tuple[str, ...]]] = {
    file: tuple((_OF_EVERY_FILE + names).split()) for file, names in _WRITTEN.items()
}
_REQUIRED: Final = {
    File.ORGS: "name type",
    File.SESSIONS: "title type startDate endDate",
    File.COURSES: "title courseCode",
    File.CLASSES: "title courseSourcedId schoolSourcedId termSourcedIds",
    File.ENROLLMENTS: "classSourcedId schoolSourcedId userSourcedId role",
    File.USERS: "enabledUser orgSourcedIds role username givenName familyName",
    File.ROLES: "userSourcedId roleType role",
}
REQUIRED: Final[Mapping[File, tuple[str, ...]]] = {file: tuple(names.split()) for file, names in _REQUIRED.items()}
"""Those that no row lacks which is written to its end."""
