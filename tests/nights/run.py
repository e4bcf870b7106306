"""Many nights of one random district; the first fault ends them."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.nights.breaks import FEW, MANY, WORDS_OF_ROLES
from tests.nights.events import pass_a_day
from tests.nights.judge import Night, faults, faults_of_words
from tests.nights.mishaps import database_away, killed
from tests.nights.oracle import License, due, due_by, is_told
from tests.nights.rows import Tables, tell
from tests.nights.sis import Sis
from tests.nights.stage import Stage
from tests.nights.witness import Books, books_of, overheard
from tests.nights.world import World

LONGEST_SPELL = timedelta(days=5)
"""For which rows may be broken, one or the other: what nobody puts right in a week is how a district is."""
MANY_PEOPLE = 20
"""Of less with a license, no rule of many can say that they are others."""
SUSPENDED = 0.03
"""Of all nights: the operator looks at nothing."""
PATIENCE = 12
"""Nights without a break after which nothing may wait any more."""


class Fault(AssertionError):
    """What is wrong, on which night of which district, and what had happened."""


@dataclass
class Nights:
    """One district, its operator, and what has happened so far."""

    seed: int
    nights: int
    stage: Stage
    world: World
    number: int = 0
    broken_since: date | None = None
    """No night since then was whole."""
    gave: dict[License, set[str]] = field(default_factory=dict)
    """The parts that last gave each license, of those that are not due any more, too."""
    missing_since: dict[License, date] = field(default_factory=dict)
    """Licenses of people who are merely no longer listed: the day of the first applied reading without them."""
    applied_spec: str | None = None
    """What the spec selected at the last reading that was applied."""
    concerned: set[str] = field(default_factory=set)
    """By rows that are broken tonight."""
    clean: bool = True
    seen: Counter[str] = field(default_factory=Counter)
    """How often each thing happened, so that a run can be seen to have tried it."""
    diary: list[str] = field(default_factory=list)

    @property
    def rng(self) -> Random:
        """The one source of chance."""
        return self.world.rng

    def night(self) -> None:
        """A day passes; what the SIS tells of it is read, perhaps badly; and the judge looks."""
        self.number += 1
        happened = pass_a_day(self.world) if self.number > 1 else ["school begins"]
        self.stage.dawn(self.world, jumpy=self.rng.random() < 0.1)
        tables = tell(self.world)
        broken = self._break_rows(tables)
        self.stage.sis.tell(tables)
        if self.rng.random() < 0.15:
            broken.append(self.stage.sis.fail(self.rng))
        self.clean = not broken
        self._note(f"night {self.number}, {self.world.day}: {', '.join([*happened, *broken]) or 'nothing'}")
        if self.rng.random() < SUSPENDED:
            return
        self._mishap()
        outcome = self._sync()
        if outcome == "Held" and self.clean and self.rng.random() < 0.8:
            self.stage.approve()
            outcome = self._sync(approved=True)
        if outcome == "Synced":
            self.broken_since = None if self.clean else self.broken_since

    def heal(self) -> None:
        """Nights without a break, with approvals where the status asks for them: all ends as it should be."""
        self.world.live = True
        for _ in range(PATIENCE):
            self.world.day += timedelta(days=1)
            self.stage.dawn(self.world, jumpy=False)
            self.stage.sis.tell(tell(self.world))
            self.concerned, self.clean = set(), True
            self._note(f"healing, {self.world.day}: nothing")
            if self._sync() == "Synced":
                return
            self.stage.approve()
            if self._sync(approved=True) == "Synced":
                return
        self._fail([f"after {PATIENCE} nights without a break something still waits"])

    def _break_rows(self, tables: Tables) -> list[str]:
        self.concerned = set()
        too_long = self.broken_since is not None and self.world.day - self.broken_since > LONGEST_SPELL
        if too_long or self.rng.random() < 0.6:
            return []
        self.broken_since = self.broken_since or self.world.day
        people = {person for person, _, _ in books_of(self.stage).licenses & due(self.world)}
        some = MANY if len(people) > MANY_PEOPLE and self.rng.random() < 0.15 else FEW
        passed_over = WORDS_OF_ROLES if self.world.plain else ()
        known = [each for each in some if each.__name__ not in passed_over]
        chosen = self.rng.sample(known, 1 if some is MANY else self.rng.choice([1, 1, 2]))
        self.concerned = {person for each in chosen for person in each(tables, self.rng)}
        return [each.__name__ for each in chosen]

    def _mishap(self) -> None:
        """Before the sync of tonight, or instead of it."""
        kind = self.rng.choices(["", "killed", "away", "plan", "released", "overtaken"], [60, 20, 8, 5, 3, 6])[0]
        if kind == "killed":
            self._sync("killed")
        elif kind == "away":
            self._sync("away")
        elif kind == "plan":
            self._sync("plan")
        elif kind == "released":
            self._note("    released: and made again")
            self.stage.release_and_take_back()
        elif kind == "overtaken" and isinstance(self.stage.sis, Sis) and self.clean:
            self._overtaken(self.stage.sis)

    def _overtaken(self, sis: Sis) -> None:
        """Somebody comes and somebody leaves while a sync runs, and another one is quicker."""
        stale = copy.deepcopy(sis.tables)
        pass_a_day(self.world)
        sis.tell(stale)
        self._note("    overtaken: by another sync")
        self.stage.dawn(self.world, jumpy=False)
        before = books_of(self.stage)
        for result in self.stage.overtaken(tell(self.world), self.rng.randint(1, 30)):
            after = books_of(self.stage)
            outcome = str(result.outcome)
            self._judge(outcome if outcome != "Failed" else "Planned", before, after, approved=False)
            before = after

    def _sync(self, how: str = "", *, approved: bool = False) -> str:
        before = books_of(self.stage)
        statement = self.rng.randint(0, 70)
        with overheard() as log:
            if how == "killed":
                outcome = "killed" if killed(self.stage, statement) else "Held"
            elif how == "away":
                with database_away(statement):
                    outcome = str(self.stage.reconcile().outcome)
            else:
                outcome = self.stage.settled(plan_only=how == "plan")
        words = [] if how == "killed" else list(faults_of_words(outcome, self.stage.status, log))
        clean, self.clean = self.clean, self.clean and how not in {"killed", "away"}
        self._judge(outcome, before, books_of(self.stage), approved=approved, words=words)
        self.clean = clean
        return outcome

    def _judge(self, outcome: str, before: Books, after: Books, *, approved: bool, words: Iterable[str] = ()) -> None:
        self.seen[outcome] += 1
        changed = f"+{len(after.licenses - before.licenses)} -{len(before.licenses - after.licenses)}"
        self._note(f"    {'approved, ' if approved else ''}{outcome} {changed} {self._why()}")
        logins = {person.id: person.login for person in self.world.people.values()}
        missing = self._missing(before, outcome)
        night = Night(
            due(self.world),
            outcome,
            logins,
            self.concerned,
            missing,
            self.applied_spec in (None, self._selected()),
            approved=approved,
            clean=self.clean,
        )
        if outcome in {"Synced", "Held"}:
            self.applied_spec = self._selected()
        self._fail([*faults(night, before, after), *words])

    def _selected(self) -> str:
        world = self.world
        return str((sorted(world.chosen_schools), sorted(world.chosen_courses), sorted(world.books.items())))

    def _missing(self, before: Books, outcome: str) -> set[License]:
        """Licenses of people who are merely no longer listed, and were so at no reading of an earlier day."""
        world = self.world
        now = due_by(world)
        self.gave |= now
        absent = {
            one
            for one in before.licenses - set(now)
            if any(not is_told(world, part) for part in self.gave.get(one, ()))
        }
        self.missing_since = {one: day for one, day in self.missing_since.items() if one in absent}
        if outcome in {"Synced", "Held"} and self.clean:
            for one in absent:
                self.missing_since.setdefault(one, world.day)
        return {one for one in absent if self.missing_since.get(one, world.day) == world.day}

    def _fail(self, wrong: list[str]) -> None:
        if wrong:
            said = "\n".join([*self.diary[-12:], *(f"FAULT: {each}" for each in wrong)])
            again = f"make nights SEED={self.seed} N={self.nights}"
            raise Fault(f"{self.stage.kind}, seed {self.seed}, night {self.number}; again: {again}\n{said}")

    def _why(self) -> str:
        ready = [c for c in self.stage.status.get("conditions", []) if c["type"] == "Ready"]
        return f"({ready[0]['reason']}: {ready[0]['message'][:300]})" if ready and ready[0]["status"] != "True" else ""

    def _note(self, line: str) -> None:
        self.diary.append(line)
        for event in line.partition(": ")[2].split(", "):
            self.seen[event] += 1
