"""Whose credentials a RosterIntegration in files gets: those of its Secret in the files, or those of the environment.

Who writes the files may be anybody who can open a pull request, and who sets the environment is the job. So what the
environment holds goes to the hosts that the job names and to no other, whatever the files say, and to one district.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx2

from roster_operator.api import names
from roster_operator.api.v1alpha1 import RosterIntegration, RosterSourceSpec
from roster_operator.cli.manifests import Manifests
from roster_operator.errors import CredentialsMissing
from roster_operator.sources.credentials import Credentials
from roster_operator.sources.from_secret import NOBODY, credentials_from, secret_not_found

HOST_VARIABLE: Final = "ROSTER_HOST"
VARIABLES: Final = {
    names.SECRET_CLIENT_ID: "ROSTER_CLIENT_ID",
    names.SECRET_CLIENT_SECRET: "ROSTER_CLIENT_SECRET",
    names.SECRET_TOKEN: "ROSTER_TOKEN",
}
_PORTS: Final = {"http": 80, "https": 443, "sftp": 22}
_UNREADABLE: Final = "a host that cannot be read"


@dataclass(frozen=True, slots=True)
class Given:
    """What the environment holds, and for which hosts."""

    data: Mapping[str, bytes] = field(repr=False)
    """As a Secret would."""
    hosts: frozenset[str]
    """Each `HOST`, or `HOST:PORT` where the port is not the usual one."""


def given(hosts: Iterable[str]) -> Given:
    """Of this process; `hosts`: as the job wrote them."""
    data = {key: os.environb[name.encode()] for key, name in VARIABLES.items() if os.environ.get(name)}
    return Given(data, frozenset(_host(host if "://" in host else f"https://{host}") for host in hosts))


def choose(integration: RosterIntegration, manifests: Manifests, given: Given) -> Credentials | CredentialsMissing:
    """For this RosterIntegration. A Secret in the files wins."""
    source = integration.spec.source
    if source.secret_ref is None:
        return NOBODY
    where = f"Secret {integration.namespace}/{source.secret_ref.name}"
    data = _secret(integration, manifests)
    if data is not None:
        return credentials_from(data, where, source)
    if not given.data:
        return secret_not_found(f"{where} (looked for in the files, as {VARIABLES[names.SECRET_CLIENT_ID]} is not set)")
    return _refusal(integration, manifests, given) or credentials_from(given.data, "The environment", source)


def _secret(integration: RosterIntegration, manifests: Manifests) -> Mapping[str, bytes] | None:
    reference = integration.spec.source.secret_ref
    return None if reference is None else manifests.secrets.get((integration.namespace, reference.name))


def _refusal(integration: RosterIntegration, manifests: Manifests, given: Given) -> CredentialsMissing | None:
    """Why the credentials of the environment are not for this RosterIntegration, if they are not."""
    lacking = [
        each for each in manifests.integrations if each.spec.source.secret_ref and _secret(each, manifests) is None
    ]
    if len(lacking) > 1:
        return CredentialsMissing(
            f"The credentials in the environment are for one district, and {len(lacking)} RosterIntegrations in the "
            "files have no Secret there. Nothing was sent. Platform: name one district by --file, or add the Secrets."
        )
    strange = [host for host in _addressed(integration.spec.source) if host not in given.hosts or host == _UNREADABLE]
    if not given.hosts:
        return CredentialsMissing(
            f"The credentials in the environment are for no host yet. Nothing was sent. Platform: set {HOST_VARIABLE} "
            f"to the host of the district's SIS; this spec says {' and '.join(strange)}."
        )
    if strange:
        return CredentialsMissing(
            f"The credentials in the environment are for {' and '.join(sorted(given.hosts))}, and the spec would send "
            f"them to {' and '.join(strange)}. Nothing was sent. Publisher: correct spec.source. Platform: if the SIS "
            f"has moved, set {HOST_VARIABLE}."
        )
    return None


def _addressed(source: RosterSourceSpec) -> list[str]:
    """The hosts that a spec names, to each of which credentials are sent."""
    return list(dict.fromkeys(_host(url) for url in (source.base_url, source.token_url) if url))


def _host(url: str) -> str:
    """As it is compared; read by what sends the credentials."""
    try:
        read = httpx2.URL(url.strip())
    except (httpx2.InvalidURL, UnicodeError):
        return _UNREADABLE
    name = read.host.lower().rstrip(".") or _UNREADABLE
    return name if read.port is None or read.port == _PORTS.get(read.scheme) else f"{name}:{read.port}"
