"""The options by which people sign in to the console with their account, named as those of the API server."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import click

from roster_operator.clock import Clock
from roster_operator.console import addresses
from roster_operator.console.openid.flows import Flows
from roster_operator.console.openid.identity import ClaimMapping
from roster_operator.console.openid.provider import Client, Provider, is_safe
from roster_operator.console.signing_in import ByProvider
from roster_operator.errors import InputError

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def options(command: CommandT) -> CommandT:
    """Add them; the command hands what they were given to `by_provider`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS: Final = (
    click.option(
        "--console-url",
        default="",
        metavar="URL",
        help="At which people open the pages, such as https://roster.example.org. The provider sends them back there.",
    ),
    click.option(
        "--oidc-issuer-url", default="", metavar="URL", help="Of an OpenID Connect provider; people sign in with it."
    ),
    click.option("--oidc-client-id", default="", metavar="ID", help="As the provider calls the console."),
    click.option("--oidc-client-secret-file", type=_FILE, help="A file with the secret; without one: a public client."),
    click.option("--oidc-ca-file", type=_FILE, help="Whose certificates the provider has. Default: the machine's."),
    click.option("--oidc-scopes", default="openid,email", show_default=True, metavar="A,B", help="That are asked for."),
    click.option(
        "--oidc-username-claim", default="sub", show_default=True, metavar="NAME", help="Who somebody is in Kubernetes."
    ),
    click.option(
        "--oidc-username-prefix", default="", help="Before it. Default: none for email, else the issuer and #; -: none."
    ),
    click.option("--oidc-groups-claim", default="", metavar="NAME", help="In which groups they are. Default: in none."),
    click.option("--oidc-groups-prefix", default="", help="Before each of them."),
    click.option(
        "--oidc-required-claim",
        "oidc_required_claims",
        default="",
        metavar="NAME=VALUE,...",
        help="Without which nobody is let in, such as that of your organization at a provider for everybody.",
    ),
    click.option(
        "--oidc-groups", default="", metavar="A,B", help="Which count, with their prefix. Default: all that it names."
    ),
    click.option("--oidc-name", default="", help="What people call the provider. Default: the issuer's host."),
)


def by_provider(
    clock: Clock, find_secret: Callable[[], bytes | None], *, console_url: str, **given: Any
) -> ByProvider | None:
    """How people sign in with their account; None if no issuer is named. Raises `InputError`.

    `find_secret`: what all replicas share; `given`: the options, by their names.
    """
    issuer, client_id = given["oidc_issuer_url"], given["oidc_client_id"]
    if not issuer:
        return None
    if not client_id or not is_safe(console_url):
        raise InputError(
            "OpenID Connect takes --oidc-client-id, and --console-url with https://. Platform: give both, and register "
            f"the console's address with {addresses.CALLBACK} behind it at the provider."
        )
    secret_file, ca_file = given["oidc_client_secret_file"], given["oidc_ca_file"]
    client = Client(
        issuer,
        client_id,
        console_url.rstrip("/") + addresses.CALLBACK,
        listed(given["oidc_scopes"]),
        lambda: secret_of(secret_file),
    )
    mapping = ClaimMapping(
        given["oidc_username_claim"],
        given["oidc_username_prefix"],
        given["oidc_groups_claim"],
        given["oidc_groups_prefix"],
        _required(given["oidc_required_claims"]),
        listed(given["oidc_groups"]),
    )
    trust = ssl.create_default_context(cafile=ca_file) if ca_file else None
    name = given["oidc_name"] or urlsplit(issuer).hostname or issuer
    return ByProvider(Provider(client, clock, trust=trust), Flows(find_secret, clock), mapping, name)


def secret_of(file: Path | None) -> str:
    """What a file holds; read for each sign-in, as a mounted Secret changes."""
    return file.read_text(encoding="utf-8").strip() if file else ""


def listed(names: str) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _required(claims: str) -> dict[str, str]:
    found = {}
    for each in listed(claims):
        name, given, value = each.partition("=")
        if not given or not name:
            raise InputError(f"A required claim is NAME=VALUE, not {each}. Platform: correct --oidc-required-claim.")
        found[name] = value
    return found
