"""Whose licenses from before go-live are not the resource's to remove."""

from __future__ import annotations

from roster_operator.licensing.bystanders import Bystanders, KnownAccount
from roster_operator.roster.models import ClassSection, Enrollment, Person, Role, Status

HERE, THERE = ClassSection("c-north", "algebra", "north"), ClassSection("c-south", "algebra", "south")
ANN, BOB, CID = (
    KnownAccount(1, "", "ann", ""),
    KnownAccount(2, "", "", "bob@d.example"),
    KnownAccount(3, "k3", "", ""),
)
PEOPLE = [Person("k1", username=" Ann"), Person("k2", email="BOB@d.example"), Person("k3", username="cid")]


def found(
    *enrolled: tuple[str, ClassSection], people: list[Person] | None = None, selected_only: bool = False
) -> frozenset[int]:
    bystanders = Bystanders((ANN, BOB, CID), {"north"}, lists_selected_only=selected_only)
    bystanders.see_classes([HERE, THERE])
    bystanders.enroll([Enrollment(person, section.id) for person, section in enrolled])
    bystanders.describe(PEOPLE if people is None else people)
    return bystanders.accounts


def test_who_is_listed_and_in_no_class_of_a_selected_school_is_one() -> None:
    assert found(("k1", HERE), ("k2", THERE)) == {2, 3}


def test_who_is_here_too_is_none() -> None:
    assert found(("k1", HERE), ("k1", THERE), ("k2", HERE), ("k3", HERE)) == frozenset()


def test_of_whom_nothing_is_known_is_none() -> None:
    assert found(people=[]) == frozenset()


def test_who_has_left_the_sis_is_none() -> None:
    assert found(people=[Person("k1", username="ann", status=Status.GONE)]) == frozenset()


def test_where_others_are_not_listed_who_is_not_listed_is_one() -> None:
    assert found(people=PEOPLE[:1], selected_only=True) == {2, 3}


def of_an_aide() -> Bystanders:
    """Who is in no list, and helps at another school."""
    bystanders = Bystanders((ANN, BOB), {"north"}, lists_selected_only=False)
    bystanders.see_classes([HERE, THERE])
    bystanders.enroll([Enrollment("k2", THERE.id, Role.AIDE), Enrollment("k4", THERE.id, Role.STUDENT)])
    bystanders.describe(PEOPLE[:1])
    return bystanders


def test_staff_of_other_schools_who_are_in_no_list_are_asked_for() -> None:
    bystanders = of_an_aide()
    assert bystanders.not_listed() == {"k2"}
    bystanders.describe(PEOPLE[1:2])
    assert bystanders.accounts == {1, 2}
    assert not bystanders.not_listed()


def test_where_they_cannot_be_asked_for_no_account_that_may_be_theirs_is_touched() -> None:
    bystanders = of_an_aide()
    bystanders.leave_unmet()
    assert bystanders.accounts == {1, 2}


def test_nobody_is_asked_for_whose_account_was_met() -> None:
    bystanders = of_an_aide()
    bystanders.describe([Person("k9", username="x", email="bob@d.example")])
    assert not bystanders.not_listed()


def test_an_account_tells_nobody() -> None:
    assert "ann" not in repr(ANN)
