"""Which account a person of the roster is, and when nobody may say."""

from __future__ import annotations

from typing import Any

import pytest
from tests.ledger.ledger_harness import ALGEBRA, BY_ALL, GEOMETRY, Books, gone, person

from roster_operator.api.v1alpha1 import MatchKey
from roster_operator.licensing.models import PersonChange


def test_a_person_whom_the_ledger_does_not_know_gets_an_account_and_their_licenses(books: Books) -> None:
    plan = books.sync([person("ann", ALGEBRA, GEOMETRY)]).plan
    assert (plan.accounts_created, plan.grants, plan.conflicts) == (1, 2, 0)
    assert books.links() == {"ann": "ann"}
    assert books.licenses() == {("ann", "algebra", "Roster"), ("ann", "geometry", "Roster")}


@pytest.mark.parametrize(
    ("existing", "incoming"),
    [
        ({"username": "ann"}, {"username": "ann"}),
        ({"username": "Ann "}, {"username": " aNN"}),
        ({"username": "ÉLISE"}, {"username": "élise"}),
        ({"username": "ann", "email": "Ann@D.example"}, {"username": "a.lee", "email": "ann@d.example"}),
        ({"username": "ann", "email": "ann@d.example"}, {"username": "", "email": "ann@d.example"}),
        ({"username": "ann", "email": "ann@d.example"}, {"username": "ann", "email": "ann@d.example"}),
        ({"username": "ann", "email": ""}, {"username": "ann", "email": "ann@d.example"}),
    ],
    ids=["username", "case and blanks", "beyond ascii", "email", "email alone", "both", "username, email is news"],
)
def test_an_existing_account_is_recognised_and_linked_for_good(
    books: Books, existing: dict[str, Any], incoming: dict[str, Any]
) -> None:
    books.account(**existing)
    plan = books.sync([person("s-1", **incoming)]).plan
    assert (plan.accounts_linked, plan.accounts_created, plan.conflicts, plan.grants) == (1, 0, 0, 1)
    assert list(books.links().values()) == ["s-1"]
    renamed = books.sync([person("s-1", username="renamed")]).plan
    assert (renamed.accounts_linked, renamed.accounts_created, renamed.conflicts) == (0, 0, 0)
    assert books.links() == {"renamed": "s-1"}


@pytest.mark.parametrize(
    ("existing", "incoming"),
    [
        ([{"username": "ann"}, {"username": "Ann"}], [{"username": "ann"}]),
        (
            [{"username": "ann", "email": "x@d.example"}, {"username": "bob", "email": "b@d.example"}],
            [{"username": "ann", "email": "b@d.example"}],
        ),
        (
            [{"username": "ann", "email": "f@d.example"}, {"username": "bob", "email": "f@d.example"}],
            [{"username": "cid", "email": "f@d.example"}],
        ),
        ([{"username": "ann"}], [{"username": "ann"}, {"username": "ANN"}]),
        (
            [{"username": "ann", "email": "a@d.example"}],
            [{"username": "ann"}, {"username": "", "email": "a@d.example"}],
        ),
        ([], [{"username": "ann"}, {"username": "ann "}]),
        ([], [{"username": "", "email": "a@d.example"}, {"username": "ann", "email": "a@d.example"}]),
        ([{"username": "ann", "sourced_id": "x"}], [{"username": "ann"}]),
        (
            [{"username": "ann", "email": "a@d.example", "sourced_id": "x"}],
            [{"username": "", "email": "a@d.example"}],
        ),
        ([{"username": "", "email": "a@d.example", "sourced_id": "x"}], [{"username": "n", "email": "a@d.example"}]),
    ],
    ids=[
        "two accounts of one username",
        "username and email of different accounts",
        "two accounts of one email",
        "two persons of one username, one account",
        "two persons, one account by username and email",
        "two new persons of one username",
        "two new persons of one email, one without username",
        "username of an account that is linked to another",
        "email is the only login, and that of an account that is linked to another",
        "email of an account that has no other login",
    ],
)
def test_who_cannot_be_told_apart_is_refused_and_nothing_changes(
    books: Books, existing: list[dict[str, Any]], incoming: list[dict[str, Any]]
) -> None:
    for account in existing:
        books.account(**account, held=(GEOMETRY,))
    before = books.licenses(), books.links()
    roster = [person(f"s-{number}", **login) for number, login in enumerate(incoming)]
    for _ in range(2):
        plan = books.sync(roster).plan
        assert plan.conflicts == len(incoming)
        assert (plan.grants, plan.revocations, plan.accounts_created, plan.accounts_linked) == (0, 0, 0, 0)
        assert (books.licenses(), books.links()) == before
    assert books.changes(roster) == roster, "they are looked at again with every sync"


def test_siblings_may_share_an_email_when_each_has_a_username(books: Books) -> None:
    first = [person("ann", email="family@d.example"), person("bob", email="family@d.example")]
    assert books.sync(first).plan.conflicts == 0
    third = person("cid", email="family@d.example")
    assert books.sync([*first, third]).plan.conflicts == 0
    assert set(books.links()) == {"ann", "bob", "cid"}


def test_a_username_decides_between_siblings_who_share_an_email(books: Books) -> None:
    books.account("ann", email="family@d.example")
    books.account("bob", email="family@d.example")
    plan = books.sync([person("s-1", username="ann", email="family@d.example")]).plan
    assert (plan.conflicts, plan.accounts_linked) == (0, 1)
    assert books.links() == {"ann": "s-1", "bob": None}


def test_emails_come_first_where_the_spec_says_so(books: Books) -> None:
    books.account("ann", email="family@d.example")
    books.account("bob", email="family@d.example")
    by_email_first = (MatchKey.SOURCED_ID, MatchKey.EMAIL, MatchKey.USERNAME)
    plan = books.stage([person("s-1", username="ann", email="family@d.example")], match=by_email_first).plan
    assert plan.conflicts == 1


@pytest.mark.parametrize(
    ("match", "incoming"),
    [
        ((MatchKey.SOURCED_ID,), {"username": "ann"}),
        ((MatchKey.SOURCED_ID, MatchKey.EMAIL), {"username": "ann"}),
        ((MatchKey.SOURCED_ID, MatchKey.USERNAME), {"username": "", "email": "a@d.example"}),
    ],
)
def test_a_login_that_matching_may_not_use_is_never_given_twice_either(
    books: Books, match: tuple[MatchKey, ...], incoming: dict[str, Any]
) -> None:
    books.account("ann", email="a@d.example")
    plan = books.stage([person("s-1", **incoming)], match=match).plan
    assert (plan.conflicts, plan.accounts_linked, plan.accounts_created) == (1, 0, 0)


def test_who_already_has_a_login_keeps_it_when_a_newcomer_claims_it(books: Books) -> None:
    books.sync([person("s-1", username="ann")])
    plan = books.sync([person("s-1", GEOMETRY, username="ann"), person("s-2", username="ann")]).plan
    assert (plan.conflicts, plan.grants, plan.revocations) == (1, 1, 1)
    assert books.licenses() == {("ann", "geometry", "Roster")}


def test_a_person_who_takes_the_login_of_another_is_refused_and_keeps_what_they_have(books: Books) -> None:
    before = [person("s-1", username="ann"), person("s-2", username="bob")]
    books.sync(before)
    after = [person("s-1", username="ann"), person("s-2", GEOMETRY, username="ann")]
    plan = books.sync(after).plan
    assert (plan.conflicts, plan.grants, plan.revocations) == (1, 0, 0)
    assert books.links() == {"ann": "s-1", "bob": "s-2"}
    assert books.sync(before).plan.conflicts == 0


def test_a_login_that_became_free_can_be_taken_with_the_next_sync(books: Books) -> None:
    books.sync([person("s-1", username="ann"), person("s-2", username="bob")])
    roster = [person("s-1", username="ann2"), person("s-2", username="ann")]
    assert books.sync(roster).plan.conflicts == 1
    assert books.sync(roster).plan.conflicts == 0
    assert books.links() == {"ann2": "s-1", "ann": "s-2"}


def test_a_sourced_id_that_the_sis_changed_shows_as_a_conflict_and_costs_nobody_a_license(books: Books) -> None:
    books.sync([person("old", username="ann"), person("bob")])
    roster = [person("new", username="ann"), person("bob")]
    for _ in range(2):
        plan = books.sync(roster).plan
        assert (plan.conflicts, plan.grants, plan.revocations) == (1, 0, 0)
        assert books.licenses() == {("ann", "algebra", "Roster"), ("bob", "algebra", "Roster")}
        assert books.links() == {"ann": "old", "bob": "bob"}
    assert books.sync([person("bob")]).plan.revocations == 1, "when the conflict is gone, so is the protection"


@pytest.mark.parametrize("correction", ["'new'", "NULL"])
def test_a_changed_sourced_id_is_resolved_as_the_documentation_says(books: Books, correction: str) -> None:
    books.sync([person("old", username="ann")])
    roster = [person("new", username="ann")]
    books.sync(roster)
    books.write(f"UPDATE accounts SET sourced_id = {correction} WHERE sourced_id = 'old'")
    plan = books.sync(roster).plan
    assert (plan.conflicts, plan.grants, plan.revocations) == (0, 0, 0)
    assert books.links() == {"ann": "new"}
    assert books.changes(roster) == []


def test_an_account_follows_the_sis(books: Books) -> None:
    books.sync([person("s-1", username="ann", email="old@d.example", identifier="7", kind="Student")])
    plan = books.sync([person("s-1", username="ann.lee", email="new@d.example", identifier="8", kind="Staff")]).plan
    assert (plan.grants, plan.revocations, plan.unchanged) == (0, 0, 1)
    stored = books.rows("SELECT username, email, identifier, kind, username_key, email_key FROM accounts")
    assert stored == [("ann.lee", "new@d.example", "8", "Staff", "ann.lee", "new@d.example")]


def test_nobody_is_recognised_in_another_district(books: Books) -> None:
    other = Books(books.url, type(books.claim)("districts/shelbyville", "sis.shelbyville.example"))
    other.account("ann", held=(GEOMETRY,))
    other.sync([])
    plan = books.sync([person("s-1", username="ann")]).plan
    assert (plan.accounts_created, plan.accounts_linked, plan.conflicts) == (1, 0, 0)
    assert books.sync([]).plan.revocations == 1
    other.close()


def test_who_is_entitled_to_nothing_needs_no_account(books: Books) -> None:
    nobody = PersonChange(key="s-1", digest=5, kind="Student", username="ann")
    plan = books.sync([nobody]).plan
    assert (plan.accounts_created, plan.grants) == (0, 0)
    assert books.links() == {}
    assert books.changes([nobody]) == []
    assert books.stage([gone("s-1")]).plan.revocations == 0
    assert dict(books.ledger.person_states(books.district_id)) == {}


@pytest.mark.parametrize("broken", ["a\x00b", "a\ud800b", "x" * 513])
def test_a_person_whom_no_database_can_hold_is_refused_and_the_others_go_on(books: Books, broken: str) -> None:
    plan = books.sync([person("s-1", username=broken), person(broken, username="ok"), person("bob")]).plan
    assert (plan.conflicts, plan.grants) == (2, 1)
    assert books.licenses() == {("bob", "algebra", "Roster")}


def test_matching_goes_by_all_logins_by_default() -> None:
    assert [str(by) for by in BY_ALL] == ["SourcedId", "Username", "Email"]
