"""The columns of the files of a set, in the order of the specification (OneRoster 1.1 and 1.2 CSV binding, tables)."""

from __future__ import annotations

from typing import Literal

CsvVersion = Literal["1.1", "1.2"]


def _words(text: str) -> tuple[str, ...]:
    return ("sourcedId", "status", "dateLastModified", *text.split())


_USER_NAMES = (
    "username userIds givenName familyName middleName identifier email sms phone agentSourcedIds grades password"
)
_SHARED = {
    "orgs": _words("name type identifier parentSourcedId"),
    "academicSessions": _words("title type startDate endDate parentSourcedId schoolYear"),
    "courses": _words("schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes"),
    "classes": _words(
        "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds subjects subjectCodes"
        " periods"
    ),
    "enrollments": _words("classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate"),
}
COLUMNS: dict[CsvVersion, dict[str, tuple[str, ...]]] = {
    "1.1": {**_SHARED, "users": _words(f"enabledUser orgSourcedIds role {_USER_NAMES}")},
    "1.2": {
        **_SHARED,
        "users": _words(
            f"enabledUser {_USER_NAMES} userMasterIdentifier resourceSourcedIds preferredGivenName preferredMiddleName"
            " preferredFamilyName primaryOrgSourcedId pronouns"
        ),
        "roles": _words("userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId"),
        "userProfiles": _words(
            "userSourcedId profileType vendorId applicationId description credentialType username password"
        ),
    },
}
FILES: dict[CsvVersion, tuple[str, ...]] = {
    "1.1": (
        "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
        "enrollments", "lineItems", "orgs", "resources", "results", "users",
    ),
    "1.2": (
        "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
        "enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources",
        "resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles",
        "userResources", "users",
    ),
}  # fmt: skip
OLD_NAMES = {
    "grades": "grade",
    "userIds": "userId",
    "agentSourcedIds": "agents",
    "schoolYearSourcedId": "schoolYearId",
}
