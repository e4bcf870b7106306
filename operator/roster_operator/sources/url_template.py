"""The path of a URL without anything that may be somebody's: ids, file names and codes are left out."""

from __future__ import annotations

from typing import Final

_ONEROSTER: Final = {
    *("ims", "oneroster", "rostering", "v1p1", "v1p2", "orgs", "schools", "courses", "classes", "terms"),
    *(
        "academicSessions",
        "gradingPeriods",
        "users",
        "students",
        "teachers",
        "enrollments",
        "demographics",
        "resources",
    ),
}
_POWERSCHOOL: Final = {
    *("ws", "v1", "v3", "schema", "query", "table", "district", "school", "course", "section", "section_enrollment"),
    *("staff", "student", "term", "time", "count", "metadata"),
}
_WORDS: Final = frozenset({"", "oauth", "token", "access_token", *_ONEROSTER, *_POWERSCHOOL})
"""That paths of the APIs consist of."""


def template_of(path: str) -> str:
    """As `/ims/oneroster/v1p1/classes/{}/students`: whatever is no word of the APIs is left out."""
    return "/".join(word if word in _WORDS else "{}" for word in path.split("/"))
