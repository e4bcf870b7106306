"""A member that is gone while another looks as if it had taken its place is recognised; others are let be."""

from __future__ import annotations

from typing import Final

import pytest

from roster_operator.sources.values.lookalikes import lookalike

ENROLLMENT: Final = [
    "sourcedId",
    "status",
    "dateLastModified",
    "user",
    "class",
    "school",
    "role",
    "primary",
    "metadata",
    "beginDate",
    "endDate",
]
USER: Final = [
    "sourcedId",
    "status",
    "dateLastModified",
    "userIds",
    "userMasterIdentifier",
    "identifier",
    "givenName",
    "familyName",
    "middleName",
    "preferredFirstName",
    "pronouns",
    "role",
    "roles",
    "orgs",
    "primaryOrg",
    "agents",
    "grades",
    "sms",
    "phone",
    "password",
    "resources",
    "userProfiles",
]

RESEMBLING: Final = {
    "endDate": (
        "exitDate leaveDate EndDate end_date enddate stopDate withdrawDate dropDate exit_dt dateLeft enrollmentEndDate "
        "lastDay expirationDate endDt end untilDate enddDate withdrawalDate toDate unenrollDate dateOfExit"
    ),
    "beginDate": (
        "entryDate startDate BeginDate enrollDate enrollmentDate fromDate effectiveDate dateEntered begin addDate "
        "admissionDate beginingDate start_date"
    ),
    "startDate": "beginDate start firstDay fromDate",
    "status": (
        "state Status recordStatus enrollmentStatus statusCode isDeleted active status_flag enrollStatus recordState "
        "studentStatus statuss"
    ),
    "enabledUser": (
        "enabled isActive isEnabled userEnabled active accountEnabled disabled accountDisabled EnabledUser "
        "enabled_user accountStatus isLocked"
    ),
    "username": (
        "login loginId userName user_name userLogin logonName samAccountName networkId loginName studentUsername "
        "userPrincipalName usernames"
    ),
    "email": "mail emailAddress e-mail Email primaryEmail studentEmail email_address emails schoolEmail",
    "role": "roleName userRole Role userType",
    "terms": "term termId sessions academicSessions termSourcedIds semester",
    "termSourcedIds": "terms termIds sessionSourcedIds",
    "courseSourcedId": "course courseId courseRef",
    "school": "schoolSourcedId org schoolId",
    "userSourcedId": "studentSourcedId personId user",
    "classSourcedId": "sectionSourcedId sectionId class",
    "sourcedId": "id sourceId SourcedID guid",
}


@pytest.mark.parametrize(
    ("missing", "other"), [(missing, other) for missing, others in RESEMBLING.items() for other in others.split()]
)
def test_a_name_that_stands_for_the_missing_one_is_recognised(missing: str, other: str) -> None:
    assert lookalike(missing, ["sourcedId", "grades", other], {"sourcedId", missing}) == other


def test_a_column_of_several_words_is_recognised() -> None:
    assert lookalike("endDate", ["End Date"], ENROLLMENT) == "End Date"


@pytest.mark.parametrize("missing", ["endDate", "beginDate", "status", "role"])
def test_nothing_else_of_an_enrollment_looks_like_what_is_missing(missing: str) -> None:
    others = ["grade", "createdDate", "lastUpdated", "isPrimary", "credits", "seat"]
    assert lookalike(missing, [name for name in (*ENROLLMENT, *others) if name != missing], ENROLLMENT) == ""


@pytest.mark.parametrize("missing", ["username", "email", "enabledUser", "status"])
def test_nothing_else_of_a_user_looks_like_what_is_missing(missing: str) -> None:
    others = [
        "parentEmail",
        "guardianEmail",
        "displayName",
        "userId",
        "birthDate",
        "gender",
        "lunchStatus",
        "homeroom",
        "maritalStatus",
        "mailingAddress",
        "state",
        "city",
        "emergencyContact",
        "activities",
        "counselor",
        "lastLogin",
    ]
    assert lookalike(missing, [name for name in (*USER, *others) if name != missing], USER) == ""


@pytest.mark.parametrize(
    "other", ["metadata", "metadata.exitDate", "ext_exitDate", "ext:exitDate", "x-exitDate", "metadata_end"]
)
def test_an_extension_is_never_taken_for_a_member(other: str) -> None:
    assert lookalike("endDate", [other], ENROLLMENT) == ""


def test_an_official_member_is_never_taken_for_another() -> None:
    assert lookalike("endDate", ["exitDate"], ["exitDate"]) == ""
    assert lookalike("endDate", ["BeginDate"], ["beginDate", "endDate"]) == ""


def test_another_spelling_comes_before_another_word() -> None:
    assert lookalike("endDate", ["exitDate", "EndDate"], ENROLLMENT) == "EndDate"


def test_what_is_there_itself_resembles_nothing() -> None:
    assert lookalike("endDate", ["endDate"], ENROLLMENT) == ""
    assert lookalike("endDate", [], ENROLLMENT) == ""
