"""What is not understood is not absent: who is concerned keeps what they have, gets nothing new, and is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reconcile.small import EVERYBODY, SmallDistrict

from roster_operator.reconcile.contract import Outcome


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDistrict]:
    district = SmallDistrict(tmp_path / "in", f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield district
    district.close()


def test_the_district_as_it_is_gets_what_is_due(small: SmallDistrict) -> None:
    assert small.night().outcome is Outcome.SYNCED, small.status
    assert small.licenses() == EVERYBODY


@pytest.mark.parametrize(
    "end",
    [
        *("2021/06/01", "20210601", "01-Jun-2021", "06-01-2021", "6/1/21", "01.06.2021", "13/06/2021", "44348"),
        *("1622505600", "1622505600000", "/Date(1622505600000)/", "June 1, 2021", "2021-6-1", "8/1/2020 0:00"),
    ],
)
def test_an_end_in_the_past_in_any_form_grants_nothing_and_removes(small: SmallDistrict, end: str) -> None:
    small.enroll("s5", endDate=end)
    small.night()
    assert small.licenses() == EVERYBODY
    small.enroll("s1", endDate=end)
    small.night()
    assert small.served() == {"s2", "s3", "s4", "t"}


@pytest.mark.parametrize("begin", ["2027/01/07", "20270107", "07-Jan-2027", "1/7/27", "13/01/2027", "46394"])
def test_a_begin_in_the_future_in_any_form_grants_nothing_yet(small: SmallDistrict, begin: str) -> None:
    small.enroll("s5", beginDate=begin)
    small.night()
    assert small.licenses() == EVERYBODY


@pytest.mark.parametrize("member", ["beginDate", "endDate"])
@pytest.mark.parametrize("written", ["2026-02-30", "2021-06", "soon", "05/12/2026"])
def test_a_date_that_is_not_understood_leaves_the_person_as_they_are(
    small: SmallDistrict, member: str, written: str
) -> None:
    small.night()
    small.enroll("s1", **{member: written})
    small.enroll("s5", **{member: written})
    small.night()
    assert small.licenses() == EVERYBODY
    assert small.counted("UnreadableDate") == 2
    assert small.counted("PersonsLeftAsTheyAre") == 1
    assert small.condition("DataClean")[0] == "False"


def test_the_other_dates_of_the_section_tell_day_from_month(small: SmallDistrict) -> None:
    small.enroll("s1", endDate="05/12/2026")
    small.enroll("s2", endDate="25/12/2026")
    small.night()
    assert small.served() == {"s1", "s2", "s3", "s4", "t"}
    small.enroll("s2", endDate="12/25/2026")
    small.night()
    assert small.served() == {"s2", "s3", "s4", "t"}
    assert small.counted("UnreadableDate") is None


def test_dates_of_a_section_that_contradict_each_other_tell_nothing(small: SmallDistrict) -> None:
    small.enroll("s1", endDate="05/12/2026")
    small.enroll("s2", endDate="25/12/2026")
    small.enroll("s3", endDate="12/25/2026")
    small.night()
    assert small.served() == {"s2", "s3", "s4", "t"}
    assert small.counted("UnreadableDate") == 1


@pytest.mark.parametrize("word", ["withdrawn", "dropped", "Graduate", "completed", "tobedeleted"])
def test_words_for_an_end_are_ends(small: SmallDistrict, word: str) -> None:
    small.night()
    small.enroll("s1", status=word)
    small.enroll("s5", status=word)
    small.files["users"]["s2"]["status"] = word
    small.night()
    assert small.served() == {"s3", "s4", "t"}


@pytest.mark.parametrize(("file", "member"), [("enrollments", "status"), ("users", "status"), ("users", "enabledUser")])
@pytest.mark.parametrize("word", ["D", "pending", "-1", "locked"])
def test_any_other_word_leaves_the_person_as_they_are(small: SmallDistrict, file: str, member: str, word: str) -> None:
    small.night()
    small.enroll("s5")
    for person in ("s1", "s5"):
        small.rows_of(file)[person][member] = word
    small.night()
    assert small.licenses() == EVERYBODY
    assert small.counted("UnknownStatus") == 2
    small.rows_of(file)["s1"][member] = "tobedeleted" if member == "status" else "false"
    small.night()
    assert small.served() == {"s2", "s3", "s4", "t"}


@pytest.mark.parametrize("file", ["orgs", "courses", "classes", "academicSessions"])
def test_a_status_that_is_not_known_further_up_removes_and_grants_nothing(small: SmallDistrict, file: str) -> None:
    small.night()
    small.enroll("s5")
    for row in small.rows_of(file).values():
        row["status"] = "D"
    small.night()
    assert small.licenses() == EVERYBODY
    assert small.status["licenses"]["active"] == 5


@pytest.mark.parametrize(("file", "column"), [("courses", "courseSourcedId"), ("orgs", "schoolSourcedId")])
def test_a_course_or_school_of_several_whose_status_is_not_known_is_named_as_the_cause(
    small: SmallDistrict, file: str, column: str
) -> None:
    row = next(iter(small.files[file].values()))
    small.files[file]["other"] = {**row, "sourcedId": "other"}
    small.files["classes"]["c2"] = {**small.files["classes"]["c1"], "sourcedId": "c2", column: "other"}
    small.files["enrollments"]["s1"]["classSourcedId"] = "c2"
    small.change_spec(schools=[{"id": "n"}, {"id": "other"}] if file == "orgs" else [{"id": "n"}])
    small.night()
    assert small.licenses() == EVERYBODY
    small.files[file]["other"]["status"] = "pending"
    small.night()
    assert small.licenses() == EVERYBODY
    assert small.counted("UnknownStatus") == 1


@pytest.mark.parametrize("word", ["tobedeleted", "completed", "archived"])
def test_a_term_that_is_marked_as_ended_while_its_dates_say_that_it_is_on_closes_no_class_and_opens_none(
    small: SmallDistrict, word: str
) -> None:
    small.night()
    small.enroll("s5")
    small.files["academicSessions"]["t1"]["status"] = word
    small.night()
    assert small.licenses() == EVERYBODY
    assert small.counted("ClassOfUnclearTerm") == 1
    small.files["academicSessions"]["t1"]["endDate"] = "2026-11-01"
    small.night()
    assert small.served() == set()


@pytest.mark.parametrize(
    "login", ["?", "***", "0", "000", "_", "#NUM!", "N/A@n/a.com", "none@example.org", "no-email@x"]
)
def test_what_people_type_for_no_login_is_none(small: SmallDistrict, login: str) -> None:
    small.night()
    for person in ("s1", "s2", "s5"):
        small.enroll(person)
        small.files["users"][person] |= {"username": login, "email": login}
    small.night()
    assert small.served() == {"s1", "s2", "s3", "s4", "s5", "t"}
    assert small.status["plan"]["conflicts"] == 0


@pytest.mark.parametrize("dates", [("2026-08-12", "soon"), ("soon", "2027-06-05"), ("2027-06-05", "2026-08-12")])
def test_a_term_whose_dates_are_not_understood_leaves_its_classes_as_they_are(
    small: SmallDistrict, dates: tuple[str, str]
) -> None:
    small.night()
    small.enroll("s5")
    small.files["academicSessions"]["t1"] |= {"startDate": dates[0], "endDate": dates[1]}
    small.night()
    assert small.licenses() == EVERYBODY
    assert small.counted("ClassOfUnclearTerm") == 1


def test_a_term_that_is_missing_beside_one_that_is_over_closes_no_class(small: SmallDistrict) -> None:
    small.night()
    small.enroll("s5")
    small.files["academicSessions"]["t0"] = {"sourcedId": "t0", "startDate": "2026-01-07", "endDate": "2026-06-05"}
    small.files["classes"]["c1"]["termSourcedIds"] = "t0,t9"
    small.night()
    assert small.licenses() == EVERYBODY
    small.files["classes"]["c1"]["termSourcedIds"] = "t0"
    small.night()
    assert small.counted("ClassOfUnclearTerm") is None
    assert small.served() == set()


@pytest.mark.parametrize("terms", ["t0;t1", "t0|t1", "[t0,t1]", '["t0", "T1"]', "T0,T1"])
def test_lists_of_terms_are_read_in_every_spelling(small: SmallDistrict, terms: str) -> None:
    small.files["academicSessions"]["t0"] = {"sourcedId": "t0", "startDate": "2026-01-07", "endDate": "2026-06-05"}
    small.files["classes"]["c1"]["termSourcedIds"] = terms
    small.night()
    assert small.licenses() == EVERYBODY
    small.files["academicSessions"]["t1"]["endDate"] = "2026-10-01"
    small.night()
    assert small.served() == set()


def test_a_login_that_many_have_is_none(small: SmallDistrict) -> None:
    for person in (*(f"s{number}" for number in range(1, 9)), "t"):
        small.enroll(person)
        small.files["users"][person]["username"] = "student"
    small.enroll("t", role="teacher")
    small.night()
    assert small.served() == {f"s{number}" for number in range(1, 9)} | {"t"}
    assert small.query("SELECT DISTINCT username FROM accounts") == [("",)]
    assert small.counted("LoginOfManyPersons") == 9


def test_records_of_one_login_and_number_are_one_person(small: SmallDistrict) -> None:
    small.files["orgs"]["w"] = {"sourcedId": "w", "name": "West", "type": "school"}
    small.spec["schools"] = [{"id": "n"}, {"id": "w"}]
    small.spec["courses"] += [{"code": "MA2", "ebooks": ["geometry"]}]
    small.ebooks["geometry"] = {"title": "Geometry"}
    small.files["courses"]["mb"] = {"sourcedId": "mb", "title": "Geometry", "courseCode": "MA2"}
    small.files["classes"]["c2"] = {
        **small.files["classes"]["c1"],
        "sourcedId": "c2",
        "courseSourcedId": "mb",
        "schoolSourcedId": "w",
    }
    small.files["users"]["t-w"] = {**small.files["users"]["t"], "sourcedId": "t-w"}
    small.enroll("t-w", classSourcedId="c2", role="teacher")
    small.night()
    books = {(edition, ebook) for person, edition, ebook in small.licenses() if person.startswith("t")}
    assert books == {("Teacher", "algebra"), ("Teacher", "geometry")}
    assert len(small.served()) == 5
    assert small.counted("PersonsWithSeveralRecords") == 1
    assert small.status["plan"]["conflicts"] == 0
    before = small.licenses()
    small.night()
    assert small.licenses() == before
    assert (small.status["plan"]["grants"], small.status["plan"]["revocations"]) == (0, 0)
    del small.files["enrollments"]["t-w"]
    small.night()
    assert {(edition, ebook) for person, edition, ebook in small.licenses() if person.startswith("t")} == {
        ("Teacher", "algebra")
    }


@pytest.mark.parametrize("file", ["orgs", "academicSessions", "courses", "classes", "users", "enrollments"])
def test_a_section_that_must_hold_something_and_is_empty_is_not_read(small: SmallDistrict, file: str) -> None:
    small.night()
    small.enroll("s5")
    small.files["enrollments"]["s1"]["endDate"] = "2026-09-01"
    columns = next(iter(small.files[file].values()))
    small.files[file].clear()
    small.headers[file] = list(columns)
    assert small.night().outcome is Outcome.INCOMPLETE
    assert small.licenses() == EVERYBODY
    assert small.condition("Ready") == ("False", "SectionEmpty")
