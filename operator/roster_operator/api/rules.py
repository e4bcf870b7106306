"""Rules that go beyond types, each stated twice: as CEL for the API server and in Python for files read without one.

Both say the same with the same words; the tests run one table of bad manifests through both. A rule is put on a field
with `Annotated`, or on a model with `ruled`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from roster_operator.api import durations

VALIDATIONS: Final = "x-kubernetes-validations"

_LOOPBACK_V4: Final = re.compile(r"127(\.[0-9]{1,3}){3}")


def rule(cel: str, message: str, *, field_path: str | None = None) -> dict[str, str]:
    """One entry of `x-kubernetes-validations`."""
    entry = {"rule": cel, "message": message}
    return entry if field_path is None else {**entry, "fieldPath": field_path}


def ruled(*entries: Mapping[str, str], **extra: Any) -> dict[str, Any]:
    """What a model's or field's `json_schema_extra` needs to carry rules."""
    return {VALIDATIONS: [dict(entry) for entry in entries], **extra}


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
        shape = f"self.matches('{durations.PATTERN.replace(chr(92), chr(92) * 2)}')"
        inside = f"duration(self) >= duration('{self.shortest}') && duration(self) <= duration('{self.longest}')"
        return {
            "type": "string",
            "maxLength": 32,
            "pattern": durations.PATTERN,
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
        """The pattern for tools that read schemas, and a rule with the message for people."""
        cel = f"self.matches('{self.pattern.replace(chr(92), chr(92) * 2)}')"
        return {**handler(schema), "pattern": self.pattern, VALIDATIONS: [rule(cel, self.message)]}

    def _check(self, text: str) -> str:
        if re.fullmatch(self.pattern, text) is None or text.endswith("\n"):
            raise ValueError(self.message)
        return text


class ServerURL:
    """Marks a field as the URL of a server that is handed credentials: TLS, unless it stays inside the cluster."""

    SHAPE = "must be a URL such as https://sis.example.org/path"
    SECURE = (
        "must begin with https://, so that credentials and rosters travel encrypted; http:// is only for localhost, "
        "loopback addresses and services of this cluster (*.svc, *.svc.cluster.local)"
    )
    NO_USER = "must not hold a user name or password; put credentials into the Secret that secretRef names"
    NO_QUERY = "must not hold a query (?...) or fragment (#...); only scheme, host, port and path"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A string that passes `check`."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A bounded string with the rules."""
        well_formed = (
            "isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHostname() != '' "
            r"&& !self.matches('\\s')"
        )
        host = "url(self).getHostname().lowerAscii()"
        inside = (
            f"{host} in ['localhost', '::1'] || {host}.matches('^127([.][0-9]{{1,3}}){{3}}$') "
            f"|| {host}.endsWith('.svc') || {host}.endsWith('.svc.cluster.local')"
        )
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": 2048,
            VALIDATIONS: [
                rule(well_formed, self.SHAPE),
                rule(f"!({well_formed}) || url(self).getScheme() == 'https' || {inside}", self.SECURE),
                rule("!self.matches('^[^/]*//[^/?#]*@')", self.NO_USER),
                rule("!self.contains('?') && !self.contains('#')", self.NO_QUERY),
            ],
        }

    def _check(self, text: str) -> str:
        try:
            parts = urlsplit(text)
            host = (parts.hostname or "").lower()
            well_formed = parts.scheme in ("http", "https") and bool(host) and parts.port != 0
        except ValueError:
            raise ValueError(self.SHAPE) from None
        if not well_formed or len(text) > 2048 or any(c.isspace() or not c.isprintable() for c in text):
            raise ValueError(self.SHAPE)
        if "@" in parts.netloc:
            raise ValueError(self.NO_USER)
        if "?" in text or "#" in text:
            raise ValueError(self.NO_QUERY)
        if not self._secure(parts, host):
            raise ValueError(self.SECURE)
        return text

    @staticmethod
    def _secure(parts: SplitResult, host: str) -> bool:
        return (
            parts.scheme == "https"
            or host in ("localhost", "::1")
            or _LOOPBACK_V4.fullmatch(host) is not None
            or host.endswith((".svc", ".svc.cluster.local"))
        )
