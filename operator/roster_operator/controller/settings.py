"""The settings of `roster-operator run`."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class OperatorSettings(BaseModel):
    """Everything that can be set from outside; built once in the command line and passed down."""

    model_config = ConfigDict(frozen=True)

    ledger: SecretStr
    """The license store: sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."""
    kubeconfig: Path | None = None
    """None: the pod's ServiceAccount, or what kubectl would use."""
    namespaces: tuple[str, ...] = ()
    """Whose RosterIntegrations are served. Empty: all."""
    roster_files: Path | None = None
    """The folder in which each namespace has one for its rosters in files. None: no file may be named."""
    shared_roster_files: bool = False
    """Whether each namespace may read all of that folder."""
    watch_secrets: bool = True
    """Watch the metadata of Secrets, so that a rotation is noticed within seconds."""
    workers: int = Field(default=16, ge=1, le=256)
    """Districts that are synced at the same time."""
    per_server: int = Field(default=8, ge=1, le=256)
    """Of these, districts that are synced at the same time on one server."""
    memory: int | None = None
    """Bytes that the process may take; bounds how many large districts are synced at the same time."""
    heartbeat: float = Field(default=600.0, gt=0)
    """Seconds between two looks at a RosterIntegration, whatever events say."""
    grace: float = Field(default=45.0, ge=0)
    """Seconds that syncs in progress get to end when the operator stops."""
    patience: float = Field(default=600.0, ge=0)
    """Seconds for which the API server may refuse the watch before the operator ends, to be started afresh. One that
    does not answer at all is waited for without limit."""
    ops_host: str = ""
    """Where /healthz, /readyz and /metrics listen; empty: everywhere."""
    ops_port: int = Field(default=8080, ge=0, le=65535)
    """Their port; 0 lets the system choose."""
