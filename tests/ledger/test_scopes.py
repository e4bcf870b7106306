"""Which classes were in scope is kept by syncs by which nothing waits."""

from __future__ import annotations

from collections.abc import Sequence

from tests.ledger.books import Books, gone, person, run

from roster_operator.licensing.models import Hold, PersonChange

EVERYTHING = Hold(everything=True)


def keep(books: Books, classes: bytes, changes: Sequence[PersonChange] = (), hold: Hold | None = None) -> None:
    with books.session() as session:
        session.stage(changes)
        session.plan()
        session.keep_scope(classes)
        session.apply(run(), hold or Hold())


def kept(books: Books) -> bytes:
    return books.ledger.scope(books.district())


def test_the_classes_of_the_last_sync_that_kept_them_are_there_for_the_next(books: Books) -> None:
    assert kept(books) == b""
    keep(books, b"\xff\x00ab", [person("a")])
    books.stage([person("b")])
    assert kept(books) == b"\xff\x00ab"
    keep(books, b"cd")
    assert kept(books) == b"cd"


def test_while_removals_wait_they_stay_as_they_were(books: Books) -> None:
    keep(books, b"ab", [person("a")])
    keep(books, b"cd", [gone("a")], EVERYTHING)
    assert kept(books) == b"ab"
    keep(books, b"cd")
    assert kept(books) == b"cd"


def test_they_outlast_the_resource(books: Books) -> None:
    keep(books, b"ab", [person("a")])
    books.ledger.release(books.claim.owner, revoke=False, run=run())
    assert kept(books) == b"ab"
