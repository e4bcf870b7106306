"""Records of one login and number are one person; a login of many is no login."""

from __future__ import annotations

from array import array

import pytest

from roster_operator.licensing.comparison import Comparison
from roster_operator.licensing.entitlements import ClassTable, Offer
from roster_operator.licensing.fold import Fold
from roster_operator.licensing.models import Edition, PersonChange
from roster_operator.licensing.records import Record, Revision, SharedLogins, repeated
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import ClassSection, Enrollment, People, Person, Role, Status
from roster_operator.roster.quality import Question

BOTH = (Edition.STUDENT, Edition.TEACHER)
DAYS = Days("2026-11-30")


def night(people: list[Person], states: dict[str, int] | None = None) -> tuple[dict[str, PersonChange], Comparison]:
    """What the ledger is told of persons `a` in class A, `b` in class B, and others in both."""
    table = ClassTable(
        Offer({"A": ("algebra",), "B": ("biology",)}, {"algebra": BOTH, "biology": BOTH}, ["n"]), calendar([], DAYS)
    )
    table.add([ClassSection("A", "A", "n"), ClassSection("B", "B", "n")])
    fold = Fold(table, DAYS)
    classes = {"a": "A", "b": "B"}
    fold.add(
        Enrollment(person.id, section, Role.TEACHER)
        for person in people
        for section in ([classes[person.id]] if person.id in classes else ["A", "B"])
    )
    fold.conclude()
    comparison = Comparison(fold, table, dict(states or {}), one_person=True)
    kept = list(comparison.changes(people))
    instead: dict[str, PersonChange | None] = {}
    for _, records in comparison.records():
        instead.update(comparison.as_one(records))
    kept += comparison.gone()
    told = list(Revision(instead=instead).of(kept))
    assert len({change.key for change in told}) == len(told)
    return {change.key: change for change in told}, comparison


def teacher(key: str, login: str = "kim", number: str = "7", **fields: object) -> Person:
    return Person(key, Role.TEACHER, login, f"{key}@example.org", number, **fields)  # type: ignore[arg-type]


def books(change: PersonChange) -> list[str]:
    return [entitlement.ebook for entitlement in change.entitlements]


@pytest.mark.parametrize("order", [1, -1])
def test_one_person_gets_what_all_records_bring(order: int) -> None:
    told, comparison = night([teacher("a"), teacher("b", "KIM")][::order])
    assert list(told) == ["a"]
    assert books(told["a"]) == ["algebra", "biology"]
    assert told["a"].email == "a@example.org"
    assert comparison.questions[Question.SEVERAL_RECORDS] == 1
    assert (comparison.staff, comparison.students) == (1, 0)


@pytest.mark.parametrize("order", [1, -1])
def test_the_record_that_the_ledger_knows_is_the_person(order: int) -> None:
    told, _ = night([teacher("a"), teacher("b")][::order], {"b": 1})
    assert list(told) == ["b"]
    assert books(told["b"]) == ["algebra", "biology"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_person_who_is_as_before_is_not_told_again(order: int) -> None:
    people = [teacher("a"), teacher("b")][::order]
    first, _ = night(people)
    again, comparison = night(people, {"a": first["a"].digest})
    assert again == {}
    assert comparison.staff == 1


def test_persons_whom_the_ledger_knows_apart_stay_apart() -> None:
    told, comparison = night([teacher("a"), teacher("b")], {"a": 1, "b": 1})
    assert {key: books(change) for key, change in told.items()} == {"a": ["algebra"], "b": ["biology"]}
    assert comparison.questions[Question.SEVERAL_RECORDS] == 0


@pytest.mark.parametrize(
    "other",
    [
        teacher("b", number="8"),
        teacher("b", "lee"),
        teacher("b", status=Status.GONE),
        Person("b", Role.STUDENT, "kim", "b@example.org", "7"),
    ],
    ids=["number", "login", "gone", "role"],
)
def test_records_that_do_not_agree_or_do_not_count_are_not_taken_together(other: Person) -> None:
    told, comparison = night([teacher("a"), other])
    assert books(told["a"]) == ["algebra"]
    assert comparison.questions[Question.SEVERAL_RECORDS] == 0


@pytest.mark.parametrize("missing", [("", "7"), ("kim", "")])
def test_records_without_login_or_number_are_not_taken_together(missing: tuple[str, str]) -> None:
    told, _ = night([teacher("a", *missing), teacher("b", *missing)])
    assert sorted(told) == ["a", "b"]


def test_a_record_that_is_not_understood_leaves_the_person_as_they_are() -> None:
    before = {"a": night([teacher("a"), teacher("b")])[0]["a"].digest}
    for unknown in ("a", "b"):
        records = [teacher(key, status=Status.UNRECOGNIZED if key == unknown else Status.ACTIVE) for key in "ab"]
        for people in (records, records[::-1]):
            told, comparison = night(people, dict(before))
            assert told == {}
            assert comparison.questions[Question.UNKNOWN_STATUS] == 1
            assert comparison.staff == 1


def test_a_login_that_only_one_person_has_is_theirs_however_many_records_they_have() -> None:
    logins = SharedLogins()
    logins.add(people(["kim"] * 6 + ["ann", "bob"]))
    records = [Record((str(n), (Role.TEACHER, Status.ACTIVE, 0), "kim", "", "7"), 0, None) for n in range(6)]
    assert logins.found()[0] == {"kim": 6}
    assert logins.found([records])[0] == {}


def people(usernames: list[str], emails: list[str] | None = None) -> People:
    count = len(usernames)
    standing = (Role.STUDENT, Status.ACTIVE, 0)
    return People(list(map(str, range(count))), [standing] * count, usernames, emails or [""] * count, [""] * count)


@pytest.mark.parametrize(
    ("usernames", "shared"),
    [
        (["student"] * 4, {"student": 4}),
        (["student"] * 3 + ["ann"], {}),
        (["student"] * 4 + [f"user-{n}" for n in range(60)], {}),
        (["student"] * 20 + [f"user-{n}" for n in range(6000)], {"student": 20}),
        ([""] * 50, {}),
    ],
    ids=["all", "a few", "a small part", "a handful of very many", "none"],
)
def test_a_login_of_a_good_share_is_found(usernames: list[str], shared: dict[str, int]) -> None:
    logins = SharedLogins()
    for at in range(0, len(usernames), 7):
        logins.add(people(usernames[at : at + 7]))
    assert logins.found()[0] == shared


@pytest.mark.parametrize("at_once", [0, 700_000])
def test_what_is_repeated_is_found_however_many_there_are(at_once: int) -> None:
    others = range(1, at_once + 1)
    identities = array("q", [-5, 0, -5, 2**62, *others, 0, 2**62, -7])
    assert set(repeated(identities)) == {-5, 2**62}
