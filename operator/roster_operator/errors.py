"""What can go wrong, and who can put it right.

RosterOperatorError
├── InputError              what the user wrote is wrong; trying again does not help
│   ├── InvalidSpec           the RosterIntegration or an EBook
│   ├── UnreadableSpec        its CRD let pass what this version cannot read
│   ├── CredentialsMissing    the Secret, or a key of it
│   └── UnknownName           a command names what is not there
├── SourceError             the student information system (SIS)
│   ├── CredentialsRejected   it refuses the key, the secret or the signature
│   │   └── ScopeRejected       it refuses the scope
│   ├── ClockSkewed           it refuses the signature because the clocks differ
│   ├── SectionNotShared      it refuses one section of the roster
│   ├── WrongURL              what answers at the URL is not a OneRoster API
│   ├── SourceUnreachable     no answer: DNS, connection, server error, maintenance page
│   ├── TLSFailed             the certificate cannot be verified
│   │   └── NoTLS               what answers does not speak TLS
│   ├── HostNotTrusted        the host key of an SFTP server is not the one that was given
│   ├── SourceRateLimited     it asks us to come back later
│   ├── SourceProtocolError   it answers what cannot be read as a roster
│   ├── ReadIncomplete        it was read, but not provably whole
│   │   ├── StillDelivered      its files may still be on their way
│   │   └── NoScratchSpace       there is no room for temporary files
│   └── SectionEmpty          it shares a section that holds nothing
├── LedgerError             the license store
│   ├── LedgerUnavailable     it cannot be reached or is not migrated
│   │   └── Superseded          another operator has taken over from this one
│   ├── DistrictConflict      another RosterIntegration holds this district
│   ├── DistrictBusy          another sync of this district runs, or just finished
│   ├── LicensesElsewhere     a resource's licenses are in another ledger, where they cannot be ended
│   └── RevocationHeld        more licenses would end with a resource than was agreed to
├── Defect                  the operator failed in a way that was not foreseen
├── StatusRefused           the API server does not accept a status
└── Interrupted             the sync was told to stop before it was done
    ├── TimedOut              `spec.timeout` has passed
    └── ShuttingDown          the operator stops, or the resource changed or went away

Messages are for the person who must act. They never hold personal data, secrets or an upstream
response body: they end up in status, events and logs.
"""

from __future__ import annotations

from typing import ClassVar

from roster_operator.api import reasons
from roster_operator.api.actors import Actor as Actor  # noqa: PLC0414 - errors name who acts


class RosterOperatorError(Exception):
    """An error with a stable reason and a message for the person who must act."""

    reason: ClassVar[str] = reasons.INTERNAL_ERROR
    actor: ClassVar[Actor | None] = Actor.PLATFORM
    """None: nobody has to act."""
    retryable: ClassVar[bool] = True

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """`message` says what is wrong, where, what to do; `retry_after`: seconds, if the other side named them."""
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class InputError(RosterOperatorError):
    """What the user wrote is wrong; only a change of it helps."""

    reason = reasons.INVALID_SPEC
    actor = Actor.PUBLISHER
    retryable = False


class InvalidSpec(InputError):
    """The RosterIntegration or an EBook is wrong in a way that its schema cannot say."""


class UnreadableSpec(InputError):
    """The CRD let a spec pass that this version of the operator cannot read."""


class CredentialsMissing(InputError):
    """The Secret does not exist or lacks a key."""

    reason = reasons.CREDENTIALS_MISSING


class UnknownName(InputError):
    """A command names a district, a run, an eBook or a person that is not there."""


class SourceError(RosterOperatorError):
    """The SIS did not give what was asked."""

    reason = reasons.SOURCE_PROTOCOL_ERROR
    actor: ClassVar[Actor | None] = Actor.DISTRICT

    def __init__(self, message: str, *, section: str = "", retry_after: float | None = None) -> None:
        """`section`: the one that the message names, by the word that the district's tech admin knows: schools,
        courses, students; empty if it names none.
        """
        super().__init__(message, retry_after=retry_after)
        self.section = section
        self.while_reading = ""
        """The section that was being read, once that is known."""


class CredentialsRejected(SourceError):
    """The SIS refuses the credentials."""

    reason = reasons.CREDENTIALS_REJECTED
    retryable = False


class ScopeRejected(CredentialsRejected):
    """The SIS gives out no token for the scope that is asked for."""

    reason = reasons.SCOPE_REJECTED


class ClockSkewed(SourceError):
    """The SIS refuses a signature, and its clock differs from ours by minutes."""

    reason = reasons.CLOCK_SKEWED


class SectionNotShared(SourceError):
    """The SIS refuses one section of the roster to these credentials."""

    reason = reasons.SECTION_NOT_SHARED


class WrongURL(SourceError):
    """Something answers at the URL, but not a OneRoster API."""

    reason = reasons.WRONG_URL
    retryable = False


class SourceUnreachable(SourceError):
    """No usable answer: name resolution, connection, server error, maintenance page."""

    reason = reasons.SOURCE_UNREACHABLE


class TLSFailed(SourceError):
    """The server's certificate cannot be verified."""

    reason = reasons.TLS_FAILED


class NoTLS(TLSFailed):
    """What answers does not speak TLS, or none that is still safe."""


class HostNotTrusted(SourceError):
    """The host key of an SFTP server is not one of those that the Secret holds."""

    reason = reasons.HOST_NOT_TRUSTED
    actor = Actor.PLATFORM


class SourceRateLimited(SourceError):
    """The SIS asks us to come back later."""

    reason = reasons.SOURCE_RATE_LIMITED


class SourceProtocolError(SourceError):
    """The SIS answers what cannot be read as a roster."""


class ReadIncomplete(SourceError):
    """A section was read, but nothing proves that it was read whole."""

    reason = reasons.READ_INCOMPLETE


class StillDelivered(ReadIncomplete):
    """Files that may still be on their way; they are read when they have been left alone for a while."""

    actor = None


class NoScratchSpace(ReadIncomplete):
    """Other districts' temporary files take all the room that there is."""

    reason = reasons.NO_SCRATCH_SPACE
    actor = Actor.PLATFORM


class SectionEmpty(SourceError):
    """A section that must hold rows is shared, and empty: a new school year not yet filled, or too narrow a share."""

    reason = reasons.SECTION_EMPTY


class LedgerError(RosterOperatorError):
    """The license store could not do what was asked."""

    reason = reasons.LEDGER_UNAVAILABLE


class LedgerUnavailable(LedgerError):
    """The database cannot be reached, or its schema is not the one this version needs."""


class Superseded(LedgerUnavailable):
    """Another operator leads by the same Lease and has taken the ledger over; nothing was changed."""


class DistrictConflict(LedgerError):
    """Another RosterIntegration already holds this district."""

    reason = reasons.DISTRICT_CONFLICT
    actor = Actor.PUBLISHER
    retryable = False


class DistrictBusy(LedgerError):
    """Another sync of this district runs, or changed it since this one began; the next attempt will do."""

    reason = reasons.DISTRICT_BUSY


class LicensesElsewhere(LedgerError):
    """The licenses that a resource's deletion is to end are in another ledger; nothing was changed."""

    reason = reasons.LICENSES_MISSING


class RevocationHeld(LedgerError):
    """More licenses would end with a resource than its guard or a person allows; nothing was changed."""

    reason = reasons.REMOVALS_HELD
    actor = Actor.PUBLISHER


class Interrupted(RosterOperatorError):
    """The sync was told to stop; nothing of it was applied."""

    reason = reasons.INTERRUPTED


class TimedOut(Interrupted):
    """`spec.timeout` has passed."""

    reason = reasons.TIMED_OUT


class ShuttingDown(Interrupted):
    """The operator stops, or the resource changed or went away."""


class Defect(RosterOperatorError):
    """The operator failed in a way that was not foreseen."""


class StatusRefused(RosterOperatorError):
    """The API server does not accept a status."""
