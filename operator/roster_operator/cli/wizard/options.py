"""What the command line says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roster_operator.operations.wizard.manifests import SecretForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """See the options of `cli/verbs/wizard.py`."""

    district: str
    paths: tuple[str, ...]
    kubeconfig: Path | None
    namespace: str
    ledger_url: str | None
    roster_files: Path | None
    answers: Path | None
    hosts: tuple[str, ...]
    folder: Path | None
    applies: bool
    dry_run: bool
    form: SecretForm | None
    store: str
    state: Path | None
