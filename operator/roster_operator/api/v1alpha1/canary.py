"""Going live at some schools first: `spec.canary`, and what the status says of it."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from roster_operator.api.v1alpha1.schedule import Day
from roster_operator.api.v1alpha1.selectors import Selector
from roster_operator.api.wire import Count, Remark, WireModel, Word

_NO_SCHOOL_TWICE: Final = "must not name a school twice"


class Canary(WireModel):
    """Schools that go live first. All others of spec.schools are read, checked and planned, and nothing of them is
    written until the canary is promoted."""

    schools: Annotated[
        tuple[Selector, ...], Field(min_length=1, max_length=20, json_schema_extra={"x-kubernetes-list-type": "set"})
    ]
    """The schools that go live first, each by the id, identifier or name that stands in spec.schools. Whoever is at one
    of them is live with all that the roster gives them, at other schools of the spec too."""
    promote_after: Annotated[int, Field(ge=1, le=30)] | None = None
    """After so many days with a sync by which nothing waits, all schools go live with the next sync. Absent: when you
    remove the canary."""

    @model_validator(mode="after")
    def _no_school_twice(self) -> Self:
        if len(set(self.schools)) != len(self.schools):
            raise ValueError(f"schools: {_NO_SCHOOL_TWICE}")
        return self


class CanaryStatus(WireModel):
    """How far spec.canary has come."""

    nights: Count = 0
    """Days with a healthy sync since its schools went live."""
    promoted_on: Day | None = None
    """Since when all schools are live. Absent until then."""
    grants: Count | None = None
    """Licenses that promotion would grant."""
    revocations: Count | None = None
    """Licenses that it would remove."""
    held: Count | None = None
    """Of these changes, those that would wait for approval."""
    digest: Word | None = None
    """Of what it would remove: set spec.approval.plan to it in the same change that removes the canary."""
    message: Remark
    """The same in words, and who does what."""
