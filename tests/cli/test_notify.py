"""A test alert goes where the operator's alerts go, and the command says where that is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from roster_operator.cli.verbs.notify import notify


@dataclass
class Receiving:
    """What stands in for Alertmanager, and answers as its API v2 does."""

    receivers: dict[str, list[str]] = field(default_factory=dict)
    """By the label actor."""
    silences: tuple[str, ...] = ()
    status: int = 200
    content: str | None = None
    """An answer instead of its own."""
    headers: dict[str, str] = field(default_factory=dict)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def listed(self) -> list[dict[str, Any]]:
        return [
            alert
            | {
                "receivers": [{"name": name} for name in self.receivers.get(alert["labels"]["actor"], ())],
                "status": {"state": "active", "silencedBy": list(self.silences), "inhibitedBy": []},
            }
            for alert in self.alerts
        ]


@contextmanager
def alertmanager(told: Receiving) -> Iterator[Receiving]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.headers = dict(self.headers)
            told.alerts += json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer("")

        def do_GET(self) -> None:
            self.answer(told.content if told.content is not None else json.dumps(told.listed()))

        def answer(self, text: str) -> None:
            self.send_response(told.status if self.path.startswith("/api/v2/alerts") else 404)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def run(url: str, *options: str) -> Result:
    return CliRunner().invoke(notify, ["test", "--alertmanager", url, "-o", "json", *options])


def test_it_says_which_receivers_each_who_acts_has() -> None:
    routes = {"District": ["districts"], "Publisher": ["publisher", "archive"], "Platform": ["pager"]}
    with alertmanager(Receiving(routes)) as told:
        done = run(told.url + "/")

    assert done.exit_code == 0, done.output
    assert {each["actor"]: each["receivers"] for each in json.loads(done.output)} == {
        "District": ["districts"],
        "Publisher": ["archive", "publisher"],
        "Platform": ["pager"],
    }


def test_an_alert_has_the_labels_of_the_operators_alerts_and_ends_by_itself() -> None:
    with alertmanager(Receiving({"Publisher": ["publisher"]})) as told:
        done = run(told.url, "--actor", "Publisher", "--label", "severity=warning")

    (alert,) = told.alerts
    assert done.exit_code == 0, done.output
    assert alert["labels"] == {
        "alertname": "RosterTestAlert",
        "actor": "Publisher",
        "namespace": "test",
        "name": "test",
        "severity": "warning",
    }
    assert alert["startsAt"] < alert["endsAt"]


@pytest.mark.parametrize("told", [Receiving(), Receiving({"Platform": ["pager"]}, silences=("a1b2",))])
def test_who_reaches_nobody_is_told_so(told: Receiving) -> None:
    with alertmanager(told):
        done = run(told.url, "--actor", "Platform")

    assert done.exit_code == 3
    assert [each["mutedBy"] for each in json.loads(done.output)] == ["silenced" if told.silences else ""]


def test_a_token_goes_along_and_is_never_shown(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-secret-token\n")
    with alertmanager(Receiving({"Platform": ["pager"]}, status=401)) as told:
        done = run(told.url, "--token-file", str(token))

    assert told.headers["Authorization"] == "Bearer a-secret-token"
    assert done.exit_code == 1
    assert "HTTP status 401" in done.output
    assert "--token-file" in done.output
    assert "a-secret-token" not in done.output


def test_a_password_in_the_address_goes_along_and_is_never_shown() -> None:
    with alertmanager(Receiving({"Platform": ["pager"]}, status=503)) as told:
        done = run(told.url.replace("://", "://somebody:a-secret-password@"))

    assert told.headers["Authorization"].startswith("Basic ")
    assert f"{told.url}/api/v2/alerts" in done.output
    assert "a-secret-password" not in done.output


def test_what_is_no_address_is_wrong_input() -> None:
    assert run("http://[::1").exit_code == 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Receiving(content="<html>"), "answers no JSON"),
        (Receiving(content="[]"), "does not list it"),
        (Receiving(content='["alert"]'), "does not list it"),
        (Receiving(content='{"status": "error"}'), "does not list it"),
        (Receiving(status=503), "HTTP status 503"),
    ],
    ids=["a page", "an empty list", "a list of words", "an object", "an error"],
)
def test_what_is_no_alertmanager_is_one_line(told: Receiving, words: str) -> None:
    with alertmanager(told):
        done = run(told.url)

    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output


def test_nobody_at_the_address_is_one_line() -> None:
    with alertmanager(Receiving()) as told:
        pass
    done = run(told.url)

    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "is it Alertmanager's address?" in done.output


@pytest.mark.parametrize("label", ["severity", "=warning"])
def test_a_label_that_is_none_is_wrong_input(label: str) -> None:
    assert run("http://127.0.0.1:9", "--label", label).exit_code == 2
