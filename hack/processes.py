"""Programs that tests, the demo and the builds start, and that never outlive them."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

LEASH = Path(__file__).with_name("die_with_parent.py")

# Below the range from which Linux picks the ports of outgoing connections (32768 and up), so that a server
# that is stopped for a while finds its port free when it returns.
PORTS = range(20_000, 32_000)


class Account(NamedTuple):
    """A user of this machine, for programs that refuse to run as root."""

    uid: int
    gid: int


class Child:
    """A running program whose output goes to a file.

    It ends by `stop`, when this process exits, or (on Linux) when the thread that started it dies.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        account: Account | None = None,
        farewell: signal.Signals = signal.SIGKILL,
    ) -> None:
        """Start `command`; `farewell` is the signal that it gets if this process dies."""
        program, *arguments = [str(part) for part in command]
        self.name = Path(program).name
        self.log = log
        identity = f"{account.uid}:{account.gid}" if account else "-"
        leash = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(farewell)), identity]
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the callers name the programs
                [*leash, program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        atexit.register(self.stop, signal.SIGKILL)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the program has not ended yet."""
        return self._process.poll() is None

    def wait(self, seconds: float) -> int | None:
        """Return the exit code, or None when the program still runs after `seconds`."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, how: signal.Signals = signal.SIGTERM, patience: float = 15) -> None:
        """Send `how`, wait, and kill what is still there after `patience` seconds. Idempotent."""
        atexit.unregister(self.stop)
        if not self.running:
            return
        self._process.send_signal(how)
        if self.wait(patience) is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def last_words(self, lines: int = 15) -> str:
        """Return the end of the program's output, for an error message."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


def free_ports(count: int) -> list[int]:
    """Return different TCP ports of the loopback address that nobody listens on now."""
    random = Random(os.urandom(8))
    ports: list[int] = []
    for port in random.sample(PORTS, k=len(PORTS)):
        if len(ports) == count:
            break
        with socket.socket() as candidate:
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
    return ports
