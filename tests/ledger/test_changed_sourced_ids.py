"""A SIS that changes every sourcedId, as with a new version of OneRoster, costs nobody a license."""

from __future__ import annotations

from tests.ledger.ledger_harness import ALGEBRA, CALCULUS, GEOMETRY, Books, person

from roster_operator.licensing.models import Applied, PersonChange

MANY = 12


def roster(prefix: str, count: int = MANY) -> list[PersonChange]:
    return [person(f"{prefix}{n}", username=f"user{n}", identifier=str(n)) for n in range(count)]


def without_number(prefix: str, count: int = MANY) -> list[PersonChange]:
    return [person(f"{prefix}{n}", username=f"user{n}") for n in range(count)]


def test_everybody_keeps_account_and_licenses(books: Books) -> None:
    books.sync(roster("old-"))
    held = books.licenses()
    accounts = books.rows("SELECT id, username FROM accounts ORDER BY id")
    synced = books.sync(roster("new-"))
    assert synced.applied == Applied()
    assert (synced.plan.conflicts, synced.plan.accounts_created, synced.plan.accounts_linked) == (0, 0, MANY)
    assert books.licenses() == held
    assert books.rows("SELECT id, username FROM accounts ORDER BY id") == accounts
    assert books.links() == {f"user{n}": f"new-{n}" for n in range(MANY)}
    assert books.changes(roster("new-")) == [], "what is known of them is known by the new ids"
    assert not books.sync(roster("new-")).plan.rekeyed


def test_who_has_no_username_is_found_by_email(books: Books) -> None:
    def by_email(prefix: str) -> list[PersonChange]:
        return [person(f"{prefix}{n}", username="", email=f"user{n}@d.example") for n in range(MANY)]

    books.sync(by_email("old-"))
    synced = books.sync(by_email("new-"))
    assert synced.applied == Applied()
    assert synced.plan.accounts_linked == MANY


def test_what_changes_at_the_same_time_changes_as_ever(books: Books) -> None:
    books.sync([*roster("old-"), person("old-x", username="leaver")])
    books.account("from-before", held=(GEOMETRY,))
    books.make_sticky("old-1", CALCULUS)
    changed = person("new-0", GEOMETRY, username="user0", identifier="0")
    plan = books.sync([changed, *roster("new-")[1:], person("new-y", username="comer")]).plan
    assert (plan.grants, plan.revocations) == (2, 3)
    held = {(name, book) for name, book, _ in books.licenses()}
    assert {("user0", "geometry"), ("comer", "algebra"), ("user1", "calculus"), ("user1", "algebra")} <= held
    assert not {("user0", "algebra"), ("leaver", "algebra"), ("from-before", "geometry")} & held


def test_accounts_without_licenses_are_found_when_their_persons_come_back(books: Books) -> None:
    books.sync([*roster("old-"), person("old-x", username="paused", identifier="x")])
    books.sync(roster("old-"))
    books.sync(roster("new-"))
    plan = books.sync([*roster("new-"), person("new-x", username="paused", identifier="x")]).plan
    assert (plan.conflicts, plan.accounts_linked, plan.accounts_created) == (0, 1, 0)


def test_a_summer_without_classes_in_between_makes_no_difference(books: Books) -> None:
    books.sync(roster("old-"))
    books.sync([])
    plan = books.sync(roster("new-")).plan
    assert (plan.conflicts, plan.accounts_linked, plan.accounts_created, plan.grants) == (0, MANY, 0, MANY)


def test_another_students_number_is_another_student(books: Books) -> None:
    books.sync(roster("old-"))
    somebody_else = person("new-0", username="user0", identifier="4711")
    plan = books.sync([somebody_else, *roster("new-")[1:]]).plan
    assert (plan.conflicts, plan.grants, plan.revocations) == (1, 0, 0)
    assert books.links()["user0"] == "old-0"


def test_one_who_stayed_shows_that_identifiers_still_count(books: Books) -> None:
    books.sync([*without_number("old-"), person("stays")])
    plan = books.sync([*without_number("new-"), person("stays")]).plan
    assert (plan.rekeyed, plan.conflicts, plan.grants, plan.revocations) == (False, MANY, 0, 0)


def test_another_district_at_the_same_url_takes_nothing_over(books: Books) -> None:
    books.sync(roster("old-", 20))
    strangers = [person(f"s-{n}", username=f"user{n}" if n < 14 else f"stranger{n}") for n in range(30)]
    plan = books.sync(strangers, live=False).plan
    assert (plan.rekeyed, plan.conflicts) == (False, 14)
    assert books.sync(strangers[:28], live=False).plan.rekeyed, "half of those who come is enough"


def test_few_persons_prove_nothing(books: Books) -> None:
    books.sync(without_number("old-", 9))
    plan = books.sync(without_number("new-", 9)).plan
    assert (plan.rekeyed, plan.conflicts, plan.grants, plan.revocations) == (False, 9, 0, 0)


def test_setup_mode_plans_the_same_and_links_nobody(books: Books) -> None:
    books.sync(roster("old-"))
    before = books.dump()
    plan = books.sync(roster("new-"), live=False).plan
    assert (plan.rekeyed, plan.conflicts, plan.revocations) == (True, 0, 0)
    assert books.dump() == before


def test_two_with_one_login_are_refused_as_ever(books: Books) -> None:
    books.sync(roster("old-"))
    twins = [person("new-a", username="user0"), person("new-b", username="user0")]
    plan = books.sync([*twins, *roster("new-")[1:]]).plan
    assert (plan.conflicts, plan.revocations) == (2, 0)
    assert ("user0", ALGEBRA.ebook, "Roster") in books.licenses()
