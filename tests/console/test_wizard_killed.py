"""The console is killed while it applies: what it leaves is told, and doing it again makes the rest."""

from __future__ import annotations

import base64
import json
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from hack.controlplane.cluster import Cluster
from tests.console.test_sign_in import OURS, mark_in, signed_in
from tests.console.test_wizard_attacked import typed
from tests.console.test_wizard_pages import Setting, setting, sis
from tests.controller.fakes import wait_until

__all__ = ["setting", "sis"]

COMMAND = (sys.executable, "-c", "from roster_operator.cli.main import main; main()", "console")


class Between:
    """Before the API server: it holds back the creation of a RosterIntegration until it is told to let it through."""

    def __init__(self, config: dict[str, Any]) -> None:
        cluster = config["clusters"][0]["cluster"]
        authority = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        upstream = httpx2.Client(base_url=cluster["server"], verify=authority, timeout=60)
        self.held = threading.Event()
        self.holds = True
        between = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                real = self.command == "POST" and "rosterintegrations" in self.path and "dryRun" not in self.path
                if real and between.holds:
                    between.held.set()
                    return
                passed = [(name, value) for name, value in self.headers.items() if name.lower() != "host"]
                with suppress(httpx2.HTTPError, OSError):
                    answer = upstream.request(self.command, self.path, content=body, headers=passed)
                    self.send_response(answer.status_code)
                    self.send_header("Content-Type", answer.headers["Content-Type"])
                    self.send_header("Content-Length", str(len(answer.content)))
                    self.end_headers()
                    self.wfile.write(answer.content)

            do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - as the library asks for them

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - likewise
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def between(console_kubeconfig: Path) -> Iterator[tuple[Between, Path]]:
    config = yaml.safe_load(console_kubeconfig.read_text())
    proxy = Between(config)
    config["clusters"][0]["cluster"] = {"server": f"http://127.0.0.1:{proxy.server.server_port}"}
    path = console_kubeconfig.with_name("between.kubeconfig")
    path.write_text(yaml.safe_dump(config))
    yield proxy, path
    proxy.server.shutdown()


@contextmanager
def console(setting: Setting, kubeconfig: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx2.Client]]:
    """A process of its own, and who is signed in there."""
    options = ("--ledger", setting.ledger, "--kubeconfig", str(kubeconfig), "--console-host", "127.0.0.1")
    more = ("--console-port", "0", "--apply", "--allow-addresses", "127.0.0.1")
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([*COMMAND, *options, *more], stderr=log)
        try:
            port = _port(log)
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=90, headers=OURS) as client:
                client.follow_redirects = True
                signed_in(client, setting.token)
                yield process, client
        finally:
            process.kill()
            process.wait()


def _port(log: Any) -> str:
    def written() -> list[bytes]:
        log.seek(0)
        return re.findall(rb"answering on port (\d+)", log.read())

    wait_until(written, seconds=60, message="it did not start")
    return written()[0].decode()


def set_up(setting: Setting, client: httpx2.Client) -> tuple[str, str]:
    """All steps but the last; the address of the wizard, and the mark of its forms."""
    path = setting.wizard.removeprefix(setting.url)
    mark = mark_in(client.get(path))
    assert "accepts the credentials" in client.post(f"{path}/connection", data=typed(setting, mark)).text
    for part in ("schools", "courses"):
        add = re.findall(r'name="add" value="([^"]+)"', client.get(f"{path}/{part}").text)[0]
        client.post(f"{path}/{part}", data={"mark": mark, "add": add})
    key = re.findall(r'name="course-0" value="([^"]+)"', client.get(f"{path}/ebooks?start=0").text)[0]
    client.post(f"{path}/ebooks", data={"mark": mark, "start": "0", "course-0": key, "book-0-0": "algebra"})
    planned = client.post(f"{path}/review", data={"mark": mark})
    assert "Next: setup mode, or live" in planned.text, planned.text
    assert "What becomes of" in client.post(f"{path}/live", data={"mark": mark, "live": "no"}).text
    return path, mark


def there(cluster: Cluster, setting: Setting) -> set[str]:
    found = json.loads(cluster.kubectl("get", "ri,secret", "-n", setting.namespace, "-o", "json"))
    return {str(each["kind"]) for each in found["items"]}


def test_a_console_that_is_killed_between_the_two_leaves_what_it_tells_of_and_the_rest_is_made_later(
    setting: Setting, between: tuple[Between, Path], control_plane: Cluster
) -> None:
    proxy, kubeconfig = between
    with console(setting, kubeconfig) as (process, client):
        path, mark = set_up(setting, client)

        def applied() -> None:
            with suppress(httpx2.HTTPError):
                client.post(f"{path}/apply", data={"mark": mark})

        applying = threading.Thread(target=applied)
        applying.start()
        assert proxy.held.wait(60)
        process.send_signal(signal.SIGKILL)
        applying.join(60)
    assert there(control_plane, setting) == {"Secret"}
    proxy.holds = False
    with console(setting, kubeconfig) as (_, client):
        path, mark = set_up(setting, client)
        told = client.get(f"{path}/result").text
        found = dict(re.findall(r"<dt>((?:Secret|RosterIntegration) \S+)</dt><dd>\s*([^<]*?)\s*</dd>", told))
        assert found == {"Secret springfield-sis": "there", "RosterIntegration springfield": "not there"}
        assert "Applied, as you." in client.post(f"{path}/apply", data={"mark": mark}).text
    assert there(control_plane, setting) == {"Secret", "RosterIntegration"}
