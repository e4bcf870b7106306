"""From a Secret to credentials; what is wrong with a Secret is said by name, never by content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from roster_operator.api import names
from roster_operator.api.v1alpha1 import RosterSourceSpec, SourceType
from roster_operator.errors import CredentialsMissing
from roster_operator.sources.credentials import Credentials

NOBODY: Final = Credentials(client_id="", client_secret="")
"""Who reads what needs no credentials."""

_KEYS: Final = (
    names.SECRET_CLIENT_ID,
    names.SECRET_CLIENT_SECRET,
    names.SECRET_TOKEN,
    names.SECRET_CA,
    names.SECRET_PRIVATE_KEY,
    names.SECRET_KNOWN_HOSTS,
)
_IN_ONE_LINE: Final = frozenset({names.SECRET_CLIENT_ID, names.SECRET_CLIENT_SECRET, names.SECRET_TOKEN})


def credentials_from(
    data: Mapping[str, bytes], where: str, source: RosterSourceSpec
) -> Credentials | CredentialsMissing:
    """Credentials from a Secret's decoded data; `where` names the Secret, such as `Secret districts/springfield-sis`.

    Which keys files need depends on where they lie, so their source says what is missing.

    Blanks and line ends around values are taken off: they come from shells, and no SIS issues keys with them.
    """
    values: dict[str, str] = {}
    for key in _KEYS:
        try:
            values[key] = data.get(key, b"").decode().strip()
        except UnicodeDecodeError:
            return CredentialsMissing(f"{where}: the key {key} is not text in UTF-8. Platform: create it again.")
        if key in _IN_ONE_LINE and not values[key].isprintable():
            return CredentialsMissing(
                f"{where}: the key {key} has a line end or another control character in it. Platform: create it again, "
                "in one line, as the district gave it."
            )
        if key == names.SECRET_TOKEN and not values[key].isascii():
            return CredentialsMissing(
                f"{where}: the key {key} has letters in it that no token has. Platform: create it again, as the "
                "district gave it."
            )
    needed = (names.SECRET_CLIENT_ID, names.SECRET_CLIENT_SECRET)
    missing = [key for key in needed if not values[key]]
    if missing and not values[names.SECRET_TOKEN] and source.type is not SourceType.ONE_ROSTER_CSV:
        others = sorted(data.keys() - set(_KEYS))[:5]
        instead = f", and has {', '.join(others)} instead" if others else ""
        return CredentialsMissing(
            f"{where} lacks {' and '.join(missing)}{instead}. Platform: set clientID and clientSecret (OAuth 1.0a: "
            "consumer key and consumer secret), or token for a bearer token, as the district gave them."
        )
    return Credentials(
        client_id=values[names.SECRET_CLIENT_ID],
        client_secret=values[names.SECRET_CLIENT_SECRET],
        token=values[names.SECRET_TOKEN],
        ca_pem=values[names.SECRET_CA],
        private_key=values[names.SECRET_PRIVATE_KEY],
        known_hosts=values[names.SECRET_KNOWN_HOSTS],
    )


def secret_not_found(where: str) -> CredentialsMissing:
    """For a Secret that does not exist."""
    return CredentialsMissing(
        f"{where} does not exist. Platform: create it with the keys clientID and clientSecret, for instance by "
        "kubectl create secret generic."
    )
