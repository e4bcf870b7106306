"""The settings of `roster-operator run`."""

from __future__ import annotations

import logging
import socket
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from roster_operator.controller.caps import Caps
from roster_operator.controller.concurrency_limits import Limits, large_places, namespace_places
from roster_operator.ledger.ledger import Retention

logger = logging.getLogger(__name__)

INSTANCE: Final = socket.gethostname()
"""In a cluster, the name of the pod."""


class OperatorSettings(BaseModel):
    """Everything that can be set from outside; built once in the command line and passed down."""

    model_config = ConfigDict(frozen=True)

    ledger: SecretStr
    """The license store: sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."""
    kubeconfig: Path | None = None
    """None: the pod's ServiceAccount, or what kubectl would use."""
    namespaces: tuple[str, ...] = ()
    """Whose RosterIntegrations are served. Empty: all."""
    lease: str = ""
    """By which one of several operators leads, as `namespace/name`. Empty: this one is alone."""
    lease_seconds: int = Field(default=15, ge=3, le=600)
    """For which the Lease is good without a renewal."""
    identity: str = Field(default_factory=lambda: f"{INSTANCE}_{uuid.uuid4()}")
    """The name of this process, and of no other one ever."""
    roster_files: Path | None = None
    """The folder in which each namespace has one for its rosters in files. None: no file may be named."""
    shared_roster_files: bool = False
    """Whether each namespace may read all of that folder."""
    allow_addresses: tuple[str, ...] = ()
    """Servers of the platform's own networks that districts may name; see `sources.network`."""
    deny_addresses: tuple[str, ...] = ()
    """Servers of the internet that they may not."""
    watch_secrets: bool = True
    """Watch the metadata of Secrets, so that a rotation is noticed within seconds."""
    workers: int = Field(default=16, ge=1, le=256)
    """Districts that are synced at the same time."""
    per_server: int = Field(default=8, ge=1, le=256)
    """Of these, districts that are synced at the same time on one server."""
    per_namespace: int | None = Field(default=None, ge=1, le=256)
    """Of these, districts of one namespace. None: three quarters of the workers; all, if one namespace is served."""
    longest_timeout: float = Field(default=14_400.0, ge=10)
    """Seconds that a sync may take at most, whatever spec.timeout says."""
    shortest_interval: float = Field(default=60.0, ge=0)
    """Seconds from one sync of a district to the next at least, whatever intervals its spec names."""
    keep_runs: int = Field(default=400, ge=0)
    """Days for which the ledger keeps what syncs did; 0: for ever."""
    keep_changes: int = Field(default=400, ge=0)
    """Days for which it keeps which licenses came and went; 0: for ever."""
    snapshot_secret: str = ""
    """Of the key of roster snapshots, as `namespace/name`; empty: there is none in the cluster."""
    snapshot_key: SecretStr | None = None
    """Instead of it, the key itself, as it is written."""
    keep_logins: int = Field(default=400, ge=0)
    """Days for which it keeps the logins of who has no license and is on no roster; 0: for ever."""
    memory: int | None = None
    """Bytes that the process may take; bounds how many large districts are synced at the same time."""
    heartbeat: float = Field(default=600.0, gt=0)
    """Seconds between two looks at a RosterIntegration, whatever events say."""
    grace: float = Field(default=45.0, ge=0)
    """Seconds that what is being committed gets to end when the operator stops."""
    patience: float = Field(default=600.0, ge=0)
    """Seconds for which the API server may refuse the watch before the operator ends, to be started afresh. One that
    does not answer at all is waited for without limit."""
    ops_host: str = ""
    """Where /healthz, /readyz and /metrics listen; empty: everywhere."""
    ops_port: int = Field(default=8080, ge=0, le=65535)
    """Their port; 0 lets the system choose."""

    @property
    def sole(self) -> bool:
        """Whether the ledger is for one operator, and not even for one that stands by."""
        return self.ledger.get_secret_value().startswith("sqlite")

    def limits(self) -> Limits:
        """How many districts are synced side by side."""
        large = large_places(self.workers, self.memory)
        if large < 1:
            logger.warning("the memory is too little for %d workers: large districts may exceed it", self.workers)
        own = self.workers if len(self.namespaces) == 1 else namespace_places(self.workers)
        return Limits(
            large=large,
            on_server=self.per_server,
            retries=self.workers // 2,
            workers=self.workers,
            per_namespace=self.per_namespace or own,
        )

    def retention(self) -> Retention:
        """For how long the ledger keeps history."""
        days = (self.keep_runs, self.keep_changes, self.keep_logins)
        return Retention(*(timedelta(days=each) or None for each in days))

    def caps(self) -> Caps:
        """What a resource may ask for at most."""
        return Caps(timedelta(seconds=self.longest_timeout), timedelta(seconds=self.shortest_interval))
