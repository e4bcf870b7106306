"""The keys of an SFTP connection, from a Secret: who we are, and who the server must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import asyncssh

from roster_operator.errors import CredentialsMissing, HostNotTrusted
from roster_operator.sources.credentials import Credentials

_ALGORITHMS: Final = ("ssh-", "ecdsa-", "sk-", "rsa-")
"""How a line begins that holds a key and no host name."""


@dataclass(frozen=True, slots=True)
class SshKeys:
    """What `asyncssh.connect` needs. Its repr shows none of it."""

    user: str
    password: str = field(repr=False)
    private: tuple[asyncssh.SSHKey, ...] = field(repr=False)
    hosts: object = field(repr=False)
    """Known hosts, or keys that any host must have one of."""


def ssh_keys(credentials: Credentials) -> SshKeys:
    """The keys; raises `CredentialsMissing` that says which key of the Secret is wrong."""
    if not credentials.client_id or not (credentials.client_secret or credentials.private_key):
        raise CredentialsMissing(
            "For sftp:// the Secret needs clientID (the user) and clientSecret (its password) or ssh-privatekey (its "
            "key). Platform: add them."
        )
    if not credentials.known_hosts:
        raise CredentialsMissing(
            "For sftp:// the Secret needs knownHosts, the server's host key, as no server is trusted unseen. Platform: "
            "add what ssh-keyscan prints for the server, after comparing it with what the server's owner says."
        )
    return SshKeys(
        user=credentials.client_id,
        password=credentials.client_secret,
        private=_private(credentials.private_key),
        hosts=_hosts(credentials.known_hosts),
    )


def _private(written: str) -> tuple[asyncssh.SSHKey, ...]:
    if not written:
        return ()
    try:
        return (asyncssh.import_private_key(written),)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise CredentialsMissing(
            "ssh-privatekey in the Secret is not a private key, or is protected by a passphrase. Platform: put a key "
            "without a passphrase there, in OpenSSH's format or PEM."
        ) from None


def _hosts(written: str) -> object:
    lines = [line.strip() for line in written.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    try:
        if lines and all(line.startswith(_ALGORITHMS) for line in lines):
            return ([asyncssh.import_public_key(line) for line in lines], [], [])
        for line in lines:
            # The library would pass over what it cannot read, and the server would seem to be another one.
            host_and_key = line.split(maxsplit=1)[1] if line.startswith("@") else line
            asyncssh.import_public_key(host_and_key.split(maxsplit=1)[1])
        return asyncssh.import_known_hosts("\n".join(lines) + "\n")
    except (asyncssh.KeyImportError, ValueError, IndexError):
        raise CredentialsMissing(
            "knownHosts in the Secret cannot be read. Platform: put there what ssh-keyscan prints for the server, or "
            "its public host key."
        ) from None


def not_trusted(where: str) -> HostNotTrusted:
    """The server's key is not the one that was expected."""
    return HostNotTrusted(
        f"The host key of {where} is not one of knownHosts in the Secret, so nothing was sent. Platform: ask the "
        "server's owner whether it has a new key. If so, put it into the Secret; if not, somebody may be listening."
    )
