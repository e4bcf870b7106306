"""How the API server is reached: from inside a pod, or by a kubeconfig."""

from __future__ import annotations

import asyncio
import os
import threading
import urllib.request
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import yaml
from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import kube_config

from roster_operator.kube.passing_files import passing_folder

_REMEDY: Final = "Run inside a pod, or name a kubeconfig with --kubeconfig."
_MALFORMED: Final = (ValueError, TypeError, LookupError, AttributeError, yaml.YAMLError)
"""What the client stumbles over in a file that is no kubeconfig; it does not check its form."""
_one_at_a_time: Final = threading.Lock()


class NoCluster(Exception):
    """It is not known which cluster to talk to."""


async def connect(kubeconfig: Path | None = None) -> ApiClient:
    """A client of the API server, signed in afresh; close it when done.

    `kubeconfig` if given; else the pod's ServiceAccount, whose token is read again every minute; else the kubeconfig
    that kubectl would use. Raises `NoCluster`.
    """
    return await asyncio.to_thread(_connected, kubeconfig)


async def renew(client: ApiClient, kubeconfig: Path | None = None) -> None:
    """Sign in afresh: a token that was refused may have been replaced where it came from."""
    client.configuration.api_key = (await connect(kubeconfig)).configuration.api_key


def _connected(kubeconfig: Path | None) -> ApiClient:
    """A client that has read what it needs: the library writes keys and certificates of a kubeconfig to files.

    They are gone when this returns; what the library keeps of them is shared by all threads.
    """
    with _one_at_a_time:
        try:
            with passing_folder() as folder:
                client = ApiClient(asyncio.run(_configuration(kubeconfig, folder)))
        except (config.ConfigException, OSError) as error:
            raise NoCluster(f"no Kubernetes cluster to talk to: {error}. {_REMEDY}") from error
        except _MALFORMED as error:
            message = f"no Kubernetes cluster to talk to: the kubeconfig cannot be read as one. {_REMEDY}"
            raise NoCluster(message) from error
        finally:
            kube_config._cleanup_temp_files()  # type: ignore[no-untyped-call]
    client.user_agent = "roster-operator"
    return client


async def _configuration(kubeconfig: Path | None, folder: Path) -> Configuration:
    configuration = Configuration()
    if kubeconfig is None and "KUBERNETES_SERVICE_HOST" in os.environ:
        config.load_incluster_config(configuration)  # type: ignore[no-untyped-call]
    else:
        await config.load_kube_config(  # type: ignore[no-untyped-call]
            config_file=str(kubeconfig) if kubeconfig else None,
            client_configuration=configuration,
            persist_config=False,
            temp_file_path=str(folder),
        )
    configuration.proxy = configuration.proxy or _proxy_of_environment(configuration.host)
    # Else aiohttp looks for proxies and for ~/.netrc, in a thread each, at every request.
    configuration.client_session_kwargs = {"trust_env": False}
    return configuration


def _proxy_of_environment(url: str) -> str | None:
    """Through which HTTPS_PROXY and NO_PROXY say that a server is reached, if through any."""
    address = urlsplit(url)
    if urllib.request.proxy_bypass(address.hostname or ""):
        return None
    return urllib.request.getproxies().get(address.scheme)
