"""What is entered of a district's credentials: as its Secret will hold them, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from roster_operator.api import names
from roster_operator.api.v1alpha1 import SourceType
from roster_operator.cli.wizard.questions import Asker
from roster_operator.operations.wizard.saved import Entered
from roster_operator.operations.wizard.systems import System

_MOST = 64 * 1024


def ask(asker: Asker, system: System, base_url: str, client_id: str) -> Entered:
    """The second and the third of the three data points; `client_id`: the one that was entered before."""
    words = system.words
    if not system.needs_secret(base_url):
        return Entered({})
    if system.by_token:
        return Entered({names.SECRET_TOKEN: asker.secret(f"{_titled(words.secret)}:")})
    if system.type is SourceType.ONE_ROSTER_CSV:
        return _of_files(asker, base_url, client_id)
    public = "" if "(" in words.key else " (public key)"
    key = asker.text(f"{_titled(words.key)}{public}:", client_id, lambda text: "" if text else "It is needed.")
    secret = asker.secret(f"{_titled(words.secret)}:")
    return Entered({names.SECRET_CLIENT_ID: key, names.SECRET_CLIENT_SECRET: secret})


def _of_files(asker: Asker, base_url: str, client_id: str) -> Entered:
    user = asker.text("User name (empty if none is needed):", client_id)
    data = {names.SECRET_CLIENT_ID: user} if user else {}
    if user and (password := asker.secret("Password (empty if there is a private key):")):
        data[names.SECRET_CLIENT_SECRET] = password
    if base_url.lower().startswith("sftp://"):
        if names.SECRET_CLIENT_SECRET not in data:
            data[names.SECRET_PRIVATE_KEY] = text_of_file(asker, "File with the private key:")
        data[names.SECRET_KNOWN_HOSTS] = text_of_file(
            asker, "File with the server's host key, as ssh-keyscan prints it:"
        )
    return Entered(data)


def text_of_file(asker: Asker, question: str) -> str:
    """What the file holds whose path is asked for."""

    def problem(path: str) -> str:
        return "" if path and Path(path).expanduser().is_file() else "There is no such file."

    return Path(asker.text(question, "", problem)).expanduser().read_text(encoding="utf-8", errors="replace")[:_MOST]


def _titled(words: str) -> str:
    return words[:1].upper() + words[1:]
