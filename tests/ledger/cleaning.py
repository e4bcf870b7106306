"""Clean-ups as tests order them, and a look at what they concern."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from tests.ledger.ledger_harness import Books

from roster_operator.ledger.cleanup import open_cleanup
from roster_operator.ledger.cleanup.interface import CleanedUp, CleanupOrder, Objection
from roster_operator.ledger.undo import open_undo
from roster_operator.ledger.undo.interface import Undone, UndoOrder
from roster_operator.licensing.clean_logins import PLAIN, CleanRules

NEW_DOMAIN = CleanRules(domains=(("old.example", "new.example"),))
WHAT_COMES_BACK = ("accounts", "licenses", "overrides")


def order(books: Books, rules: CleanRules = PLAIN) -> CleanupOrder:
    run_id = str(uuid.uuid4())
    return CleanupOrder(books.district_id, rules, run_id, "ann@example.org", "os", "before going live", now())


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def shown(books: Books, rules: CleanRules = PLAIN) -> CleanedUp:
    ledger = open_cleanup(books.url)
    try:
        return ledger.clean_up(order(books, rules), digest="")
    finally:
        ledger.close()


def cleaned(books: Books, rules: CleanRules = PLAIN) -> str:
    """The run by which it was done."""
    ordered, ledger = order(books, rules), open_cleanup(books.url)
    try:
        planned = ledger.clean_up(ordered, digest="")
        assert ledger.clean_up(ordered, digest=planned.digest) == planned
    finally:
        ledger.close()
    return ordered.by_run


def undone(books: Books, run_id: str) -> Undone:
    asked = UndoOrder(books.district_id, run_id, str(uuid.uuid4()), "bob@example.org", "a mistake", now(), "{}")
    ledger = open_undo(books.url)
    try:
        return ledger.undo(asked, digest=ledger.undo(asked, digest="").digest)
    finally:
        ledger.close()


def what_was(books: Books) -> dict[str, list[Any]]:
    """Accounts, licenses and decisions, row for row."""
    dump = books.dump()
    return {table: dump[table] for table in WHAT_COMES_BACK}


def left_out(books: Books, rules: CleanRules = PLAIN) -> dict[int, Objection]:
    """Accounts by their numbers."""
    ledger = open_cleanup(books.url)
    try:
        found = ledger.one_by_one(order(books, rules), limit=1000, offset=0)
    finally:
        ledger.close()
    return {each.account: each.objection for each in found.listed if each.objection}


def logins(books: Books) -> list[tuple[Any, ...]]:
    return books.rows("SELECT id, username, email, identifier FROM accounts ORDER BY id")


def identify(books: Books, **numbers: str) -> None:
    """Give accounts student numbers, by their usernames."""
    for username, number in numbers.items():
        books.write("UPDATE accounts SET identifier = :number WHERE username = :name", number=number, name=username)
