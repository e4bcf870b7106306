"""The query parameters of a request for a collection: what is asked, and what is wrong with the question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from district_simulator.exchange import Call
from district_simulator.faults.source import Question
from district_simulator.paging import Window, lenient_window_of, window_of
from district_simulator.profile import Profile
from district_simulator.query import knows_field
from district_simulator.statusinfo import RefusedError, StatusInfo
from district_simulator.styles import Version

_PARAMETERS_V1P2 = frozenset({"limit", "offset", "sort", "orderBy", "filter", "fields"})


@dataclass(slots=True)
class Asked:
    """A request's parameters; without `fields` all of them are shown."""

    window: Window
    question: Question
    fields: list[str]
    warnings: list[str] = field(default_factory=list)


def window(call: Call, profile: Profile) -> Window:
    """The window that a request asks for; a vendor that ignores wrong values takes its defaults instead."""
    read = lenient_window_of if profile.wrong_questions == "ignore" else window_of
    return read(call.parameters, profile.default_limit)


def read_question(call: Call, record: str, profile: Profile, version: Version) -> Asked:
    """What a request asks; 400 for what the version or the vendor refuses."""
    parameters = dict(call.parameters)
    if version == "1.2":
        _check_v1p2(call, parameters)
    fields, warnings = wanted_fields(parameters, record)
    descending = parameters.get("orderBy", "asc").lower() == "desc"
    question = Question(parameters.get("filter"), parameters.get("sort"), descending)
    if question.sort and not knows_field(record, question.sort):
        if profile.wrong_questions == "refuse":
            raise RefusedError(400, "invalid_sort_field", "unknown sort field")
        if profile.wrong_questions == "warn":
            warnings.append(_warning("invalid_sort_field", "unknown sort field, default order used"))
        question.sort = None
    return Asked(window(call, profile), question, fields, warnings if version == "1.1" else [])


def wanted_fields(parameters: Mapping[str, str], record: str) -> tuple[list[str], list[str]]:
    """The fields to show (none: all of them) and the warnings about them."""
    given = parameters.get("fields")
    if given is None:
        return [], []
    names = [name.strip() for name in given.split(",") if name.strip()]
    if not names:
        raise RefusedError(400, "invalid_blank_selection_field", "fields must not be blank")
    if not all(knows_field(record, name) for name in names):
        return [], [_warning("invalid_selection_field", "unknown field in fields, all fields returned")]
    return names, []


def _check_v1p2(call: Call, parameters: Mapping[str, str]) -> None:
    """What the OpenAPI definition of the 1.2 rostering service does not allow is refused."""
    unknown = set(parameters) - _PARAMETERS_V1P2
    if unknown:
        raise RefusedError(400, "invalid data", f"unknown parameters: {', '.join(sorted(unknown))}")
    if len(parameters) < len(call.parameters):
        raise RefusedError(400, "invalid data", "a parameter stands there more than once")
    if parameters.get("orderBy", "asc") not in ("asc", "desc"):
        raise RefusedError(400, "invalid data", "orderBy is asc or desc")


def _warning(minor: str, description: str) -> str:
    return json.dumps(StatusInfo(minor, description, "success", "warning").entry())
