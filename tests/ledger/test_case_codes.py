"""A case code is good for an hour, for every console with the key, and the ledger alone names nobody by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.ledger.ledger_harness import Books

from roster_operator.clock import FixedClock
from roster_operator.console.cases import ALPHABET, GOOD_FOR, Cases
from roster_operator.ledger import engine
from roster_operator.ledger.cases import open_cases
from roster_operator.ledger.cases.interface import CaseLedger
from roster_operator.operations.ports import DistrictName

DISTRICT = DistrictName("springfield", "districts")
NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@pytest.fixture
def kept(books: Books) -> Iterator[CaseLedger]:
    ledger = open_cases(books.url)
    yield ledger
    ledger.close()


def cases(kept: CaseLedger, clock: FixedClock, key: bytes = b"k" * 32) -> Cases:
    return Cases(kept, lambda: key, clock)


def test_a_code_is_good_for_an_hour_and_known_to_all_with_the_key(kept: CaseLedger) -> None:
    clock = FixedClock(NOW)
    code, until = cases(kept, clock).make(DISTRICT, "zebrafish", "algebra")
    assert len(code) == 6
    assert set(code) <= set(ALPHABET)
    assert until == NOW + GOOD_FOR
    other = cases(kept, clock)
    assert other.find(code) == (DISTRICT, "zebrafish", "algebra")
    assert cases(kept, clock, b"o" * 32).find(code) is None
    clock.advance(GOOD_FOR)
    assert other.find(code) is None


def test_what_it_stands_for_is_sealed_and_gone_with_the_next_code_after_its_hour(
    books: Books, kept: CaseLedger
) -> None:
    clock = FixedClock(NOW)
    made = cases(kept, clock)
    made.make(DISTRICT, "zebrafish", "")
    made.make(DISTRICT, "zebrafish", "")
    rows = books.rows("SELECT code, told FROM case_codes")
    assert len(rows) == 2
    assert "zebrafish" not in str(rows)
    assert "springfield" not in str(rows)
    clock.advance(GOOD_FOR + timedelta(seconds=1))
    last, _ = made.make(DISTRICT, "another", "")
    assert books.rows("SELECT code FROM case_codes") == [(last,)]


def test_a_code_that_is_taken_stays_whose_it_is(kept: CaseLedger) -> None:
    until = NOW + GOOD_FOR
    assert kept.keep("K7MX2P", "one", now=NOW, until=until)
    assert not kept.keep("K7MX2P", "other", now=NOW, until=until)
    assert kept.find("K7MX2P", NOW) == "one"
    assert kept.find("K7MX2P", until) is None
    assert kept.keep("K7MX2P", "other", now=until, until=until + GOOD_FOR)


def test_a_code_is_found_while_somebody_writes_the_ledger(books: Books, kept: CaseLedger) -> None:
    until = NOW + GOOD_FOR
    kept.keep("K7MX2P", "one", now=NOW, until=until)
    writers = engine.create(engine.parse_url(books.url), 1, 1.0)
    with writers.connect() as connection:
        engine.begin_writing(connection)
        assert kept.find("K7MX2P", NOW) == "one"
    writers.dispose()
