"""A folder for Git: the district's manifest, and its Secret as the reader's secret tool wants it."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from roster_operator.api.v1alpha1 import RosterIntegration
from roster_operator.cli.documents import documents_in
from roster_operator.cli.manifests import load
from roster_operator.errors import InputError, InvalidSpec
from roster_operator.operations.wizard.draft import Draft, integration_of
from roster_operator.operations.wizard.folder import IGNORED, MANIFEST
from roster_operator.operations.wizard.folder import manifest as manifest_of
from roster_operator.operations.wizard.manifests import SECRET_FILES, SecretForm, Store, external_secret, secret
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.saved import Entered
from roster_operator.yaml_text import as_yaml

_TOOLS: Final[Mapping[SecretForm, tuple[str, ...]]] = {
    SecretForm.SEALED: ("kubeseal", "--format", "yaml"),
    SecretForm.SOPS: (
        *("sops", "encrypt", "--filename-override", "secret.enc.yaml", "--encrypted-regex", "^(data|stringData)$"),
        *("--input-type", "yaml", "--output-type", "yaml", "/dev/stdin"),
    ),
}
_SECONDS: Final = 60
_LONG_ENOUGH: Final = 4
"""Characters of a value that is looked for in what a tool made."""


def ready_for(form: SecretForm) -> None:
    """Raises `InputError` if a form cannot be made here: before anything is asked or written."""
    tool = _TOOLS.get(form)
    if tool and shutil.which(tool[0]) is None:
        raise InputError(
            f"{tool[0]} is not installed here. Platform: install it, or use --secret print and pipe the Secret to it."
        )
    if form is SecretForm.PRINT and sys.stdout.isatty():
        raise InputError("--secret print is for a pipe, such as | kubeseal --format yaml, and not for a terminal.")


@dataclass(frozen=True, slots=True)
class SecretDue:
    """Credentials that are to come into the cluster, and how."""

    entered: Entered
    form: SecretForm
    store: Store


def write(folder: Path, draft: Draft, offer: Offer | None, due: SecretDue | None) -> list[Path]:
    """The files that were written; `due`: the credentials, if they are in no Secret yet."""
    integration = integration_of(draft)
    manifest, printed = _place_of(folder, integration), ""
    files = {manifest: manifest_of(draft, offer)}
    if due is not None and integration.spec.source.secret_ref is not None:
        entered, form = due.entered, due.form
        plain = as_yaml(secret(integration, entered.data))
        if form is SecretForm.EXTERNAL:
            files[SECRET_FILES[form]] = as_yaml(external_secret(integration, tuple(entered.data), due.store))
        elif form in _TOOLS:
            files[SECRET_FILES[form]] = _made_by(_TOOLS[form], plain, entered)
        elif form is SecretForm.PLAIN:
            files[SECRET_FILES[form]] = plain
            files[IGNORED] = _ignoring(folder / IGNORED, SECRET_FILES[form])
        elif form is SecretForm.PRINT:
            printed = plain
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            _write(folder / name, text, secret=name == SECRET_FILES[SecretForm.PLAIN])
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}.") from None
    if printed:
        click.echo(printed, nl=False)
    return [folder / name for name in files]


def _place_of(folder: Path, integration: RosterIntegration) -> str:
    """The file of the folder that holds the district already, and nothing else; or the one that is to."""
    for path in sorted(folder.glob("*.y*ml")):
        try:
            found = load([str(path)], need_integrations=False)
        except InvalidSpec:
            continue
        if any(each.key == integration.key for each in found.integrations):
            if len(list(documents_in(path.read_text(encoding="utf-8")))) == 1:
                return path.name
            raise InputError(
                f"{path} holds {integration.key} and more: move it to a file of its own, or name another folder."
            )
    return MANIFEST


def _ignoring(path: Path, name: str) -> str:
    """What is to stand in a `.gitignore`, so that nobody commits a file by mistake."""
    there = path.read_text(encoding="utf-8") if path.is_file() else ""
    if name in there.splitlines():
        return there
    return f"{there}{'' if not there or there.endswith(chr(10)) else chr(10)}{name}\n"


def _write(path: Path, text: str, *, secret: bool) -> None:
    if secret:
        path.unlink(missing_ok=True)
        path.touch(0o600, exist_ok=False)
    path.write_text(text, encoding="utf-8")


def _made_by(tool: Sequence[str], plain: str, entered: Entered) -> str:
    """What a tool makes of the Secret on its standard input, if no secret is left in it."""
    try:
        made = subprocess.run(tool, input=plain, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"{tool[0]} could not be run: {type(error).__name__}.") from None
    if made.returncode or not made.stdout:
        raise InputError(
            f"{tool[0]} refused the Secret (exit code {made.returncode}), and nothing was written. Platform: see "
            f"whether `{' '.join(tool)}` works here by itself; it says more."
        )
    for value in entered.data.values():
        forms = (value, base64.b64encode(value.encode()).decode().rstrip("="))
        if len(value) >= _LONG_ENOUGH and any(each in made.stdout for each in forms):
            raise InputError(f"What {tool[0]} made still holds the credentials in plain text, so it was not written.")
    return made.stdout
