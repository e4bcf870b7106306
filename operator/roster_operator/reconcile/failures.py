"""What ended a reconcile: which condition it is about, which outcome it is, and in which words it is told.

Whatever a source fails with, the message says which section was being read, and who is to act.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from roster_operator.api import conditions
from roster_operator.api.conditions import Finding, found
from roster_operator.errors import (
    Actor,
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
    SourceRateLimited,
    TLSFailed,
    WrongURL,
)
from roster_operator.reconcile.contract import Outcome
from roster_operator.sources.source import Access

BAD_CREDENTIALS: Final = (CredentialsMissing, CredentialsRejected, ClockSkewed, TLSFailed, HostNotTrusted, WrongURL)
"""What keeps a server from being asked at all."""
_WRONG_INPUT: Final = (InputError, DistrictConflict, CredentialsRejected, WrongURL)
_IF_OFTEN: Final = "Publisher: if this happens often, lower spec.source.concurrency."
_IF_IT_STAYS: Final = "District: if this stays, see whether the SIS is up, and ask its vendor, with this message."


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a reconcile did not come to its end."""

    error: RosterOperatorError
    message: str
    """For the person who must act."""

    @property
    def reason(self) -> str:
        """One word."""
        return self.error.reason

    @property
    def outcome(self) -> Outcome:
        """How the reconcile ended."""
        if isinstance(self.error, _WRONG_INPUT):
            return Outcome.INVALID_INPUT
        return Outcome.INCOMPLETE if isinstance(self.error, SourceError) else Outcome.FAILED

    def findings(self, *, accepted: bool) -> list[Finding]:
        """Synced, and CredentialsValid or SectionsShared; `accepted`: whether the SIS had accepted the credentials."""
        findings = [found(conditions.SYNCED, False, self.reason, self.message)]
        if isinstance(self.error, BAD_CREDENTIALS):
            findings.append(found(conditions.CREDENTIALS_VALID, False, self.reason, self.message))
        elif isinstance(self.error, SectionNotShared | SectionEmpty):
            findings.append(found(conditions.SECTIONS_SHARED, False, self.reason, self.message))
        elif isinstance(self.error, SourceError) and not accepted:
            findings.append(found(conditions.CREDENTIALS_VALID, None, self.reason, self.message))
        return findings


def failure_of(error: RosterOperatorError, access: Iterable[Access]) -> Failure:
    """The failure that `error` is; `access`: what the probe found, if it came to an end."""
    if isinstance(error, SectionEmpty):
        return Failure(error, _nothing_in(error, access))
    return Failure(error, _located(error) if isinstance(error, SourceError) else error.message)


def _nothing_in(error: SectionEmpty, access: Iterable[Access]) -> str:
    """All that the probe saw to be empty are named with the section that was being read."""
    empty = [error.section, *(str(each.section) for each in access if each.empty and each.section != error.section)]
    named = ", ".join(empty[:-1]) + f" and {empty[-1]}" if empty[1:] else error.section
    sections, hold = ("sections", "they hold") if empty[1:] else ("section", "it holds")
    return (
        f"The SIS shares the {sections} {named}, but {hold} nothing. Nothing was changed. "
        "District: check that the current school year is filled, and that its records are shared."
    )


def _located(error: SourceError) -> str:
    """With the section that was being read, unless the message names it, and with who is to act, unless nobody is."""
    message = error.message
    if error.while_reading and not error.section:
        message = f"While the section {error.while_reading} was read: {message}"
    if error.actor is not None and not any(f"{actor}:" in error.message for actor in Actor):
        message += f" {_IF_OFTEN if isinstance(error, SourceRateLimited) else _IF_IT_STAYS}"
    return message
