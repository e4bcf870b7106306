"""What may be different after a night, and what must be. The judge knows what is due, and nothing of the operator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from tests.nights.oracle import License
from tests.nights.witness import Books, personal

FLOOR, PERCENT = 10, 10
"""Of the guard as the API has it by default: so many removals never wait, and above that no more than a part."""
_MAY_WRITE = {"Synced", "Held", "killed"}
_SAYS_WHO = re.compile(r"\b(?:District|Publisher|Platform|Nobody)\b|tried again|run again|runs again")


@dataclass(frozen=True)
class Night:
    """How a night went, for the judge."""

    due: Set[License]
    outcome: str
    logins: Mapping[str, str]
    """Of everybody, today."""
    concerned: Set[str] = field(default_factory=frozenset)
    """By rows that were broken."""
    missing: Set[License] = field(default_factory=frozenset)
    """Of those that are not due: of which no more is told than that somebody is not listed, for the first time."""
    same_spec: bool = True
    """As at the last reading that was applied: what it selects no more goes at once."""
    approved: bool = False
    clean: bool = True
    """Nothing was broken, and nothing failed."""


def faults(night: Night, before: Books, after: Books) -> Iterator[str]:
    """Everything that is wrong with the licenses; nothing, if all is well."""
    granted, removed = after.licenses - before.licenses, before.licenses - after.licenses
    if wrong := granted - night.due:
        yield f"granted to who is not entitled: {_some(wrong)}"
    if wrong := removed & night.due:
        yield f"taken from who is entitled: {_some(wrong)}"
    if night.clean and night.same_spec and not night.approved and (wrong := removed & night.missing):
        yield f"taken because one reading does not have them: {_some(wrong)}"
    if night.outcome not in _MAY_WRITE and before != after:
        yield f"{night.outcome}, and {len(granted)} were granted and {len(removed)} removed"
    if not night.approved and len(removed) > max(FLOOR, len(before.licenses) * PERCENT // 100):
        yield f"{len(removed)} of {len(before.licenses)} were removed and nobody was asked"
    if night.outcome == "Synced":
        wrong = (after.licenses - night.missing) ^ (night.due - night.missing)
        if differs := {one for one in wrong if one[0] not in night.concerned}:
            yield f"not as it should be after a sync that had nothing to say: {_some(differs)}"
        if night.clean:
            yield from _logins(night, after)
    elif night.clean and night.outcome not in {"Held", "killed", "Planned"}:
        yield f"nothing was wrong, and it ended as {night.outcome}"
    yield from _of_the_books(before, after)


def _logins(night: Night, after: Books) -> Iterator[str]:
    """Whoever has a license has the account with today's login."""
    for person in {person for person, _, _ in night.due}:
        if after.accounts[person][1] != night.logins[person]:
            yield f"the account of {person} has a login from before"


def _of_the_books(before: Books, after: Books) -> Iterator[str]:
    """The journal tells of every license, and an account stays that of its person."""
    held: set[License] = set()
    for change, what in after.changes:
        if (what in held) == (change == "Granted"):
            yield f"the journal says twice: {change} {what}"
        (held.add if change == "Granted" else held.discard)(what)
    if held != after.licenses:
        yield f"the journal and the licenses differ: {_some(held ^ after.licenses)}"
    if after.changes[: len(before.changes)] != before.changes:
        yield "what was in the journal has changed"
    for person, (number, _) in before.accounts.items():
        if person not in after.accounts or after.accounts[person][0] != number:
            yield f"the account of {person} is another one"


def faults_of_words(outcome: str, status: Mapping[str, Any], log: list[str]) -> Iterator[str]:
    """Nobody's data is in what is said, and what waits or fails says who acts."""
    for where, text in (("status", str(status)), ("log", "\n".join(log))):
        if found := personal(text):
            yield f"the {where} says: {found}"
    conditions = {condition["type"]: condition for condition in status.get("conditions", [])}
    ready = conditions.get("Ready", {"status": "Unknown", "message": ""})
    if outcome in {"Held", "Incomplete", "InvalidInput", "Failed"}:
        if ready["status"] != "False":
            yield f"{outcome}, and Ready is {ready['status']}"
        if not _SAYS_WHO.search(ready["message"]):
            yield f"{outcome}, and nobody is told to act: {ready['message']}"
    if (outcome == "Held") != ("Held" in conditions) and outcome in {"Held", "Synced"}:
        yield f"{outcome}, and the condition Held says otherwise"


def _some(licenses: Set[License]) -> str:
    return f"{len(licenses)}, such as {sorted(licenses)[:3]}"
