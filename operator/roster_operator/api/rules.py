"""Rules that go beyond types, each stated twice: as CEL for the API server and in Python for files read without one.

Both say the same with the same words; the tests run one table of bad manifests through both. A rule is put on a field
with `Annotated`, or on a model with `ruled`. The API server looks at rules only when the schema proper is satisfied, so
what needs a good message is a rule and not a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from roster_operator.api import durations

VALIDATIONS: Final = "x-kubernetes-validations"


def rule(cel: str, message: str, *, field_path: str | None = None) -> dict[str, str]:
    """One entry of `x-kubernetes-validations`."""
    entry = {"rule": cel, "message": message}
    return entry if field_path is None else {**entry, "fieldPath": field_path}


def ruled(*entries: Mapping[str, str], **extra: Any) -> dict[str, Any]:
    """What a model's or field's `json_schema_extra` needs to carry rules."""
    return {VALIDATIONS: [dict(entry) for entry in entries], **extra}


def found_by(pattern: str) -> str:
    """CEL for: this text matches the pattern."""
    return f"self.matches(r'{pattern}')"


@dataclass(frozen=True, slots=True)
class Between:
    """A field that is a Go-style duration within bounds; in Python a timedelta, on the wire the text."""

    shortest: str
    longest: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read text, check bounds, write text."""
        return core_schema.no_info_plain_validator_function(
            self._read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                durations.write, return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A bounded string with the two rules."""
        shape = found_by(durations.PATTERN)
        inside = f"duration(self) >= duration('{self.shortest}') && duration(self) <= duration('{self.longest}')"
        return {
            "type": "string",
            "maxLength": 32,
            VALIDATIONS: [
                rule(shape, "must be a duration such as 24h, 1h30m or 90s (units: h, m, s, ms)"),
                rule(f"!{shape} || ({inside})", self._bounds),
            ],
        }

    def _read(self, value: Any) -> timedelta:
        if isinstance(value, timedelta):
            duration = value
        elif isinstance(value, str):
            duration = durations.parse(value)
        else:
            raise ValueError("must be a duration such as 24h, 1h30m or 90s (units: h, m, s, ms), in quotes")  # noqa: TRY004 - pydantic reports ValueErrors
        if not durations.parse(self.shortest) <= duration <= durations.parse(self.longest):
            raise ValueError(self._bounds)
        return duration

    @property
    def _bounds(self) -> str:
        return f"must be at least {self.shortest} and at most {self.longest}"


@dataclass(frozen=True, slots=True)
class Shaped:
    """Marks a string field whose form is a regular expression (the common part of RE2 and Python) with a message."""

    pattern: str
    message: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A string that matches."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A rule only: a `pattern` would be checked first, and its message is the pattern."""
        return {**handler(schema), VALIDATIONS: [rule(found_by(self.pattern), self.message)]}

    def _check(self, text: str) -> str:
        if re.fullmatch(self.pattern, text) is None or text.endswith("\n"):
            raise ValueError(self.message)
        return text


@dataclass(frozen=True)
class TimeZoneName(Shaped):
    """Marks the name of a time zone. Whether there is one of that name, Python asks only where it is used.

    So a resource from before, or a name that only one of the two knows, stays readable. The API server's own list is
    asked by a calculation that has no answer for a name that is not in it.
    """

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Its form, and a calculation."""
        field = super().__get_pydantic_json_schema__(schema, handler)
        known = "self != 'Local' && timestamp('2026-01-01T00:00:00Z').getHours(self) >= 0"
        entry = rule(f"!{found_by(self.pattern)} || ({known})", self.message)
        return {**field, VALIDATIONS: [*field[VALIDATIONS], entry]}


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a string field that holds one of some words, which are not known where the model is written."""

    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A string that is one of them."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """An enum."""
        return {**handler(schema), "enum": list(self.words)}

    def _check(self, text: str) -> str:
        if text not in self.words:
            *others, last = map(repr, self.words)
            raise ValueError(f"must be {', '.join(others)} or {last}")
        return text


class ServerURL:
    """Marks a field as the URL of a server that is handed credentials: TLS, unless it stays inside the cluster.

    `query`: it may have one, as token endpoints do. Regular expressions, as CEL's own functions for URLs are too dear
    for the API server's budget.
    """

    _HOST = r"(\[[0-9A-Fa-f:.]+\]|([A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]+)"
    _PORT = r"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
    _USER = "([^/?#@]*@)?"
    _INSIDE = r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\]|[a-z0-9._-]+\.svc(\.cluster\.local)?)"
    _REST = "([/?#]([!-$&-~]|%[0-9A-Fa-f]{2})*)?"

    WELL_FORMED = f"^[Hh][Tt][Tt][Pp][Ss]?://{_USER}{_HOST}{_PORT}{_REST}$"
    SECURE = f"^(?i:https://|http://{_USER}{_INSIDE}(:[0-9]+)?([/?#]|$))"
    WITH_USER = "^[^/]*//[^/?#]*@"
    WITH_QUERY = "[?#]"
    WITH_FRAGMENT = "#"
    NO_USER = "must not hold a user name or password; put them into the Secret that secretRef names"
    NO_QUERY = "must not hold a query (?...) or fragment (#...); only scheme, host, port and path"

    RULES = (
        (WELL_FORMED, True, "must be a URL such as https://sis.example.org/path"),
        (
            SECURE,
            True,
            "must begin with https://, so that credentials and rosters travel encrypted; http:// is for localhost, "
            "loopback addresses and services of this cluster (*.svc, *.svc.cluster.local) only",
        ),
        (WITH_USER, False, NO_USER),
    )
    """Pattern, whether it must be found or must not, message. The first says whether the others have a meaning."""

    def __init__(self, *, query: bool = False) -> None:
        """`query` says whether it may have one."""
        rest = (
            (self.WITH_FRAGMENT, False, "must not hold a fragment (#...)")
            if query
            else (self.WITH_QUERY, False, self.NO_QUERY)
        )
        self.rules = (*self.RULES, rest)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A string that passes `check`."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A bounded string with the rules."""
        rules = []
        for pattern, wanted, message in self.rules:
            cel = found_by(pattern) if wanted else f"!{found_by(pattern)}"
            guarded = cel if pattern == self.WELL_FORMED else f"!{found_by(self.WELL_FORMED)} || {cel}"
            rules.append(rule(guarded, message))
        return {"type": "string", "minLength": 1, "maxLength": 1024, VALIDATIONS: rules}

    def _check(self, text: str) -> str:
        return self._held(text, self.rules)

    @staticmethod
    def _held(text: str, rules: Iterable[tuple[str, bool, str]]) -> str:
        if len(text) > 1024:
            raise ValueError("must have at most 1024 characters")
        for pattern, wanted, message in rules:
            if (re.search(pattern, text) is not None) != wanted or "\n" in text:
                raise ValueError(message)
        return text


class RosterURL(ServerURL):
    """Marks a field as the URL of a server, as `ServerURL` does, or of a place where files of a roster lie."""

    FILES = "^(?i:sftp|file)://"
    _PATH = "(/([!$&->@-~]|%[0-9A-Fa-f]{2})*)"

    FILE_RULES = (
        (ServerURL.WITH_USER, False, ServerURL.NO_USER),
        (ServerURL.WITH_QUERY, False, ServerURL.NO_QUERY),
        (
            f"^((?i:sftp)://{ServerURL._HOST}{ServerURL._PORT}{_PATH}?|(?i:file)://{_PATH})$",
            True,
            "must be a URL such as sftp://files.example.org/springfield or file:///rosters/districts/springfield",
        ),
        (r"/\.\.(/|$)", False, "must not hold '..'"),
    )
    """As `RULES`, for URLs that begin like `FILES`; the first that does not hold says what is wrong."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The server's rules for servers, and others for files."""
        field = super().__get_pydantic_json_schema__(schema, handler)
        files = found_by(self.FILES)
        rules = [rule(f"{files} || {entry['rule']}", entry["message"]) for entry in field[VALIDATIONS]]
        rules += [
            rule(f"!{files} || {found_by(pattern) if wanted else '!' + found_by(pattern)}", message)
            for pattern, wanted, message in self.FILE_RULES
        ]
        return {**field, VALIDATIONS: rules}

    def _check(self, text: str) -> str:
        if re.search(self.FILES, text) is None:
            return super()._check(text)
        return self._held(text, self.FILE_RULES)
