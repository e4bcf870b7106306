"""The result as objects of the cluster, made as whoever the kubeconfig says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from roster_operator.cli import cluster
from roster_operator.operations.wizard import applying
from roster_operator.operations.wizard.draft import Draft
from roster_operator.operations.wizard.saved import Entered


def apply(
    kubeconfig: Path | None, draft: Draft, base: Mapping[str, Any] | None, entered: Entered | None, *, dry_run: bool
) -> list[str]:
    """What was (with `dry_run`: would be) made or changed: see `applying`. Raises `RosterOperatorError`."""
    return cluster.asked(kubeconfig, lambda client: applying.apply(client, draft, base, entered, dry_run=dry_run))
