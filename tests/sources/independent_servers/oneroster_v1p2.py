"""The same district on a OneRoster 1.2 server: users have roles at organizations, profiles and a primary organization,
tokens have scopes of 1.2, refusals are an `imsx_StatusInfo` (OneRoster 1.2 rostering, OpenAPI of 1EdTech).
"""

from __future__ import annotations

from tests.sources.independent_servers.oneroster_v1p1 import Stranger, ref
from tests.sources.independent_servers.serving import Reply, Row


class Newcomer(Stranger):
    """What `Stranger` serves, as version 1.2 has it."""

    api = "/ims/oneroster/rostering/v1p2"
    scope = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly"

    def user(self, row: Row) -> Row:
        """One role, and all that a publisher must not want to know."""
        kept = {name: value for name, value in row.items() if name not in {"role", "orgs", "userIds"}}
        return {
            "roles": [{"roleType": "primary", "role": row["role"], "org": row["orgs"][0], "beginDate": "2025-08-01"}],
            **kept,
            "userMasterIdentifier": f"master-{row['sourcedId']}",
            "primaryOrg": row["orgs"][0],
            "userProfiles": [
                {
                    "profileId": f"profile-{row['sourcedId']}",
                    "profileType": "LMS",
                    "vendorId": "vendor",
                    "credentials": [{"type": "sso", "username": row["username"], "password": f"secret-{row['email']}"}],
                }
            ],
            "preferredFirstName": row["givenName"],
            "resources": [ref("resource")],
        }

    def failure(self, status: int, minor: str) -> Reply:
        """How a refusal is written."""
        field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
        said = {
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": f"student-3@persons.example.org: {minor}",
            "imsx_CodeMinor": {"imsx_codeMinorField": [field]},
        }
        return Reply.of({"imsx_StatusInfo": said}, status)
