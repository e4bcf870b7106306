"""What the API server may answer instead of what was asked.

KubernetesError
├── NotFound      404: the object, or its kind, does not exist
├── Forbidden     401, 403: the operator's ServiceAccount may not do this
├── Conflict      409: the object is another one by now, or somebody else owns the field
├── Gone          410: a watch cannot go on from where it was; list again
├── Invalid       400, 422: the API server refuses what was sent, as it does (by 500) with a field the CRD lacks
└── Unavailable   no answer, 429, 5xx: it may help to try again

Messages are the API server's own words about its objects; no Secret's content and no person is in them.
"""

from __future__ import annotations

from typing import Final


class KubernetesError(Exception):
    """The API server did not do what was asked."""

    def __init__(self, message: str, status: int = 0) -> None:
        """`status` is the HTTP status, 0 if there was no answer."""
        super().__init__(message)
        self.status = status


class NotFound(KubernetesError):
    """The object, or its kind, does not exist."""


class Forbidden(KubernetesError):
    """The operator's ServiceAccount may not do this."""


class Conflict(KubernetesError):
    """The object is another one by now, or somebody else owns the field."""


class Gone(KubernetesError):
    """A watch cannot go on from where it was; list again."""


class Invalid(KubernetesError):
    """The API server refuses what was sent."""


class Unavailable(KubernetesError):
    """The API server does not answer, or not now; it may help to try again."""


_BY_STATUS: dict[int, type[KubernetesError]] = {
    400: Invalid,
    401: Forbidden,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    422: Invalid,
    429: Unavailable,
}
UNAUTHORIZED: Final = 401
"""The API server does not know who asks: no resource is at fault."""
FORBIDDEN: Final = 403
"""The API server knows who asks, and refuses this."""
_LACKING: Final = "field not declared in schema"
"""What server-side apply says, with status 500, of a field that an older CRD does not have."""


def error_for(status: int, message: str) -> KubernetesError:
    """The error that an HTTP status stands for."""
    if status == 500 and _LACKING in message:
        return Invalid(f"{message} (HTTP {status})", status)
    kind = _BY_STATUS.get(status, Unavailable if status >= 500 else KubernetesError)
    return kind(f"{message} (HTTP {status})", status)
