"""OneRoster 1.2: users with roles, scopes and errors of their own, and questions as the OpenAPI definition allows."""

from __future__ import annotations

from typing import Any

import pytest
from tests.simulator.test_simulator_vendors import MATHEMATICS, Consumer, consumer, licenses


def test_the_roster_is_the_same_one() -> None:
    with consumer("Generic", version="1.2") as reader:
        district = reader.district
        assert district.service_url.endswith("/ims/oneroster/rostering/v1p2")
        assert licenses(reader, district.school_ids) == district.expected_licenses(district.school_ids, MATHEMATICS)


def test_users_have_roles_instead_of_a_role() -> None:
    with consumer("Generic", version="1.2") as reader:
        users = {row["sourcedId"]: row for row in reader.rows("users")}
        student = users["S1000001"]
        assert not {"role", "orgs"} & set(student)
        (role,) = student["roles"]
        assert (role["roleType"], role["role"], role["org"]["sourcedId"]) == ("primary", "student", "994")
        assert student["primaryOrg"]["sourcedId"] == "994"
        assert student["userProfiles"] == []
        assert student["userMasterIdentifier"] == student["identifier"]
        assert users["A1000001"]["roles"][0]["role"] == "siteAdministrator"
        assert reader.get("users/S1000001").json()["user"] == student


def test_users_are_filtered_by_their_roles() -> None:
    with consumer("Generic", version="1.2") as reader:
        teachers = reader.rows("users", filter="roles.role='teacher'")
        assert {row["sourcedId"][0] for row in teachers} == {"T"}
        assert len(reader.rows("users", filter="roles.org.sourcedId='995' AND roles.role='student'")) == 40
        assert reader.get("users", filter="role='teacher'").status_code == 400


def test_errors_are_written_as_version_1_2_does() -> None:
    with consumer("Generic", version="1.2") as reader:
        body = reader.get("users/unknown").json()
        assert body["imsx_codeMajor"] == "failure"
        (minor,) = body["imsx_CodeMinor"]["imsx_codeMinorField"]
        assert minor == {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": "unknownobject"}
        refused = reader.client.get(f"{reader.district.service_url}/users").json()
        assert refused["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "unauthorisedrequest"


@pytest.mark.parametrize(
    "question",
    [{"role": "teacher"}, {"orderBy": "up"}, {"limit": "0"}, {"offset": "-1"}, {"page": "2"}, {"fields": ""}],
)
def test_questions_outside_the_definition_are_refused(question: dict[str, Any]) -> None:
    with consumer("Generic", 40, version="1.2") as reader:
        assert reader.get("users", **question).status_code == 400


def test_a_parameter_may_stand_there_once() -> None:
    with consumer("Generic", 40, version="1.2") as reader:
        url = f"{reader.district.service_url}/users?limit=1&limit=2"
        assert reader.client.get(url, headers={"Authorization": reader._authorization(url)}).status_code == 400


def test_scopes_are_those_of_the_version() -> None:
    old = "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly"
    with consumer("Generic", 40, version="1.2") as reader:
        assert reader.token(scope=old).json()["error"] == "invalid_scope"
        assert reader.get("demographics").status_code == 403
    with consumer("Generic", 40, version="both") as both:
        assert both.get("orgs").status_code == 200
        new = both.district.service_url.replace("/v1p1", "/rostering/v1p2")
        bearer = {"Authorization": both._authorization(new)}
        assert both.client.get(f"{new}/orgs", headers=bearer).status_code == 403
        both.version = "1.2"
        token = both.token().json()["access_token"]
        answer = both.client.get(f"{new}/users", headers={"Authorization": f"Bearer {token}"})
        assert "roles" in answer.json()["users"][0]


def test_an_unserved_version_is_not_found() -> None:
    with consumer("Generic", 40) as reader:
        new = reader.district.service_url.replace("/v1p1", "/rostering/v1p2")
        bearer = {"Authorization": reader._authorization(new)}
        assert reader.client.get(f"{new}/orgs", headers=bearer).status_code == 404


def test_styles_and_version_compose() -> None:
    with consumer("SkywardQmlativ", 40) as reader:
        assert isinstance(reader, Consumer)
        row = reader.rows("users", filter="status='active'")[0]
        assert row["roles"][0]["org"]["sourcedId"] == "994"
        assert row["sourcedId"].isdigit()
        assert len(reader.get("enrollments").json()["enrollments"]) > 100
