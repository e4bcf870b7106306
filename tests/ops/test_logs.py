"""Logs are JSON, say what they are about, and hold nobody's data."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest

from roster_operator.ops.logs import bound, configure_logging, describe, scrub


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("info", stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)
    logging.captureWarnings(False)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_who_and_about_what(stream: io.StringIO) -> None:
    with bound(namespace="districts", name="springfield"):
        logging.getLogger("roster_operator.controller.worker").info("sync ended: granted=%d", 3)

    (line,) = lines(stream)
    assert line["message"] == "sync ended: granted=3"
    assert (line["namespace"], line["name"], line["level"]) == ("districts", "springfield", "INFO")
    assert line["time"].endswith("Z")


def test_what_is_bound_follows_into_threads_and_ends_with_its_block(stream: io.StringIO) -> None:
    logger = logging.getLogger("roster_operator.x")
    with bound(name="springfield"):
        context = copy_context()
        thread = threading.Thread(target=lambda: context.run(logger.info, "in a thread"))
        thread.start()
        thread.join()
    logger.info("outside")

    inside, outside = lines(stream)
    assert inside["name"] == "springfield"
    assert "name" not in outside


def look_up() -> None:
    try:
        dict[str, str]()["maria.sample@example.org"]
    except KeyError as error:
        raise ValueError("Maria Sample") from error


def test_an_exception_is_told_by_type_and_place_and_never_by_its_text(stream: io.StringIO) -> None:
    logger = logging.getLogger("roster_operator.x")
    try:
        look_up()
    except ValueError as error:
        logger.exception("it failed")
        described = describe(error)

    text = stream.getvalue() + described
    assert "ValueError at ops/test_logs.py" in described
    assert "from KeyError at ops/test_logs.py" in described
    assert "aria" not in text.replace("malaria", "")
    assert lines(stream)[0]["error"] == described


def test_an_error_of_the_system_is_told_with_its_number() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        Path("/nowhere/maria.sample").read_text()

    assert describe(caught.value).startswith("FileNotFoundError [Errno 2] at ")
    assert "maria" not in describe(caught.value)


def test_the_last_place_of_ours_is_told_however_deep_in_a_library_it_happened(stream: io.StringIO) -> None:
    with pytest.raises(RecursionError) as caught:
        configure_logging(Endless())  # type: ignore[arg-type]

    described = describe(caught.value)
    assert "ops/logs.py" in described.split(" > ")[0]
    assert described.count(" > ") == 8


class Endless:
    """Falls into an abyss of somebody else's code."""

    def upper(self) -> str:
        return self.upper()


@pytest.mark.parametrize("library", ["urllib3", "kopf.objects", "aiohttp.access", "sqlalchemy.engine"])
def test_libraries_speak_only_when_something_is_wrong(stream: io.StringIO, library: str) -> None:
    logging.getLogger(library).info("GET https://sis.example.org/users?filter=email='maria@example.org'")
    assert stream.getvalue() == ""

    logging.getLogger(library).warning("GET https://sis.example.org/users?filter=email='maria@example.org' failed")
    assert "maria" not in stream.getvalue()
    assert "https://sis.example.org/users?..." in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("GET /users?offset=5&secret=x -> 500", "GET /users?... -> 500"),
        ("https://a.example.org/token?client_secret=x", "https://a.example.org/token?..."),
        ("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer ..."),
        ("Why? Because.", "Why? Because."),
        ("see docs/x.md for 3/4 of it?", "see docs/x.md for 3/4 of it?"),
    ],
)
def test_queries_and_credentials_are_cut_out(text: str, clean: str) -> None:
    assert scrub(text) == clean


def test_the_level_is_for_our_own_lines(stream: io.StringIO) -> None:
    logging.getLogger("roster_operator.x").debug("not asked for")
    logging.getLogger("somebody.else").info("not asked for")

    assert stream.getvalue() == ""
