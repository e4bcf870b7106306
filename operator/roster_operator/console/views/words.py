"""What codes of the API and of operations are called on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from roster_operator.api.v1alpha1.status import CheckResult
from roster_operator.errors import Actor
from roster_operator.licensing.models import Edition
from roster_operator.messages import gettext as _
from roster_operator.messages import ngettext, pgettext
from roster_operator.operations.explained import NextSync
from roster_operator.operations.fleet import NOBODY, Mode
from roster_operator.operations.upcoming import Kind
from roster_operator.reconcile.contract import Outcome, Trigger
from roster_operator.reconcile.standing import Forgotten

ACTORS: Final[Mapping[str, str]] = {
    str(Actor.DISTRICT): _("District"),
    str(Actor.PUBLISHER): _("Publisher"),
    str(Actor.PLATFORM): _("Platform"),
    NOBODY: _("Nobody"),
}
RESULTS: Final[Mapping[str, str]] = {
    str(CheckResult.PASS): pgettext("a result", "Pass"),
    str(CheckResult.WARN): pgettext("a result", "Warn"),
    str(CheckResult.FAIL): pgettext("a result", "Fail"),
}
MODES: Final[Mapping[str, str]] = {
    str(Mode.LIVE): pgettext("a mode", "live"),
    str(Mode.SETUP): pgettext("a mode", "setup"),
    str(Mode.SUSPENDED): pgettext("a mode", "suspended"),
}
SWITCHES: Final[Mapping[str, str]] = {
    str(Forgotten.SUSPENDED): _("Suspended"),
    str(Forgotten.SCHEDULE_PAUSED): _("Schedule paused"),
    str(Forgotten.INTERVAL_PAUSED): _("Long interval"),
    str(Forgotten.APPROVAL_SPENT): _("Approval of no use"),
    str(Forgotten.GUARD_OFF): _("Guard off"),
    str(Forgotten.DELETION_WAITS): _("Deletion waits"),
}
EVENTS: Final[Mapping[str, str]] = {
    str(Kind.NEXT_SYNC): _("Next sync"),
    str(Kind.NEXT_FULL_READ): _("Next complete reading"),
    str(Kind.BLACKOUT_BEGINS): _("A break of syncs begins"),
    str(Kind.BLACKOUT_ENDS): _("A break of syncs ends"),
    str(Kind.SEASON_BEGINS): _("A season begins"),
    str(Kind.SEASON_ENDS): _("A season ends"),
    str(Kind.TERMS_BEGIN): _("Terms begin"),
    str(Kind.TERMS_END): _("Terms end"),
    str(Kind.LICENSES_BEGIN): _("Licenses begin"),
    str(Kind.LICENSES_END): _("Licenses end"),
    str(Kind.BY_HAND_ENDS): _("A decision by hand ends"),
    str(Kind.CREDENTIALS_EXPIRE): _("Credentials expire"),
    str(Kind.CERTIFICATE_EXPIRES): _("A certificate expires"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    str(Outcome.SYNCED): _("Synced"),
    str(Outcome.PLANNED): _("Planned, nothing changed"),
    str(Outcome.HELD): _("Synced, but removals wait"),
    str(Outcome.INCOMPLETE): _("Not read whole, nothing changed"),
    str(Outcome.INVALID_INPUT): _("Settings are wrong, nothing changed"),
    str(Outcome.FAILED): _("Failed, nothing changed"),
}
TRIGGERS: Final[Mapping[str, str]] = {
    str(Trigger.SPEC_CHANGED): _("settings changed"),
    str(Trigger.REQUESTED): _("on request"),
    str(Trigger.SECRET_CHANGED): _("credentials changed"),
    str(Trigger.EBOOK_CHANGED): _("an eBook changed"),
    str(Trigger.RETRY): _("tried again"),
    str(Trigger.SCHEDULE): _("on schedule"),
    str(Trigger.COMMAND_LINE): _("by command"),
}
NEXT_SYNC: Final[Mapping[str, str]] = {
    str(NextSync.KEEPS): pgettext("the next sync", "Keeps"),
    str(NextSync.GRANTS): pgettext("the next sync", "Grants"),
    str(NextSync.REMOVES): pgettext("the next sync", "Removes"),
    str(NextSync.NOTHING): pgettext("the next sync", "Nothing"),
    str(NextSync.UNKNOWN): pgettext("the next sync", "Unknown"),
}
ORIGINS: Final[Mapping[str, str]] = {
    "Roster": pgettext("an origin", "Roster"),
    "Manual": pgettext("an origin", "Manual"),
    "Sticky": pgettext("an origin", "Sticky"),
    "Purchased": pgettext("an origin", "Purchased"),
}
CHANGES: Final[Mapping[str, str]] = {
    "Granted": pgettext("a license", "Granted"),
    "Revoked": pgettext("a license", "Revoked"),
}
EDITIONS: Final[Mapping[str, str]] = {
    str(Edition.STUDENT): pgettext("an edition", "Student"),
    str(Edition.TEACHER): pgettext("an edition", "Teacher"),
}


def days_told(days: int) -> str:
    """So many."""
    return ngettext("{number} day", "{number} days", days)


def licenses_told(licenses: int) -> str:
    """So many."""
    return ngettext("{number} license", "{number} licenses", licenses)


def edition_told(edition: str) -> str:
    """Which edition of an eBook."""
    return called(EDITIONS, str(edition))


def called(names: Mapping[str, str], code: str) -> str:
    """What a code is called; one that is not known is called by itself."""
    return names.get(code, code)
