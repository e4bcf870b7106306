"""`roster-operator console`: the service that people's commands ask in a cluster, and the pages for a browser."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import click
from aiohttp import web

from roster_operator.cli import openid, snapshot_key
from roster_operator.clock import SystemClock
from roster_operator.console.cases import Cases
from roster_operator.console.pages import Pages
from roster_operator.console.proxies import TrustedProxies
from roster_operator.console.sessions import Sessions
from roster_operator.errors import InputError
from roster_operator.kube.client import KubernetesClient
from roster_operator.kube.connection import NoCluster, connect, renew
from roster_operator.ledger.by_hand import open_by_hand
from roster_operator.ledger.cases import open_cases
from roster_operator.ledger.cleanup import open_cleanup
from roster_operator.ledger.imports import open_imports
from roster_operator.ledger.people import open_people
from roster_operator.ledger.queries import open_queries
from roster_operator.ledger.store import open_ledger
from roster_operator.ledger.undo import open_undo
from roster_operator.ops.logs import configure_logging
from roster_operator.service.app import Service, Stores
from roster_operator.snapshot.key import SnapshotKey
from roster_operator.sources.network import Network, Servers

logger = logging.getLogger(__name__)

EXIT_DONE, EXIT_WRONG_INPUT = 0, 2
_SHORTEST_SECRET: Final = 32


_EXAMPLES = """\b
Examples:
  roster-operator console --ledger-file /etc/roster-operator/ledger/url
  roster-operator console --ledger sqlite:///ledger.sqlite --kubeconfig ~/.kube/config --console-host 127.0.0.1
"""


@click.command(context_settings={"auto_envvar_prefix": "ROSTER_OPERATOR"}, epilog=_EXAMPLES)
@click.option(
    "--ledger",
    "ledger_url",
    envvar="ROSTER_OPERATOR_LEDGER_URL",
    metavar="URL",
    help="sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE.",
)
@click.option(
    "--ledger-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds the ledger's URL, such as a mounted Secret.",
)
@click.option(
    "--kubeconfig",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Default: the pod's ServiceAccount, or what kubectl would use.",
)
@click.option(
    "--audiences",
    default="",
    metavar="A,B",
    help="For one of which a token must be. Default: for the API server, as those are that kubectl uses.",
)
@click.option(
    "--namespaces", default="", metavar="A,B", help="Whose RosterIntegrations are listed. Default: all namespaces."
)
@click.option("--console-host", default="", help="Where it listens. Default: everywhere.")
@click.option("--console-port", type=click.IntRange(0, 65535), default=8443, show_default=True, help="Its port.")
@click.option(
    "--tls-cert",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A certificate, with --tls-key; else it answers in plain HTTP, as behind a proxy or `kubectl port-forward`.",
)
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The key to --tls-cert.")
@click.option(
    "--trusted-proxies",
    default="",
    metavar="A,B",
    help="Addresses of the proxies before it, such as an Ingress's: of what they say, whose attempts to sign in count.",
)
@click.option(
    "--allow-addresses",
    default="",
    metavar="A,B",
    help="Servers of your own networks that the wizard may ask, beside those of the internet: as `run` has it.",
)
@click.option(
    "--deny-addresses", default="", metavar="A,B", help="Servers of the internet that it may not ask, likewise."
)
@click.option(
    "--apply/--no-apply",
    "applies",
    envvar="ROSTER_OPERATOR_APPLY",
    default=False,
    help="Let pages change objects of the cluster, as whoever is signed in: its account must be let impersonate them.",
)
@click.option(
    "--apply-groups",
    default="",
    metavar="A,B",
    help="With --apply: those of their groups that go with them, where its account may impersonate no others.",
)
@snapshot_key.OPTION
@click.option(
    "--session-key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with at least 32 random characters, by which all replicas know each other's sessions. Default: the "
    "key of roster snapshots, or else the secret of the OpenID Connect client.",
)
@openid.options
@click.option(
    "--log-level",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"], case_sensitive=False),
    default="INFO",
    show_default=True,
    help="No level shows personal data.",
)
def console(
    *,
    ledger_url: str | None,
    ledger_file: Path | None,
    kubeconfig: Path | None,
    audiences: str,
    namespaces: str,
    console_host: str,
    console_port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    trusted_proxies: str,
    allow_addresses: str,
    deny_addresses: str,
    applies: bool,
    apply_groups: str,
    snapshot_key_file: Path | None,
    session_key_file: Path | None,
    log_level: str,
    **oidc: Any,
) -> None:
    """Answer people's commands over HTTP, and show pages to browsers, by the permissions that the cluster gives each.

    `kubectl roster` sends its questions here, so that nobody needs a password of the database. In a browser one signs
    in with a Kubernetes token, or by a proxy that sends one in the header Authorization. Each option can also be
    given as an environment variable: ROSTER_OPERATOR_ and its name. Exits with 0 after SIGTERM, with 2 for wrong
    options.
    """
    configure_logging(log_level)
    url = ledger_file.read_text(encoding="utf-8").strip() if ledger_file else ledger_url
    if not url:
        raise click.UsageError("name the ledger with --ledger (ROSTER_OPERATOR_LEDGER_URL) or --ledger-file")
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key go together")
    try:
        context = _context(tls_cert, tls_key)
        network = Network(Servers.parse(openid.listed(allow_addresses)), Servers.parse(openid.listed(deny_addresses)))
        proxies = TrustedProxies.parse(openid.listed(trusted_proxies))
        more = open_ledger(url, pool_size=2), open_by_hand(url), open_cleanup(url)
        stores = Stores(open_queries(url), open_people(url), open_undo(url), open_imports(url), *more)

        def find_key() -> SnapshotKey | None:
            """The file may not be there yet: the operator makes the key when it starts for the first time."""
            named = snapshot_key_file is not None and snapshot_key_file.exists()
            return snapshot_key.find_key(snapshot_key_file if named else None, url)

        def find_secret() -> bytes | None:
            """What all replicas share, for sessions."""
            key = None if session_key_file else find_key()
            return key.secret if key else _session_secret(session_key_file or oidc["oidc_client_secret_file"])

        find_secret()
        clock = SystemClock()
        by_provider = openid.by_provider(clock, find_secret, **oidc)
        sessions = Sessions(find_secret, clock, issuer=oidc["oidc_issuer_url"])
        case_codes = open_cases(url)
        cases = Cases(case_codes, find_secret, clock)

        def app(client: KubernetesClient) -> web.Application:
            scope = {"audiences": openid.listed(audiences), "namespaces": openid.listed(namespaces)}
            groups = openid.listed(apply_groups)
            service = Service(client, stores, clock, **scope, find_key=find_key, applies=applies, apply_groups=groups)
            served = service.app()
            pages = Pages(service, sessions, cases, by_provider=by_provider, network=network, proxies=proxies)
            pages.add_to(served)
            return served

        asyncio.run(_serve(app, kubeconfig, (console_host, console_port), context))
        stores.close()
        case_codes.close()
    except (InputError, NoCluster, ssl.SSLError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(EXIT_WRONG_INPUT)
    sys.exit(EXIT_DONE)


def _session_secret(file: Path | None) -> bytes | None:
    """From a file of random characters; nobody can guess so many."""
    if file is None:
        return None
    secret = openid.secret_of(file).encode()
    if len(secret) < _SHORTEST_SECRET:
        raise InputError(
            f"The secret in {file} has less than {_SHORTEST_SECRET} characters, so sessions could be forged. Platform: "
            "name a file with more random ones (--session-key-file)."
        )
    return sha256(secret).digest()


async def _serve(
    app: Callable[[KubernetesClient], web.Application],
    kubeconfig: Path | None,
    address: tuple[str, int],
    context: ssl.SSLContext | None,
) -> None:
    """Until the process is told to end."""
    api = await connect(kubeconfig)
    client = KubernetesClient(api, renew=lambda: renew(api, kubeconfig))
    runner = web.AppRunner(app(client), access_log=None, auto_decompress=False)
    stopped = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    try:
        await runner.setup()
        await web.TCPSite(runner, *address, ssl_context=context).start()
        logger.info("answering on port %s", runner.addresses[0][1])
        await stopped.wait()
    finally:
        await runner.cleanup()
        await client.close()


def _context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
