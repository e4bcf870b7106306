"""Of `metadata`, what the operator looks at."""

from __future__ import annotations

from pydantic import Field

from roster_operator.api import names
from roster_operator.api.wire import Time, WireModel, token


class ObjectMeta(WireModel):
    """The object's name, place, identity and age; the API server's own schema covers it."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    resource_version: str = ""
    creation_timestamp: Time | None = None
    deletion_timestamp: Time | None = None
    finalizers: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)

    @property
    def requested_at(self) -> str | None:
        """The token of the latest request to sync now, if there is one, as a status can hold it."""
        asked = self.annotations.get(names.REQUESTED_AT_ANNOTATION)
        return None if asked is None else token(asked)
