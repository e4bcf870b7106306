"""Which condition an error is about that ended a reconcile, and which outcome it is."""

from __future__ import annotations

from typing import Final

from roster_operator.api import conditions
from roster_operator.controller.reconcile.advice import advised
from roster_operator.controller.reconcile.contract import Outcome
from roster_operator.controller.reconcile.observations import Observations
from roster_operator.errors import (
    ClockSkewed,
    CredentialsMissing,
    CredentialsRejected,
    DistrictConflict,
    HostNotTrusted,
    InputError,
    RosterOperatorError,
    SectionEmpty,
    SectionNotShared,
    SourceError,
    TLSFailed,
    WrongURL,
)

BAD_CREDENTIALS: Final = (CredentialsMissing, CredentialsRejected, ClockSkewed, TLSFailed, HostNotTrusted, WrongURL)
"""What keeps a server from being asked at all."""


def note_error(error: RosterOperatorError, observations: Observations) -> None:
    """CredentialsValid, SectionsShared, Synced, and how the reconcile ended."""
    observations.error = advised(error) if isinstance(error, SourceError) else error
    if isinstance(error, BAD_CREDENTIALS):
        observations.find(conditions.CREDENTIALS_VALID, False, error.reason, error.message)
    elif isinstance(error, SectionNotShared | SectionEmpty):
        observations.find(conditions.SECTIONS_SHARED, False, error.reason, error.message)
    elif isinstance(error, SourceError) and conditions.CREDENTIALS_VALID not in observations.findings:
        observations.find(conditions.CREDENTIALS_VALID, None, error.reason, error.message)
    observations.find(conditions.SYNCED, False, error.reason, error.message)
    if isinstance(error, InputError | DistrictConflict | CredentialsRejected | WrongURL):
        observations.outcome = Outcome.INVALID_INPUT
    elif isinstance(error, SourceError):
        observations.outcome = Outcome.INCOMPLETE
    else:
        observations.outcome = Outcome.FAILED
