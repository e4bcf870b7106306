"""Whatever rosters come one after the other, the ledger is what the last one says."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.ledger_harness import ALGEBRA, CALCULUS, GEOMETRY, Books, Synced, person

from roster_operator.licensing.models import Applied, Claim, Edition, Entitlement, Hold, PersonChange

pytestmark = pytest.mark.slow

SCHOOLS = ("north", "south")
TEACHING = Entitlement("statistics", Edition.TEACHER)
HOLDS = [
    Hold(),
    Hold(),
    Hold(everything=True),
    Hold(schools=frozenset({"north"})),
    Hold(editions=frozenset({Edition.TEACHER})),
]

_numbers = itertools.count()


@st.composite
def people(draw: st.DrawFn, logins: st.SearchStrategy[str] | None) -> PersonChange:
    """Somebody out of six; with `logins`, logins come and go between them."""
    key = draw(st.sampled_from("abcdef"))
    return person(
        key,
        *draw(st.lists(st.sampled_from([ALGEBRA, GEOMETRY, CALCULUS, TEACHING]), min_size=1, unique=True)),
        username=key if logins is None else draw(logins),
        email="" if logins is None else draw(logins),
        schools=tuple(draw(st.lists(st.sampled_from(SCHOOLS), min_size=1, unique=True))),
    )


def rosters(logins: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[list[PersonChange]]:
    return st.lists(people(logins), max_size=6, unique_by=lambda who: who.key)


@dataclass(frozen=True)
class Step:
    """One sync of a whole roster, or a sticky license given in between."""

    roster: list[PersonChange]
    live: bool = True
    hold: Hold = HOLDS[0]
    sticky: tuple[str, Entitlement] | None = None


def steps(logins: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[list[Step]]:
    sticky = st.none() | st.tuples(st.sampled_from("abcdef"), st.sampled_from([ALGEBRA, CALCULUS]))
    step = st.builds(Step, rosters(logins), st.booleans() | st.just(True), st.sampled_from(HOLDS), sticky)
    return st.lists(step, min_size=1, max_size=6)


SHARED = st.sampled_from(["", "x", "y", "z"])


@contextmanager
def fresh(books: Books) -> Iterator[Books]:
    """A district of its own in the same ledger."""
    name = f"d{next(_numbers)}-{uuid.uuid4().hex}"
    district = Books(books.url, Claim(f"districts/{name}", f"{name}.example"))
    yield district
    district.close()


def give_sticky(books: Books, step: Step) -> tuple[str, str] | None:
    """To an account of that sourcedId, if there is one; what was given to whom."""
    if step.sticky is None:
        return None
    key, entitlement = step.sticky
    found = books.rows(f"SELECT id FROM accounts WHERE sourced_id = '{key}' AND district_id = {books.district_id}")
    if not found:
        return None
    books.make_sticky(key, entitlement)
    return key, entitlement.ebook


def holdings(books: Books, origin: str = "%") -> set[tuple[str, str]]:
    district = books.district().id
    if district is None:
        return set()
    return set(
        books.rows(f"""
            SELECT sourced_id, ebook FROM licenses JOIN accounts ON accounts.id = licenses.account_id
             WHERE licenses.district_id = {district} AND origin LIKE '{origin}'
        """)
    )


def entitled(roster: list[PersonChange]) -> set[tuple[str, str]]:
    return {(who.key, entitlement.ebook) for who in roster for entitlement in who.entitlements}


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """One ledger on SQLite for all examples; each is a district of its own."""
    folder: Path = tmp_path_factory.mktemp("sequences")
    books = Books(f"sqlite:///{folder / 'ledger.sqlite'}")
    yield books
    books.close()


def thorough(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


@given(steps(), rosters())
@thorough(60)
def test_in_the_end_everybody_has_what_the_roster_gives_and_what_is_sticky(
    everybody: Books, before: list[Step], last: list[PersonChange]
) -> None:
    with fresh(everybody) as books:
        books.sync([])
        for step in before:
            books.sync(step.roster, live=step.live, hold=step.hold)
            give_sticky(books, step)
        sticky = holdings(books, "Sticky")
        assert books.sync(last).plan.conflicts == 0
        assert holdings(books) == entitled(last) | sticky
        assert holdings(books, "Sticky") == sticky
        assert books.changes(last) == []
        assert books.sync(last).applied == Applied()


@given(steps(SHARED))
@thorough(60)
def test_with_logins_that_clash_nobody_shares_one_and_all_others_are_as_the_roster_says(
    everybody: Books, sequence: list[Step]
) -> None:
    with fresh(everybody) as books:
        for step in sequence:
            before = holdings(books)
            synced = books.sync(step.roster)
            refused = {who.key for who in books.changes(step.roster) if not who.gone}
            spared = {who.key for who in books.changes(step.roster) if who.gone}
            assert synced.plan.conflicts == len(refused)
            placed = [who for who in step.roster if who.key not in refused]
            untouched = {held for held in before if held[0] in refused | spared}
            if synced.plan.rekey is None:  # else accounts go to whom logins say they belong, which has tests of its own
                assert holdings(books) == entitled(placed) | untouched
            assert no_login_is_shared(books)


def no_login_is_shared(books: Books) -> bool:
    logins = [
        username
        for (username,) in books.rows(f"SELECT username_key FROM accounts WHERE district_id = {books.district_id}")
        if username
    ]
    return len(logins) == len(set(logins))


@given(steps(SHARED))
@thorough(60)
def test_the_journal_replays_to_the_licenses(everybody: Books, sequence: list[Step]) -> None:
    with fresh(everybody) as books:
        books.sync([])
        given: set[tuple[str, str]] = set()
        for step in sequence:
            books.sync(step.roster, live=step.live, hold=step.hold)
            if (sticky := give_sticky(books, step)) is not None:
                given.add(sticky)
        held: set[tuple[str, str]] = set()
        entries = books.rows(f"""
            SELECT sourced_id, ebook, change FROM license_changes JOIN accounts ON accounts.id = account
             WHERE district = {books.district_id} ORDER BY position
        """)
        for key, ebook, change in entries:
            if change == "Granted":
                assert (key, ebook) not in held
                held.add((key, ebook))
            else:
                held.remove((key, ebook))
        assert held | given == holdings(books)


@given(steps(SHARED))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_both_databases_decide_alike(everybody: Books, postgres_url: str, sequence: list[Step]) -> None:
    with fresh(everybody) as here, fresh(Books(postgres_url)) as there:
        for books in (here, there):
            books.sync([])
        for step in sequence:
            one, other = (books.sync(step.roster, live=step.live, hold=step.hold) for books in (here, there))
            assert without_digest(one) == without_digest(other)
            assert holdings(here) == holdings(there)
            for books in (here, there):
                give_sticky(books, step)


def without_digest(synced: Synced) -> Synced:
    """Digests are of numbers of accounts, and PostgreSQL gives no number again that a transaction did not keep."""
    rekey = synced.plan.rekey and replace(synced.plan.rekey, digest="")
    return replace(synced, plan=replace(synced.plan, digest="", rekey=rekey))
