"""An OpenID Connect provider that is not ours, on the loopback address: panva's certified oidc-provider, on Node.js."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from hack.controlplane.toolchain import Report
from hack.node import Node, cached
from hack.processes import Child, free_ports

RECIPE: Final = Path(__file__).resolve().parent
_PATIENCE: Final = 60.0


class OpenIDProvider:
    """Runs while it is used as a context. Raises `NodeMissing`, and `RuntimeError` if it does not start."""

    def __init__(
        self, folder: Path, clients: Sequence[Mapping[str, Any]], accounts: Mapping[str, Any], report: Report = print
    ) -> None:
        """`folder`: of its log. `clients`: by their metadata; `accounts`: the claims of each, by `sub`."""
        self._node = _installed(report)
        (self._port,) = free_ports(1)
        self.issuer = f"http://127.0.0.1:{self._port}"
        self._log = folder / "openid-provider.log"
        self._told = {"CLIENTS": json.dumps(clients), "ACCOUNTS": json.dumps(accounts)}
        self._child: Child | None = None

    def __enter__(self) -> Self:
        script = self._node.packages / "provider.mjs"
        environment = {**os.environ, **self._told}
        self._child = Child([self._node.program, script, str(self._port)], self._log, environment=environment)
        deadline = time.monotonic() + _PATIENCE
        while "listening on" not in self._log.read_text():
            if not self._child.running or time.monotonic() > deadline:
                raise RuntimeError(f"the provider did not start:\n{self._child.last_words()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.stop()


def _installed(report: Report) -> Node:
    def install(partial: Path) -> None:
        report("installing an OpenID Connect provider from npm (4 MB), once")
        Node(partial).install(RECIPE)

    node = Node(cached(RECIPE, install))
    (node.packages / "provider.mjs").write_bytes((RECIPE / "provider.mjs").read_bytes())
    return node
