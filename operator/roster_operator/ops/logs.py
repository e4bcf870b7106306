"""Logs: one JSON object a line on standard error, with the resource that it is about, and without anybody's data.

What a line is about is bound once (`bound`) and follows into threads that run in the same context. Libraries speak
only when something is wrong; their lines are kept free of queries, because a query may carry a secret.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

_context: ContextVar[Mapping[str, str]] = ContextVar("log context")

_QUIET: Final = {
    "kopf": logging.WARNING,
    "kopf.objects": logging.WARNING,
    "httpx": logging.WARNING,
    "httpx2": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpcore2": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "asyncio": logging.WARNING,
    "alembic": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "kubernetes": logging.WARNING,
    "urllib3": logging.WARNING,
}
_QUERY: Final = re.compile(r"(https?://[^\s?#'\"]*|(?<=\s)/[^\s?#'\"]*)[?#]\S*")
_AUTHORIZATION: Final = re.compile(r"(?i)(bearer|basic|oauth)\s+[A-Za-z0-9._~+/=-]{8,}")
_PACKAGE: Final = str(Path(__file__).parents[1])
_DEEPEST: Final = 8
_EXPECTED: Final = "OS signals are ignored"
"""kopf's warning that it runs beside the main thread: it is meant to."""


@contextlib.contextmanager
def bound(**fields: str) -> Iterator[None]:
    """Add fields, such as namespace and name, to every line logged inside."""
    token = _context.set({**_context.get({}), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def describe(error: BaseException) -> str:
    """An unforeseen error by its types, numbers and places in the code, the last of ours among them.

    Its text is left out: it may hold what must not be logged.
    """
    described: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(described) < 4:
        places = " > ".join(f"{_module(each.filename)}:{each.lineno} {each.name}" for each in _frames(seen))
        number = f" [Errno {seen.errno}]" if isinstance(seen, OSError) and seen.errno is not None else ""
        described.append(f"{type(seen).__name__}{number}{f' at {places}' if places else ''}")
        seen = seen.__cause__ or seen.__context__
    return " from ".join(described)


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """The innermost eight, and before them the last of ours, however deep in a library it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    outer, inner = frames[:-_DEEPEST], frames[-_DEEPEST:]
    if any(_ours(frame) for frame in inner):
        return inner
    return [*[frame for frame in outer if _ours(frame)][-1:], *inner]


class JsonFormatter(logging.Formatter):
    """One line of JSON a record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with what was bound; of an exception only types and places."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
            **_context.get({}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def scrub(text: str) -> str:
    """A line without queries of URLs and without credentials of headers."""
    return _AUTHORIZATION.sub(r"\1 ...", _QUERY.sub(r"\1?...", text))


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Log to `stream` (standard error by default), our own lines from `level` on and others' only from warnings on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(lambda record: _EXPECTED not in str(record.msg))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("roster_operator").setLevel(level.upper())
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    logging.captureWarnings(True)


def _ours(frame: traceback.FrameSummary) -> bool:
    return frame.filename.startswith(_PACKAGE)


def _module(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-2:])
