"""What goes wrong with PowerSchool, in the words of its administrators."""

from __future__ import annotations

from typing import Final

from roster_operator.errors import CredentialsRejected, SectionNotShared, SourceProtocolError
from roster_operator.sources.failures import MaintenancePage, RequestRefused, RouteMissing, WebPage
from roster_operator.sources.source import Notice
from roster_operator.sources.terminology import Words

PLUGIN_PAGE: Final = "System > System Settings > Plugin Management Configuration"
WORDS: Final = Words(
    key="Client ID",
    secret="Client Secret",  # noqa: S106 - a word, not one
    issue=f"PowerSchool ({PLUGIN_PAGE} > the plugin > Data Configuration)",
    sharing=f"install the plugin package again under {PLUGIN_PAGE}, and confirm the access to {{section}}",
    product="PowerSchool",
    causes={
        "EnrollmentEnded": "The exit date of a section enrollment is the day after the last one.",
        "EnrollmentDeleted": "The section enrollment is marked as dropped.",
        "EnrollmentDatesReversed": "A section enrollment whose exit date is its entry date or earlier was never begun.",
        "PersonDisabled": "The student's enrollment status at the school is neither active (A) nor pre-registered (P).",
        "PersonDeleted": "The student's enrollment status at the school is neither active (A) nor pre-registered (P).",
    },
)


def token_refused(where: str) -> CredentialsRejected:
    """401 for a token that was given out just now."""
    return CredentialsRejected(
        f"{where} gives out a token, but its API refuses it. District: see under {PLUGIN_PAGE} that the plugin is "
        "enabled and that its access is confirmed."
    )


def no_powerschool(where: str) -> RouteMissing:
    """Nothing gives out tokens there."""
    return RouteMissing(
        f"{where} is not a PowerSchool SIS: it gives out no token at /oauth/access_token. District: give the address "
        "at which administrators sign in, without a path; if it was right before, PowerSchool is being upgraded. "
        "Publisher: if what the district has is PowerSchool's OneRoster, set spec.source.type to OneRoster."
    )


def route_missing(section: str, where: str) -> RouteMissing:
    """404 from an API whose other routes answer."""
    return RouteMissing(
        f"{where} does not know the route for {section} (HTTP 404). District: see which version PowerSchool has; "
        "its API version 1 is needed.",
        section=section,
    )


def not_shared(section: str, where: str) -> SectionNotShared:
    """403, or 401 that speaks of a missing right."""
    return SectionNotShared(
        f"{where} does not let the plugin read {section}. District: install the plugin package of the publisher again "
        f"under {PLUGIN_PAGE}, and confirm the access that it asks for.",
        section=section,
    )


def api_refused(section: str, where: str) -> SectionNotShared:
    """401 or 403 that speaks of accessLevelV1Api: the plugin may read nothing at all."""
    return SectionNotShared(
        f"{where} lets the plugin read nothing, {section} included: it lacks the right accessLevelV1Api. District: "
        f"disable and enable the plugin under {PLUGIN_PAGE}, and confirm the access that it asks for.",
        section=section,
    )


def request_refused(section: str, where: str) -> RequestRefused:
    """400."""
    return RequestRefused(
        f"{where} refuses the request for {section} as wrong (HTTP 400). District: ask PowerSchool's support, with "
        "this message.",
        section=section,
    )


def web_page(where: str, *, right_before: bool) -> WebPage | MaintenancePage:
    """A page for people, with HTTP 200."""
    if right_before:
        return MaintenancePage(
            f"{where} now answers with a web page instead of data. District: see whether PowerSchool is being "
            "upgraded; it will be tried again."
        )
    return WebPage(
        f"{where} answers with a web page instead of data. District: check the address; if it was right before, "
        "PowerSchool is being upgraded."
    )


def xml(where: str) -> SourceProtocolError:
    """PowerSchool's default, for requests that do not ask for JSON; ours do."""
    return SourceProtocolError(
        f"{where} answers in XML, though JSON is asked for. District: see whether a proxy before PowerSchool takes the "
        "Accept header away."
    )


def empty(section: str, where: str) -> str:
    """A section that can be read and holds nothing."""
    return (
        f"{where} lets the plugin read {section} but has none. District: see that {section} of the current school year "
        "are in PowerSchool."
    )


def other_time_zone(theirs: str, ours: str) -> Notice:
    """Terms and enrollments begin and end by the day of `spec.timeZone`."""
    return Notice(
        "TimeZone",
        f"PowerSchool says that the district is in {theirs}, and the spec says {ours}.",
        f"Publisher: set spec.timeZone to {theirs}, if the district is there.",
    )


def co_teachers_unknown(*, refused: bool) -> Notice:
    """Without the plugin's query nobody says who teaches a section beside its lead teacher."""
    what = "does not let the plugin run its query for co-teachers" if refused else "has no query for co-teachers"
    return Notice(
        "CoTeachers",
        f"PowerSchool {what}, so only lead teachers get licenses, and no Teacher edition is removed.",
        f"District: install the publisher's current plugin package under {PLUGIN_PAGE}, and confirm the access that it "
        'asks for. Publisher: or set spec.source.coTeacherQuery to "", if lead teachers are enough.',
    )
