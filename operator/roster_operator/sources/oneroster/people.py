"""Reading the persons of a server: all of them, or some by their identifiers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final, cast

from roster_operator.errors import SectionNotShared, SourceError
from roster_operator.roster.models import Person
from roster_operator.sources.failures import RouteMissing
from roster_operator.sources.oneroster.client import OneRosterClient, no_section
from roster_operator.sources.oneroster.fetching import Fetcher, Pages
from roster_operator.sources.source import Complete, Incomplete, Outcome, Proof, Section
from roster_operator.sources.workers import Workers

_SINGLY: Final = 200
"""Up to so many persons are asked for one by one; more are picked from the list of all users."""
_USERS: Final = "users"
_PROOFS: Final = (Proof.EMPTY_PAGE, Proof.LAST_LINK, Proof.TOTAL)
"""From the least telling on."""


class People:
    """Of one source; used by the thread that drives it."""

    def __init__(self, client: OneRosterClient, workers: Workers, fetcher: Fetcher) -> None:
        """Nobody is known yet."""
        self._client = client
        self._workers = workers
        self._fetcher = fetcher
        self._known_user = ""
        """One that the server has, to tell whether it can be asked for single users."""
        self._everybody_was: Complete | None = None
        """How the reading of all users ended, if there was one and it was whole."""

    def everyone(self) -> Pages[Person]:
        """Every teacher and student; everybody, if the server does not tell them apart."""
        return self._as_of_today(self._teachers_and_students())

    def with_ids(self, ids: Collection[str]) -> Pages[Person]:
        """Those of them whom the server knows."""
        wanted = frozenset(ids)
        few = len(wanted) <= _SINGLY
        return self._as_of_today(self._one_by_one(sorted(wanted)) if few else self._picked(wanted))

    def _as_of_today(self, pages: Pages[Person]) -> Pages[Person]:
        """The same, with the day on which a role begins or ends."""
        outcome = yield from pages
        if isinstance(outcome, Incomplete):
            return outcome
        return replace(outcome, next_change=self._client.next_role_change)

    def _teachers_and_students(self) -> Pages[Person]:
        outcomes: list[Complete] = []
        for section in (Section.TEACHERS, Section.STUDENTS):
            route = self._client.routes.sections[section][0]
            if route.path == _USERS:
                return (yield from self._everybody(section))
            try:
                outcome = yield from self._remembering(self._fetcher.read(section, route))
            except RouteMissing:
                return (yield from self._everybody(section))
            if isinstance(outcome, Incomplete):
                return outcome
            outcomes.append(outcome)
        return _joined(outcomes)

    def _everybody(self, section: Section) -> Pages[Person]:
        self._fetcher.ahead.end_with(_USERS)
        try:
            outcome = yield from self._remembering(self._fetcher.read(_USERS, self._client.routes.users))
        except RouteMissing as missing:
            raise no_section(self._client, section, missing) from None
        self._everybody_was = outcome if isinstance(outcome, Complete) else None
        return outcome

    def _remembering(self, pages: Pages[Person]) -> Pages[Person]:
        try:
            page = next(pages)
            while True:
                if page:
                    self._known_user = next(iter(page)).id
                yield page
                page = next(pages)
        except StopIteration as end:
            return cast(Outcome, end.value)

    def _one_by_one(self, ids: list[str]) -> Pages[Person]:
        found = 0
        asked = 0
        try:
            for person in self._workers.each(self._client.user, ((identifier, _USERS) for identifier in ids)):
                asked += 1
                found += len(person)
                if person:
                    yield person
            if ids and not found and not self._answers_single_users():
                return (yield from self._picked(frozenset(ids)))
        except (SourceError, SectionNotShared) as error:
            if isinstance(error, SectionNotShared) or asked == 0:
                raise
            return Incomplete(f"The users were read only in part, {asked} of {len(ids)}: {error.message}", rows=found)
        return Complete(Proof.TOTAL, rows=found, pages=asked)

    def _answers_single_users(self) -> bool:
        """Whether 404 means that a person is not there, and not that the server lacks the route."""
        if not self._known_user:
            return False
        return bool(self._workers.run(self._client.user, self._known_user, _USERS))

    def _picked(self, wanted: frozenset[str]) -> Pages[Person]:
        if self._everybody_was is not None:  # and they were not among them
            return replace(self._everybody_was, rows=0, pages=0, rejected=0, duplicates=0)
        pages = self._everybody(Section.TEACHERS)
        try:
            while True:
                yield [person for person in next(pages) if person.id in wanted]
        except StopIteration as end:
            return cast(Outcome, end.value)


def _joined(outcomes: list[Complete]) -> Complete:
    """Several readings as one; its proof is the least telling of theirs."""
    return Complete(
        proof=min((outcome.proof for outcome in outcomes), key=_PROOFS.index),
        rows=sum(outcome.rows for outcome in outcomes),
        pages=sum(outcome.pages for outcome in outcomes),
        rejected=sum(outcome.rejected for outcome in outcomes),
        duplicates=sum(outcome.duplicates for outcome in outcomes),
        totals=all(outcome.totals for outcome in outcomes),
        links=all(outcome.links for outcome in outcomes),
        largest_page=max(outcome.largest_page for outcome in outcomes),
    )
