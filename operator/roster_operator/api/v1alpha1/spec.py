"""`RosterIntegration.spec`: what a person or a GitOps repository writes, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from roster_operator.api.rules import Between, Shaped, TimeZoneName, rule, ruled
from roster_operator.api.v1alpha1.canary import Canary
from roster_operator.api.v1alpha1.contacts import Contacts
from roster_operator.api.v1alpha1.matching import Matching
from roster_operator.api.v1alpha1.schedule import Schedule
from roster_operator.api.v1alpha1.seats import SeatPools, expect_no_overlap
from roster_operator.api.v1alpha1.selectors import EBookName, Selector
from roster_operator.api.v1alpha1.source import RosterSourceSpec
from roster_operator.api.v1alpha1.terms import Terms
from roster_operator.api.wire import Time, WireModel

Percent = Annotated[int, Field(ge=0, le=100)]


class Snapshot(StrEnum):
    """What becomes of the last complete reading."""

    KEEP = "Keep"
    NONE = "None"


class DeletionPolicy(StrEnum):
    """What becomes of a district's licenses when its RosterIntegration is deleted."""

    RETAIN = "Retain"
    REVOKE = "Revoke"


def _exactly_one(*names: str) -> dict[str, str]:
    count = " + ".join(f"(has(self.{name}) ? 1 : 0)" for name in names)
    return rule(f"{count} == 1", _one_of(*names))


def _one_of(*names: str) -> str:
    return f"must have exactly one of {', '.join(names[:-1])} and {names[-1]}"


class SchoolSelector(WireModel):
    """One school to process: exactly one of id, identifier and name."""

    model_config = ConfigDict(
        json_schema_extra=ruled(_exactly_one("id", "identifier", "name"), **{"x-kubernetes-map-type": "atomic"})
    )

    id: Selector | None = None
    """The school's sourcedId in the SIS, as the catalog ConfigMap lists it. The surest of the three."""
    identifier: Selector | None = None
    """The school's identifier in the SIS, such as a state's number for it."""
    name: Selector | None = None
    """The school's name in the SIS. Must name one school only."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for value in (self.id, self.identifier, self.name)) != 1:
            raise ValueError(_one_of("id", "identifier", "name"))
        return self


class CourseMapping(WireModel):
    """One course to process, by exactly one of id, code and name, and its eBooks."""

    model_config = ConfigDict(
        json_schema_extra=ruled(_exactly_one("id", "code", "name"), **{"x-kubernetes-map-type": "atomic"})
    )

    id: Selector | None = None
    """The course's sourcedId in the SIS, as the catalog ConfigMap lists it."""
    code: Selector | None = None
    """The course code in the SIS, such as MA101. Every course that has it is processed."""
    name: Selector | None = None
    """The course's title in the SIS. Every course that has it is processed."""
    ebooks: Annotated[
        tuple[EBookName, ...], Field(min_length=1, max_length=20, json_schema_extra={"x-kubernetes-list-type": "set"})
    ]
    """Names of the EBook resources that the course's students and teachers get: see kubectl get ebooks."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for value in (self.id, self.code, self.name)) != 1:
            raise ValueError(_one_of("id", "code", "name"))
        if len(set(self.ebooks)) != len(self.ebooks):
            raise ValueError("ebooks: must not name an eBook twice; remove the duplicate")
        return self


class Removals(StrEnum):
    """What becomes of removals that no limit holds."""

    APPLY = "Apply"
    HOLD = "Hold"


class RemovalGuard(WireModel):
    """How many licenses a sync, a day and a week may remove without a person's approval. Grants never wait."""

    district_percent: Percent = 10
    """Removals wait if they exceed this percentage of the district's licenses, and the floor."""
    school_percent: Percent = 25
    """A school's removals wait if they exceed this percentage of the school's licenses, and the floor."""
    day_percent: Percent | None = None
    """Removals wait if, with those of the 24 hours before that nobody approved, they exceed this percentage of the
    district's licenses, and the floor; by default as districtPercent."""
    week_percent: Percent | None = None
    """The same of the seven days before; by default as districtPercent."""
    absent_reads: Annotated[int, Field(ge=1, le=7)] = 2
    """Whoever is merely no longer listed loses a license at so many complete readings, hours apart, that all say so.
    What the SIS says in so many words, such as an end date or a deleted row, counts at once, and so does the spec."""
    floor: Annotated[int, Field(ge=0, le=10_000)] = 10
    """So many removals never wait, however small the district or school is."""
    student_removals: Removals = Removals.APPLY
    """Apply: removals of Student editions go on within the limits. Hold: each waits for a person's approval."""
    teacher_removals: Removals = Removals.APPLY
    """The same of Teacher editions, which teachers and aides have."""


class ByHand(WireModel):
    """What people may decide apart from the roster: grants and blocks of single persons."""

    endless: bool = False
    """Whether a grant or a block may have no end. By default each needs one."""


_UNTIL = " until "


class Approval(WireModel):
    """A person's consent to what the guards hold."""

    plan: Annotated[
        str,
        Field(min_length=8, max_length=80),
        Shaped(r"^[a-z0-9]+([:-][a-z0-9]+)*$", "must be the digest of a plan, as status.plan.digest shows it"),
    ]
    """The digest in status.plan.digest of the plan that was seen. Approves the removals of that plan and none beyond,
    so that of a plan that has grown the others wait; or, if the plan waits as a whole, that very plan. It is good for
    one sync, and does no harm when left in place."""
    expires: Time | None = None
    """Until when it is good, such as 2026-12-07T12:00:00Z; by default seven days from the sync that first met it.
    status.approval tells the moment."""

    def as_annotation(self) -> str:
        """`annotated` reads it."""
        return f"{self.plan}{_UNTIL}{self.to_wire()['expires']}" if self.expires is not None else self.plan

    @classmethod
    def annotated(cls, text: str) -> Self | None:
        """The approval that an annotation gives; None if nobody can say what it approves, or until when."""
        plan, _, expires = text.strip().partition(_UNTIL)
        try:
            return cls.model_validate({"plan": plan, "expires": expires} if expires else {"plan": plan})
        except ValidationError:
            return None


_LIVE_SCHOOLS = "must name at least one school before live can be true; status.catalog names the list to choose from"
_LIVE_COURSES = "must name at least one course with its eBooks before live can be true; status.catalog names the list"
_CANARY_SCHOOLS = "must be schools of spec.schools, each by the id, identifier or name that stands there"
_NO_LATE_CANARY = (
    "cannot be added while live is true, because all schools are live already; set live to false first, then add it"
)
_IN_SCHOOLS = (
    "has(self.schools) && self.schools.exists(s, (has(s.id) && s.id == c) || "
    "(has(s.identifier) && s.identifier == c) || (has(s.name) && s.name == c))"
)
_DISTRICT_LIVE = (
    "cannot change while live is true, because licenses belong to the district; set live to false first, then change it"
)


class RosterIntegrationSpec(WireModel):
    """What the district's integration should do. Every setting can be changed at any time."""

    model_config = ConfigDict(
        json_schema_extra=ruled(
            rule("!self.live || (has(self.schools) && size(self.schools) > 0)", _LIVE_SCHOOLS, field_path=".schools"),
            rule("!self.live || (has(self.courses) && size(self.courses) > 0)", _LIVE_COURSES, field_path=".courses"),
            rule(
                "!oldSelf.live || (has(self.district) == has(oldSelf.district) && "
                "(!has(self.district) || self.district == oldSelf.district))",
                _DISTRICT_LIVE,
                field_path=".district",
            ),
            rule(
                f"!has(self.canary) || self.canary.schools.all(c, {_IN_SCHOOLS})",
                _CANARY_SCHOOLS,
                field_path=".canary.schools",
            ),
            rule(
                "!oldSelf.live || !self.live || has(oldSelf.canary) || !has(self.canary)",
                _NO_LATE_CANARY,
                field_path=".canary",
            ),
        )
    )

    live: bool = False
    """False is setup mode: the roster is read, checked and planned, the status shows it, and nothing is written.
    True: the district's eBook licenses become what the roster says, replacing those assigned by other means, but for
    sticky ones."""
    suspend: bool = False
    """True: no sync begins; one that runs is finished. Licenses stay as they are. Deletion still works."""
    interval: Annotated[timedelta, Between("10s", "720h")] = timedelta(hours=24)
    """Time from one sync to the next, such as 24h or 30m. Up to 5 % is taken off, so that districts do not all begin
    at once; status.nextSyncTime says when."""
    schedule: Schedule | None = None
    """At what hours and on which days syncs begin by the clock, in spec.timeZone, at the same minute every day. Without
    it, the interval alone decides."""
    retry_interval: Annotated[timedelta, Between("10s", "24h")] = timedelta(minutes=15)
    """Wait after a sync that failed. Doubles with each further failure, up to interval; a change of the spec or the
    Secret, or a request, is tried at once."""
    timeout: Annotated[timedelta, Between("10s", "24h")] = timedelta(hours=1)
    """How long one sync may take. One that takes longer ends without a change."""
    time_zone: Annotated[
        str,
        Field(min_length=1, max_length=64),
        TimeZoneName(r"^[A-Za-z][A-Za-z0-9_+/-]*$", "must be the IANA name of a time zone, such as America/Chicago"),
    ] = "UTC"
    """The district's time zone, by its IANA name, such as America/Chicago. Decides on which day terms and enrollments
    begin and end, and what the hours of schedule are."""
    terms: Terms | None = None
    """From when to when terms count, and the district's calendar. Without it, terms begin and end by the days that the
    SIS tells."""
    district: (
        Annotated[
            str,
            Field(min_length=1, max_length=63),
            Shaped(
                r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
                "must begin with a letter or digit and hold only letters, digits, dots, underscores and hyphens",
            ),
        ]
        | None
    ) = None
    """Names the district. By default host and path of source.baseURL do; set it when several RosterIntegrations read
    different parts of one server, or when the SIS may move to another URL. Cannot change while live is true."""
    source: RosterSourceSpec
    """The student information system (SIS) that is read."""
    schools: Annotated[
        tuple[SchoolSelector, ...],
        Field(max_length=500, json_schema_extra={"x-kubernetes-list-type": "atomic"}),
    ] = ()
    """Schools to process; all others are left alone. One named twice is processed once. May stay empty in setup mode:
    the first sync then publishes what the SIS offers in the ConfigMap that status.catalog names."""
    canary: Canary | None = None
    """Schools that go live first, while the others stay in setup mode. Absent: all of spec.schools go live at once."""
    courses: Annotated[
        tuple[CourseMapping, ...],
        Field(max_length=500, json_schema_extra={"x-kubernetes-list-type": "atomic"}),
    ] = ()
    """Courses to process, and the eBooks that each brings. A course named by two entries brings the eBooks of both."""
    seats: SeatPools = ()
    """The seats that were bought, in pools; existing licenses stay when they run out, and who comes then waits. An
    edition of an eBook that no pool names has no limit. Without any pool, nothing has."""
    matching: Matching = Matching()
    """How persons of the roster find their existing accounts."""
    guard: RemovalGuard = RemovalGuard()
    """How many licenses one sync may remove without approval."""
    approval: Approval | None = None
    """Approves removals that the guard holds."""
    contacts: Contacts = Contacts()
    """Where those who act are reached: addresses of roles, not of people."""
    by_hand: ByHand = ByHand()
    """What people may decide apart from the roster."""
    deletion_policy: DeletionPolicy = DeletionPolicy.RETAIN
    """What becomes of the licenses when this resource is deleted: Retain leaves them, Revoke ends those that the
    roster gave (sticky ones stay). If they are more than guard.floor, the deletion waits until the annotation
    rostering.cpm.org/revoke-at-most allows so many."""
    snapshot: Snapshot = Snapshot.KEEP
    """Whether the ledger keeps the last complete reading, from which answers are made: Keep holds who is in which
    class, of people a keyed hash and no name, login or id; None holds nothing, and drops what is there."""

    @model_validator(mode="after")
    def _canary_is_of_the_schools(self) -> Self:
        named = {name for entry in self.schools for name in (entry.id, entry.identifier, entry.name)}
        if self.canary is not None and not named.issuperset(self.canary.schools):
            raise ValueError(f"canary.schools: {_CANARY_SCHOOLS}")
        return self

    @model_validator(mode="after")
    def _no_seat_twice(self) -> Self:
        expect_no_overlap(self.seats)
        return self

    @model_validator(mode="after")
    def _live_needs_a_scope(self) -> Self:
        if self.live and not self.schools:
            raise ValueError(f"schools: {_LIVE_SCHOOLS}")
        if self.live and not self.courses:
            raise ValueError(f"courses: {_LIVE_COURSES}")
        return self
