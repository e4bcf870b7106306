"""What a Secret holds for a source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys of one district's Secret. Its repr shows none of them."""

    client_id: str
    """OAuth 2 client id, or OAuth 1.0a consumer key."""
    client_secret: str
    token: str = ""
    """A bearer token that the SIS gave once and for all, instead of the pair above."""
    ca_pem: str = ""
    """Certificate authorities of the SIS, in PEM, trusted beside the public ones (`ca.crt`)."""
    private_key: str = ""
    """For SFTP: the user's key, in OpenSSH's format or PEM (`ssh-privatekey`)."""
    known_hosts: str = ""
    """For SFTP: host keys that the server may have, in OpenSSH's format (`knownHosts`)."""

    def __repr__(self) -> str:
        """Nothing of the secret: reprs end up in logs."""
        return "Credentials(...)"

    def stripped(self) -> Credentials:
        """The same without the white space that files and shells leave around a value."""
        return Credentials(
            client_id=self.client_id.strip(),
            client_secret=self.client_secret.strip(),
            token=self.token.strip(),
            ca_pem=self.ca_pem.strip(),
            private_key=f"{self.private_key.strip()}\n" if self.private_key.strip() else "",
            known_hosts=self.known_hosts.strip(),
        )
