"""How the API server is reached: from inside a pod, or by a kubeconfig."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import yaml
from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration

_REMEDY: Final = "Run inside a pod, or name a kubeconfig with --kubeconfig."
_MALFORMED: Final = (ValueError, TypeError, LookupError, AttributeError, yaml.YAMLError)
"""What the client stumbles over in a file that is no kubeconfig; it does not check its form."""


class NoCluster(Exception):
    """It is not known which cluster to talk to."""


async def load_configuration(kubeconfig: Path | None = None) -> Configuration:
    """Where the API server is and how to sign in, read afresh.

    `kubeconfig` if given; else the pod's ServiceAccount, whose token is read again every minute; else the kubeconfig
    that kubectl would use. Raises `NoCluster`.
    """
    configuration = Configuration()
    try:
        if kubeconfig is None and "KUBERNETES_SERVICE_HOST" in os.environ:
            config.load_incluster_config(configuration)  # type: ignore[no-untyped-call]
        else:
            await config.load_kube_config(  # type: ignore[no-untyped-call]
                config_file=str(kubeconfig) if kubeconfig else None,
                client_configuration=configuration,
                persist_config=False,
            )
    except (config.ConfigException, OSError) as error:
        raise NoCluster(f"no Kubernetes cluster to talk to: {error}. {_REMEDY}") from error
    except _MALFORMED as error:
        raise NoCluster(f"no Kubernetes cluster to talk to: the kubeconfig cannot be read as one. {_REMEDY}") from error
    return configuration


async def renew(client: ApiClient, kubeconfig: Path | None = None) -> None:
    """Sign in afresh: a token that was refused may have been replaced where it came from."""
    configuration = await load_configuration(kubeconfig)
    client.configuration.api_key = configuration.api_key


async def connect(kubeconfig: Path | None = None) -> ApiClient:
    """A client of the API server; close it when done."""
    client = ApiClient(await load_configuration(kubeconfig))
    client.user_agent = "roster-operator"
    return client
