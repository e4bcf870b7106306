"""Accounts from before are found though the district's source is not written as the operator writes it."""

from __future__ import annotations

import pytest
from tests.ledger.ledger_harness import ALGEBRA, CLAIM, Books, person

from roster_operator.errors import DistrictConflict
from roster_operator.licensing.models import Applied, Claim

HOST, PATH = CLAIM.source.split("/")


def imported(books: Books, source: str) -> None:
    """One account from before, in a district whose source somebody has written."""
    books.account("ann", held=(ALGEBRA,))
    books.write("UPDATE districts SET source = :source", source=source)


@pytest.mark.parametrize(
    "source",
    [
        f"https://{HOST}/{PATH}",
        f"HTTPS://{HOST.upper()}:443/{PATH}/",
        f"http://{HOST}:80/{PATH}",
        f"{HOST}:443/{PATH}",
        f" {HOST.title()}/{PATH}/ ",
        f"https://{HOST}/{PATH}/ims/oneroster/v1p1",
        f"https://{HOST}/{PATH}/ims/oneroster/v1p1/",
    ],
)
def test_a_source_that_says_the_same_is_recognised(books: Books, source: str) -> None:
    imported(books, source)
    assert books.sync([person("ann")]).applied == Applied()
    assert books.licenses() == {("ann", "algebra", "Roster")}
    assert books.rows("SELECT source FROM districts") == [(CLAIM.source,)]


@pytest.mark.parametrize(
    "source",
    [f"{HOST}:8443/{PATH}", f"{HOST}/{PATH.upper()}", f"https://{HOST}:8443/{PATH}/", f"district:{HOST}/{PATH}"],
)
def test_a_source_that_may_mean_the_same_is_asked_about(books: Books, source: str) -> None:
    imported(books, source)
    before = books.dump()
    with pytest.raises(DistrictConflict, match=f"write exactly {CLAIM.source}") as told:
        books.district()
    assert source not in told.value.message
    assert books.dump() == before
    books.write("UPDATE districts SET source = :source", source=CLAIM.source)
    assert books.sync([person("ann")]).applied == Applied()


def test_of_several_that_say_the_same_none_is_chosen(books: Books) -> None:
    imported(books, f"https://{HOST}/{PATH}")
    books.account("bob")
    books.write("UPDATE districts SET source = :source WHERE source = :was", source=f"{HOST}/{PATH}/", was=CLAIM.source)
    with pytest.raises(DistrictConflict, match="several"):
        books.district()


@pytest.mark.parametrize(
    "source", ["another.example/aeries", f"{HOST}/other", HOST, f"not-{HOST}/{PATH}", "district:springfield"]
)
def test_another_district_is_another_district(books: Books, source: str) -> None:
    imported(books, source)
    assert books.district().id is None


def test_a_name_is_written_as_it_is(books: Books) -> None:
    imported(books, "Springfield")
    with pytest.raises(DistrictConflict, match="write exactly district:springfield"):
        books.ledger.district(Claim(CLAIM.owner, "district:springfield"))


def test_what_is_another_namespaces_or_was_live_before_is_left_alone(books: Books) -> None:
    imported(books, f"https://{HOST}/{PATH}")
    books.write("UPDATE districts SET namespace = 'others'")
    assert books.district().id is None
    books.write("UPDATE districts SET namespace = NULL, version = 3")
    assert books.district().id is None
