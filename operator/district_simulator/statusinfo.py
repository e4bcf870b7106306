"""The bodies of OneRoster errors and warnings (OneRoster 1.1 REST binding, section 3.6: payload status information)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_MINORS_V1P2 = {
    "unauthorized": "unauthorisedrequest",
    "unsupported": "unknownobject",
    "invalid_sort_field": "invaliddata",
    "invalid_blank_selection_field": "invalid_selection_field",
}
"""Tokens that OneRoster 1.2 has not, and what it has instead."""


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """One status entry; `minor` is a token of the specification's codeMinor vocabulary."""

    minor: str
    description: str
    major: str = "failure"
    severity: str = "error"

    def entry(self) -> dict[str, str]:
        """The entry as JSON members."""
        return {
            "imsx_codeMajor": self.major,
            "imsx_severity": self.severity,
            "imsx_messageRefIdentifier": "simulated",
            "imsx_operationRefIdentifier": "simulated",
            "imsx_description": f"District Simulator: {self.description}",
            "imsx_codeMinor": self.minor,
        }

    def v1p2(self) -> dict[str, Any]:
        """The whole body of an error of OneRoster 1.2 (imsx_StatusInfo)."""
        minor = _MINORS_V1P2.get(self.minor, self.minor.replace(" ", ""))
        return {
            "imsx_codeMajor": self.major,
            "imsx_severity": self.severity,
            "imsx_description": f"District Simulator: {self.description}",
            "imsx_messageRefIdentifier": "simulated",
            "imsx_CodeMinor": {
                "imsx_codeMinorField": [
                    {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
                ]
            },
        }


class RefusedError(Exception):
    """A request that is answered with an HTTP error and a status body."""

    def __init__(self, status: int, minor: str, description: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.headers = headers or {}
        self.info = StatusInfo(minor, description)


def unknown_object() -> RefusedError:
    """404 for an id that is not listed."""
    return RefusedError(404, "unknown object", "no object with this sourcedId")


def unknown_route() -> RefusedError:
    """404 for an endpoint that does not exist."""
    return RefusedError(404, "unsupported", "no such endpoint")


def unauthorized(description: str) -> RefusedError:
    """401; the description says what was wrong with the credentials."""
    return RefusedError(401, "unauthorized", description, {"WWW-Authenticate": "OAuth, Bearer"})
