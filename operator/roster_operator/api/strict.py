"""Reading a manifest from a file, where no API server says what is wrong with it.

Everything that the API server would refuse is refused here too, and so are fields that it would silently drop. Each
problem names the field, what is wrong, and what would be right.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from roster_operator.api import names
from roster_operator.api.v1alpha1 import EBook, RosterIntegration

ModelT = TypeVar("ModelT", RosterIntegration, EBook)

_NOT_OURS: Final = frozenset({"metadata", "status"})
"""Parts whose unknown fields are none of our business."""
_FIELD_PREFIX: Final = re.compile(r"([A-Za-z]+(?:\.[A-Za-z]+)*): (.*)", re.DOTALL)
_WORDS: Final = {
    "missing": "must be given",
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "string_type": "must be text; put it into quotes",
    "enum": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have {min_length} entry or more",
    "too_long": "must have {max_length} entries or fewer",
    "tuple_type": "must be a list",
    "model_type": "must be a block of fields",
    "model_attributes_type": "must be a block of fields",
    "dict_type": "must be a block of fields",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a manifest."""

    field: str
    """Its path, such as `spec.courses[0].ebooks`."""
    message: str

    def __str__(self) -> str:
        """Path and message."""
        return f"{self.field}: {self.message}"


class InvalidManifest(ValueError):
    """A manifest cannot be taken as it is; every problem has a line of its own."""

    def __init__(self, where: str, problems: tuple[Problem, ...]) -> None:
        """`where` is the file, and the document in it if there are several."""
        super().__init__("\n".join(f"{where}: {problem}" for problem in problems))
        self.problems = problems


def parse(model: type[ModelT], manifest: Mapping[str, Any], *, where: str) -> ModelT:
    """Read a whole manifest; raises InvalidManifest with all its problems.

    A field that is left empty (`approval:`) is one that is not given, as it is for the API server.
    """
    manifest = _without_empty(manifest)
    problems = [*_identity(model, manifest), *_unknown(model, manifest)]
    parsed: ModelT | None = None
    try:
        parsed = model.model_validate_json(json.dumps(manifest, default=str), strict=True)
    except ValidationError as error:
        problems += _refused(error)
    if parsed is None or problems:
        raise InvalidManifest(where, tuple(problems))
    return parsed


def _without_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_empty(item) for key, item in value.items() if item is not None}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def _identity(model: type[ModelT], manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for field, expected in (("apiVersion", names.API_VERSION), ("kind", model.definition.kind)):
        if manifest.get(field) != expected:
            yield Problem(field, f"must be {expected}")
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(name, str) or re.fullmatch(names.NAME_PATTERN, name) is None:
        yield Problem("metadata.name", "must be given, and hold only lower case letters, digits and -")
    elif len(name) > names.NAME_LIMIT:
        yield Problem("metadata.name", f"must be at most {names.NAME_LIMIT} characters; choose a shorter one")


def _unknown(model: type[BaseModel], value: Any, path: str = "") -> Iterator[Problem]:
    """Fields that the model does not have, depth first."""
    if not isinstance(value, Mapping):
        return
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    known = [*fields, "apiVersion", "kind"] if not path else list(fields)
    for key, item in value.items():
        here = f"{path}.{key}" if path else str(key)
        if key not in known:
            close = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"the fields here are {', '.join(known)}"
            yield Problem(here, f"is no field that there is; {hint}")
        elif key in fields and not (key in _NOT_OURS and not path):
            nested = _nested(fields[key].annotation)
            if nested is not None and isinstance(item, list):
                for index, entry in enumerate(item):
                    yield from _unknown(nested, entry, f"{here}[{index}]")
            elif nested is not None:
                yield from _unknown(nested, item, here)


def _nested(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, alone, optional or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _nested(part)) is not None), None)


def _refused(error: ValidationError) -> list[Problem]:
    details = error.errors(include_url=False, include_input=False)
    places = {detail["loc"] for detail in details}
    # A list whose only entry is wrong is also reported as too short; the entry says it better.
    return [
        _problem(detail)
        for detail in details
        if detail["type"] != "too_short" or not any(place[:-1] == detail["loc"] for place in places)
    ]


def _problem(detail: ErrorDetails) -> Problem:
    path = ""
    for step in detail["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    context = detail.get("ctx", {})
    message = _WORDS[detail["type"]].format(**context) if detail["type"] in _WORDS else detail["msg"]
    if detail["type"] == "value_error":
        message = str(context["error"])
        prefixed = _FIELD_PREFIX.fullmatch(message)
        if prefixed:
            path, message = f"{path}.{prefixed[1]}", prefixed[2]
    return Problem(path, message)
