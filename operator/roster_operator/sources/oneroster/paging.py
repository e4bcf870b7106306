"""A section as a `Reading`: swept once, or twice if rows came twice, and how that ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from typing import Final, TypeVar, cast

from roster_operator.errors import (
    ClockSkewed,
    CredentialsRejected,
    SectionNotShared,
    SourceError,
    SourceRateLimited,
)
from roster_operator.sources.oneroster import members
from roster_operator.sources.oneroster.completeness import Unproven, WalkResult
from roster_operator.sources.oneroster.page_walk import PageWalk
from roster_operator.sources.source import Complete, Incomplete, Outcome, Proof

RowT = TypeVar("RowT")

_NOT_A_MATTER_OF_PROOF: Final = (CredentialsRejected, ClockSkewed, SectionNotShared, SourceRateLimited)


def read_section(
    section: str, new_sweep: Callable[[int | None], PageWalk[RowT]], repeats: Callable[[], bool] = lambda: False
) -> Generator[Collection[RowT], None, Outcome]:
    """Yields pages of rows and returns how the reading ended.

    What fails at the first page is raised: nothing of the section was read. Later failures make the reading
    incomplete, except those that somebody must act on.

    While a roster changes, offsets shift, and a row may slip from a page that was not read yet to one that was. A total
    tells, and so does a row that comes twice: then another may not have been seen at all. Where the server names no
    total, nothing tells. So in both cases the section is read once more, in pages of another size, so that what goes
    wrong where pages meet goes wrong elsewhere. If the same rows come, as often, they are all, and those that came
    twice are twice in the SIS; if not, the reading proves nothing. Rows are yielded the first time only, so that
    nobody counts them twice.

    `new_sweep` takes the size of pages, None for the usual one. `repeats` tells whether every answer of the section is
    as it was in an earlier reading, which was whole: then so is this one.
    """
    first: WalkResult | None = None
    sweep = new_sweep(None)
    try:
        first = yield from sweep.run()
        if not first.duplicates and (first.proof is Proof.TOTAL or first.pages == 1):
            return _concluded(section, first, pages=first.pages)
        if repeats():
            return _concluded(section, first, pages=first.pages)
        sweep = new_sweep(max(1, sweep.stride * 2 // 3))
        second = _without_rows(sweep.run_again(first))
    except Unproven as doubt:
        return Incomplete(str(doubt), rows=sweep.rows, pages=sweep.pages)
    except _NOT_A_MATTER_OF_PROOF:
        raise
    except SourceError as error:
        if first is None and sweep.pages == 0:
            raise
        message = f"The {section} were read only in part, {sweep.rows} of them: {error.message}"
        return Incomplete(message, rows=sweep.rows, pages=sweep.pages)
    if (first.distinct, first.rows) != (second.distinct, second.rows):
        came_twice = f"{first.duplicates} came twice, and " if first.duplicates else ""
        return Incomplete(
            f"The {section} changed in the SIS while they were read: {came_twice}reading them again gave others. "
            "It will be tried again.",
            rows=second.rows,
            pages=first.pages + second.pages,
        )
    return _concluded(section, first, pages=first.pages + second.pages)


def _without_rows(pages: Generator[Collection[RowT], None, WalkResult]) -> WalkResult:
    """Run a sweep to its end for what it finds."""
    while True:
        try:
            next(pages)
        except StopIteration as end:
            return cast(WalkResult, end.value)


def _concluded(section: str, swept: WalkResult, *, pages: int) -> Outcome:
    if swept.rows and swept.rejected >= swept.rows:
        return Incomplete(
            f"The SIS sent {swept.rows} {section}, and none of them can be read: they have no sourcedId, or do not "
            "refer to what they must.",
            rows=swept.rows,
            pages=pages,
        )
    if swept.renamed:
        return Incomplete(members.message(section, swept.renamed), rows=swept.rows, pages=pages)
    return Complete(
        proof=swept.proof,
        rows=swept.rows,
        pages=pages,
        rejected=swept.rejected,
        duplicates=swept.duplicates,
        totals=swept.totals,
        links=swept.links,
        largest_page=swept.largest,
    )
