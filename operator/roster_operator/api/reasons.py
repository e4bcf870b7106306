"""Reasons of conditions: a stable part of the API, one word each.

docs/reference/rosterintegration.md says for each what it means and who does what.
"""

from __future__ import annotations

from typing import Final

# All is well
SYNCED: Final = "Synced"
"""The licenses equal the roster."""
SETUP_MODE: Final = "SetupMode"
"""`spec.live` is false: read, checked and planned; nothing written."""
PLAN_ONLY: Final = "PlanOnly"
"""`roster-operator sync --plan-only` of a live district: read, checked and planned; nothing written."""
VALIDATED: Final = "Validated"
"""The SIS accepts the credentials."""
ALL_SHARED: Final = "AllShared"
"""Every section that is needed can be read."""
ALL_RESOLVED: Final = "AllResolved"
"""Every school, course and eBook named in the spec exists."""
CLEAN: Final = "Clean"
"""The roster's data raise no question."""

# Work in progress
PROGRESSING: Final = "Progressing"
"""The first sync, or the first of a new generation, is under way."""
NOT_YET_CHECKED: Final = "NotYetChecked"
"""An earlier step failed, so this one was not reached."""
SUSPENDED: Final = "Suspended"
"""`spec.suspend` is true."""

# The user's input
INVALID_SPEC: Final = "InvalidSpec"
"""The resource is wrong in a way that its schema cannot say."""
CREDENTIALS_MISSING: Final = "CredentialsMissing"
"""The Secret, or a key of it, does not exist."""
UNRESOLVED: Final = "Unresolved"
"""A school, course or eBook of the spec does not exist; removals wait until it does."""
DISTRICT_CONFLICT: Final = "DistrictConflict"
"""Another RosterIntegration holds this district."""

# The SIS
CREDENTIALS_REJECTED: Final = "CredentialsRejected"
"""The SIS refuses the key or the secret."""
CREDENTIALS_EXPIRE: Final = "CredentialsExpire"
"""The day that `spec.source.credentialsExpire` names is 30 days ahead, or less."""
SCOPE_REJECTED: Final = "ScopeRejected"
"""The SIS gives out no token for the scope that is asked for."""
CLOCK_SKEWED: Final = "ClockSkewed"
"""The SIS refuses the signature, and the clocks differ by minutes."""
SECTION_NOT_SHARED: Final = "SectionNotShared"
"""The SIS refuses a section of the roster."""
SECTION_EMPTY: Final = "SectionEmpty"
"""A section is shared but holds no row."""
WRONG_URL: Final = "WrongURL"
"""What answers at the URL is not a OneRoster API."""
SOURCE_UNREACHABLE: Final = "SourceUnreachable"
"""No usable answer from the SIS."""
TLS_FAILED: Final = "TLSFailed"
"""The SIS's certificate cannot be verified."""
HOST_NOT_TRUSTED: Final = "HostNotTrusted"
"""The host key of the SFTP server is not the one in the Secret."""
SOURCE_RATE_LIMITED: Final = "SourceRateLimited"
"""The SIS asks us to come back later."""
SOURCE_PROTOCOL_ERROR: Final = "SourceProtocolError"
"""The SIS answers what cannot be read as a roster."""
READ_INCOMPLETE: Final = "ReadIncomplete"
"""The roster was read, but not provably whole; nothing was changed."""
NO_SCRATCH_SPACE: Final = "NoScratchSpace"
"""There is no room left for temporary files; nothing was changed."""

# The roster's data
DATA_QUESTIONS: Final = "DataQuestions"
"""The roster has rows that were left out or need a look; see the checklist."""
MATCHING_CONFLICTS: Final = "MatchingConflicts"
"""Nobody can say which account some persons are; they are left as they are, and the message says why."""

# Safety
REMOVALS_HELD: Final = "RemovalsHeld"
"""More licenses would be removed than the guard allows; removals wait for approval."""
LICENSES_MISSING: Final = "LicensesMissing"
"""The ledger holds none of the licenses that the district had; nothing is changed until it is restored or approved."""
SOURCE_CHANGED: Final = "SourceChanged"
"""The source is another one, and too few persons are recognized there; nothing is changed until it is approved."""
IDENTITIES_CHANGED: Final = "IdentitiesChanged"
"""Many persons kept their ids and changed all else; nothing is changed until it is approved."""
ROSTER_IN_QUESTION: Final = "RosterInQuestion"
"""The roster lacks what it told before, or holds many strangers; nothing is changed until it is approved."""
UNDONE: Final = "Undone"
"""Somebody turned back what a sync did; nothing is changed until that is lifted."""

# The ledger and the operator
LEDGER_UNAVAILABLE: Final = "LedgerUnavailable"
"""The license store cannot be reached."""
DISTRICT_BUSY: Final = "DistrictBusy"
"""Another sync of this district runs."""
TIMED_OUT: Final = "TimedOut"
"""`spec.timeout` passed before the sync was done."""
INTERRUPTED: Final = "Interrupted"
"""The operator stopped in mid-sync; nothing was changed."""
INTERNAL_ERROR: Final = "InternalError"
"""A defect of the operator; see its log for this run id."""
