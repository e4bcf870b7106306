"""What changed in the enrollments of a server since a time: a filter, and a look at each row whether it was heeded.

Servers ignore filters and send everything, or refuse them. What comes is never taken on trust: a row that is older
than asked for, or without a time, shows that the question was not understood.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from datetime import datetime
from typing import Final, cast

from roster_operator.api.v1alpha1.choices import EndDates
from roster_operator.errors import SectionNotShared
from roster_operator.roster.models import Enrollment
from roster_operator.sources.capabilities import ChangesNotTold, Dates, FilterSupport
from roster_operator.sources.failures import STATUS_FAILURES
from roster_operator.sources.oneroster.dated import TOLERANCE, Dated, enrollments_of, spelled
from roster_operator.sources.source import Outcome

REFUSALS: Final = (*STATUS_FAILURES, SectionNotShared)
"""How servers say no to a parameter that they do not know: HTTP 400, 403, 404, 5xx."""


def changed_since(when: datetime) -> str:
    """The filter for rows that changed after a time."""
    return f"dateLastModified>'{spelled(when)}'"


def only_changed(
    pages: Generator[Collection[Dated], None, Outcome], since: datetime, where: str, *, ends: EndDates
) -> Generator[Collection[Enrollment], None, Outcome]:
    """The enrollments of a filtered reading; raises `ChangesNotTold` at the first that should not be there.

    `ends`: what their ends mean.
    """
    try:
        page = next(pages)
        while True:
            for row in page:
                _check(row, since, where)
            yield enrollments_of(page, ends)
            page = next(pages)
    except StopIteration as end:
        return cast(Outcome, end.value)
    except REFUSALS as refusal:
        raise ChangesNotTold(
            f"{where} refuses to tell which enrollments changed: {refusal.message}", FilterSupport.REFUSED
        ) from None


def _check(row: Dated, since: datetime, where: str) -> None:
    if row.changed is None:
        raise ChangesNotTold(f"{where} sends enrollments without a time of their last change.", Dates.EMPTY)
    if row.changed < since - TOLERANCE:
        raise ChangesNotTold(
            f"{where} was asked for enrollments that changed, and sends older ones too.", FilterSupport.IGNORED
        )
