"""How a command asks a district's SIS: with the Secret of the files, of the environment, or of the cluster."""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.cli import credentials
from roster_operator.cli.manifests import load
from roster_operator.clock import SystemClock
from roster_operator.errors import CredentialsMissing, InputError
from roster_operator.interruption import Interruption
from roster_operator.operations.ports import Sis
from roster_operator.plurals import counted
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.from_secret import NOBODY, credentials_from, secret_not_found
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.roster_files import RosterFiles
from roster_operator.sources.source import RosterSource

_STDIN: Final = "-"
_LONGER: Final = 1.0
"""Seconds after which it is told how far a reading is."""


def sis(paths: tuple[str, ...], kubeconfig: Path | None, hosts: Iterable[str], roster_files: Path | None) -> Sis:
    """`paths`, `hosts`, `roster_files`: as `sync` has them; `kubeconfig`: of the cluster, if no path is named."""
    if _STDIN in paths:
        raise InputError("With --live the files are read more than once: name them instead of -.")
    reach = Reach(RosterFiles(roster_files, shared=False) if roster_files else None)

    def opened(integration: RosterIntegration) -> RosterSource:
        given = _of_files(integration, paths, hosts) if paths else _of_cluster(integration, kubeconfig)
        if isinstance(given, CredentialsMissing):
            raise given
        clock = SystemClock()
        interruption = Interruption(clock, integration.spec.timeout.total_seconds())
        return open_source(integration, given, clock, interruption, reach=reach)

    return Sis(opened, _Progress())


def _of_files(
    integration: RosterIntegration, paths: Iterable[str], hosts: Iterable[str]
) -> Credentials | CredentialsMissing:
    return credentials.choose(integration, load(paths), credentials.given(hosts))


def _of_cluster(integration: RosterIntegration, kubeconfig: Path | None) -> Credentials | CredentialsMissing:
    from roster_operator.cli import cluster  # noqa: PLC0415 - files need no Kubernetes client

    reference = integration.spec.source.secret_ref
    if reference is None:
        return NOBODY
    where = f"Secret {integration.namespace}/{reference.name}"
    data: Mapping[str, str] = cluster.secret(kubeconfig, integration.namespace, reference.name)
    if not data:
        return secret_not_found(f"{where} (or you may not read it)")
    decoded = {name: base64.b64decode(value) for name, value in data.items()}
    return credentials_from(decoded, where, integration.spec.source)


@dataclass(slots=True)
class _Progress:
    """One line on a terminal, where a reading takes longer than a second."""

    begun: float = field(default_factory=time.monotonic)

    def __call__(self, what: str, rows: int) -> None:
        """See `Progress`."""
        if sys.stderr.isatty() and time.monotonic() - self.begun > _LONGER:
            click.echo(f"\rReading {what}: {counted(rows, 'row[s]')}   ", err=True, nl=False)
