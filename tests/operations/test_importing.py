"""Licenses from before come into the ledger by a file: shown first, once each, nobody by a guess, and the way back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from tests.operations.conftest import LiveDistrict, call, district_in
from tests.operations.test_undo import rows

from district_simulator.library import SimulatedDistrict

HEADER = "username,email,number,ebook,edition,stays,until"
NO_GUARD = {"districtPercent": 100, "schoolPercent": 100}


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedDistrict]:
    with SimulatedDistrict(students=40, schools=1, seed=3) as district:
        yield district


@pytest.fixture
def draft(simulated: SimulatedDistrict, tmp_path: Path, ledger_url: str) -> LiveDistrict:
    """A district in setup mode."""
    district = district_in(tmp_path / "draft", simulated, ledger_url)
    district.sync(live=False)
    return district


@pytest.fixture
def elsewhere(simulated: SimulatedDistrict, tmp_path: Path) -> LiveDistrict:
    """The same people with licenses in another system."""
    district = district_in(tmp_path / "elsewhere", simulated, f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    district.sync()
    return district


def imported(district: LiveDistrict, content: str | bytes, *more: str) -> Result:
    path = district.folder.parent / "old.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    files = ("-f", district.folder)
    return call("import", "springfield", path, *files, district.ledger, *more)


def told(district: LiveDistrict, content: str | bytes, *more: str) -> dict[str, Any]:
    result = imported(district, content, *more, "-o", "yaml")
    assert not result.stderr, result.stderr
    answer: dict[str, Any] = yaml.safe_load(result.stdout)
    return answer


def taken(district: LiveDistrict, content: str) -> dict[str, Any]:
    shown = told(district, content)
    done = told(district, content, "--digest", shown["digest"])
    assert {**done, "done": False} | {"byRun": None} == {**shown, "byRun": None}
    return done


def as_file(*given: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER.split(","), *given])
    return text.getvalue()


def old_licenses(live: LiveDistrict) -> list[tuple[object, ...]]:
    """What the people of the district had in another system: all but that of one, under their logins."""
    found = rows(
        live,
        "SELECT upper(username), email, '', ebook, edition FROM licenses JOIN accounts ON accounts.id = account_id"
        " ORDER BY account_id",
    )
    return [(*row, "", "") for row in found[1:]]


def test_it_shows_first_and_the_first_live_sync_knows_everybody(elsewhere: LiveDistrict, draft: LiveDistrict) -> None:
    given = old_licenses(elsewhere)
    file = as_file(*given, ("coach@springfield.example", "", "", "algebra", "Teacher", "true", "2099-06-30"))
    shown = told(draft, file)
    assert (shown["done"], shown["licenses"], shown["accounts"]) == (False, len(given) + 1, len(given) + 1)
    assert rows(draft, "SELECT COUNT(*) FROM licenses") == [(0,)]
    assert "Nothing was changed." in imported(draft, file).stdout
    done = taken(draft, file)
    assert done["byEBook"][0] == {
        "ebook": "algebra",
        "edition": "Student",
        "licenses": done["byEBook"][0]["licenses"],
    } | {"inSpec": True}
    before = rows(draft, "SELECT id FROM accounts ORDER BY 1")
    plan = draft.sync(live=False)["plan"]
    assert (plan["accountsLinked"], plan["accountsCreated"], plan["grants"], plan["revocations"]) == (
        len(given),
        1,
        1,
        0,
    )
    draft.sync()
    assert rows(draft, "SELECT origin, COUNT(*) FROM licenses GROUP BY origin ORDER BY origin") == [
        ("Roster", len(given) + 1),
        ("Sticky", 1),
    ]
    assert rows(draft, "SELECT id FROM accounts ORDER BY 1")[: len(before)] == before
    assert rows(draft, f"SELECT DISTINCT why, change FROM journal WHERE run_id = '{done['byRun']}'") == [
        ("Imported", "Granted")
    ]


def test_the_same_file_twice_adds_nothing(draft: LiveDistrict) -> None:
    file = as_file(("a.one", "", "", "algebra", "Student", "", ""), ("A.One ", "", "", "algebra", "student", "no", ""))
    assert told(draft, file)["repeated"] == 1
    taken(draft, file)
    again = told(draft, file)
    assert (again["licenses"], again["licensesThere"], again["accountsThere"], again["leftOut"]) == (0, 1, 1, [])
    refused = imported(draft, file, "--digest", again["digest"])
    assert (refused.exit_code, "nothing to take in" in refused.stderr) == (2, True)
    assert len(rows(draft, "SELECT id FROM sync_runs")) == 1


def test_another_digest_than_what_would_be_done_changes_nothing(draft: LiveDistrict) -> None:
    shown = told(draft, as_file(("a.one", "", "", "algebra", "Student", "", "")))
    refused = imported(draft, as_file(("a.two", "", "", "algebra", "Student", "", "")), "--digest", shown["digest"])
    assert (refused.exit_code, "Nothing was changed." in refused.stderr) == (2, True)
    assert rows(draft, "SELECT COUNT(*) FROM accounts") == [(0,)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("", "", "", "algebra", "Student", "", ""), "NoLogin"),
        (("a.one", "no-address", "", "algebra", "Student", "", ""), "Login"),
        (("a" * 600, "", "", "algebra", "Student", "", ""), "Login"),
        (("a.one", "", "", "Algebra 1", "Student", "", ""), "EBook"),
        (("a.one", "", "", "algebra", "Pupil", "", ""), "Edition"),
        (("a.one", "", "", "algebra", "Student", "perhaps", ""), "Stays"),
        (("a.one", "", "", "algebra", "Student", "", "30.6.2099"), "Until"),
        (("a.one", "", "", "algebra", "Student", "", "9999-12-31"), "Until"),
        (("a.one", "", "", "algebra", "Student", "", "2020-06-30"), "Ended"),
        (("a.one", "", "", "algebra", "Student"), "Cells"),
        (("a.one", "", "", "algebra", "Student", "", "", "more"), "Cells"),
    ],
)
def test_a_row_that_cannot_be_understood_is_told_by_its_number_and_left_out(
    draft: LiveDistrict, row: tuple[object, ...], why: str
) -> None:
    file = as_file(("b.two", "", "", "algebra", "Student", "", ""), row)
    shown = told(draft, file)
    assert (shown["rows"], shown["licenses"]) == (2, 1)
    assert [(each["why"], each["rows"], each["some"]) for each in shown["leftOut"]] == [(why, 1, [2])]
    assert "a.one" not in imported(draft, file).output


@pytest.mark.parametrize(
    ("given", "why", "left_out"),
    [
        ((("a.one", "a@x.example", ""), ("A.One", "b@x.example", "")), "SeveralPeople", [1, 2]),
        ((("a.one", "", "4711"), ("a.one", "", "4712")), "SeveralPeople", [1, 2]),
        ((("a.one", "a@x.example", ""), ("", "A@x.example", "")), "UsernameMissing", [2]),
        ((("known", "other@x.example", ""),), "OtherLogin", [1]),
        ((("known", "", "4712"),), "OtherLogin", [1]),
        ((("", "family@x.example", ""),), "SeveralAccounts", [1]),
        ((("known", "", ""), ("", "known@x.example", "")), "SeveralAccounts", [1, 2]),
    ],
)
def test_nobody_is_taken_for_somebody_by_a_guess(
    draft: LiveDistrict, given: tuple[tuple[str, str, str], ...], why: str, left_out: list[int]
) -> None:
    known = [
        ("known", "known@x.example", "4711"),
        ("sister", "family@x.example", ""),
        ("brother", "family@x.example", ""),
    ]
    taken(draft, as_file(*((*logins, "algebra", "Student", "", "") for logins in known)))
    shown = told(draft, as_file(*((*logins, "geometry", "Student", "", "") for logins in given)))
    assert [(each["why"], each["some"]) for each in shown["leftOut"]] == [(why, left_out)]
    assert shown["licenses"] == len(given) - len(left_out)


def test_headers_of_other_platforms_and_dialects_are_read(draft: LiveDistrict) -> None:
    file = b'\xef\xbb\xbfLogin ID;E-Mail Address;Product;Role;Class\r\na.one;a@x.example;algbra;TEACHER;"7;b"\r\n'
    shown = told(draft, file.replace(b"E-Mail Address", b"Email_Address"))
    assert (shown["licenses"], shown["ignoredColumns"]) == (1, ["Class"])
    (taken_in,) = shown["byEBook"]
    assert (taken_in["edition"], taken_in["inSpec"], taken_in["didYouMean"]) == ("Teacher", False, "algebra")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "username or email"),
        (b"username,ebook\na,b\n", "edition"),
        (b"username,login,ebook,edition\n", "Two columns"),
        (HEADER.encode() + b'\n"a.one,x\n', "no CSV"),
        (HEADER.encode() + b"\na\xfc,,,algebra,Student,,\n", "UTF-8"),
        (HEADER.encode() + b"\na\x00,,,algebra,Student,,\n", "zero byte"),
        (HEADER.encode(), ""),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_line(draft: LiveDistrict, content: bytes, what: str) -> None:
    refused = imported(draft, content)
    assert refused.exit_code == (2 if what else 0), refused.output
    assert what in refused.stderr
    assert refused.stderr.count("\n") == bool(what)
    assert what or "nothing to take in" in refused.stdout


def test_a_live_district_takes_in_only_what_stays(live: LiveDistrict) -> None:
    file = as_file(
        ("pin.one", "", "", "geometry", "Student", "true", ""), ("pin.two", "", "", "geometry", "Student", "", "")
    )
    shown = taken(live, file)
    assert (shown["licenses"], shown["leftOut"][0]["why"], shown["leftOut"][0]["some"]) == (1, "Live", [2])
    live.sync()
    assert rows(live, "SELECT COUNT(*) FROM licenses WHERE origin = 'Sticky'") == [(1,)]


def test_an_import_is_turned_back_with_its_accounts_and_nothing_holds(draft: LiveDistrict) -> None:
    first = taken(draft, as_file(("a.one", "", "", "algebra", "Student", "", "")))
    second = taken(
        draft, as_file(("a.one", "", "", "geometry", "Student", "", ""), ("b", "", "", "algebra", "Student", "", ""))
    )
    undone(draft, second["byRun"])
    assert rows(draft, "SELECT username, ebook FROM licenses JOIN accounts ON accounts.id = account_id") == [
        ("a.one", "algebra")
    ]
    assert rows(draft, "SELECT username FROM accounts") == [("a.one",)]
    undone(draft, first["byRun"])
    assert rows(draft, "SELECT COUNT(*) FROM accounts") == [(0,)]
    assert draft.sync(guard=NO_GUARD)["conditions"]
    assert rows(draft, "SELECT COUNT(*) > 20 FROM licenses WHERE origin = 'Roster'")[0][0]


def undone(district: LiveDistrict, run: str) -> None:
    shown = district.asked("undo", run)
    assert not shown["holds"]
    assert district.asked("undo", run, "--digest", shown["digest"], "--reason", "wrong file")["done"]


def test_once_the_district_is_live_an_undo_leaves_the_accounts_that_syncs_know(
    elsewhere: LiveDistrict, draft: LiveDistrict
) -> None:
    done = taken(draft, as_file(*old_licenses(elsewhere)))
    draft.sync()
    accounts = rows(draft, "SELECT COUNT(*) FROM accounts")
    shown = draft.ask("undo", done["byRun"])
    assert (shown.exit_code, "Nothing was changed" in shown.stderr) == (2, True)  # they are the roster's now
    assert rows(draft, "SELECT COUNT(*) FROM accounts") == accounts


def test_no_line_of_the_file_is_in_what_represents_a_row(tmp_path: Path) -> None:
    from roster_operator.ledger.imports.interface import GivenLicense  # noqa: PLC0415

    assert (
        repr(GivenLicense(7, "a.one", "a@x.example", "4711", "algebra", "Student", False, None))
        == "GivenLicense(row=7)"
    )


def test_blank_rows_count_where_a_row_is_told_by_its_number(draft: LiveDistrict) -> None:
    shown = told(draft, f"{HEADER}\n\n , ,,,,,\na.one,,,algebra,Pupil,,\n")
    assert (shown["rows"], [each["some"] for each in shown["leftOut"]]) == (1, [[3]])


def test_what_somebody_is_blocked_from_is_left_out(live: LiveDistrict) -> None:
    ((login,),) = rows(live, "SELECT username FROM accounts ORDER BY id LIMIT 1")
    block = ("--person", login, "--ebook", "geometry", "--until", "2098-01-01", "-f", live.folder)
    shown = live.asked("block", *block)
    assert live.asked("block", *block, "--digest", shown["digest"], "--reason", "ticket 4711")["done"]
    file = as_file((login, "", "", "geometry", "Student", "true", ""))
    assert [each["why"] for each in told(live, file)["leftOut"]] == ["Blocked"]


def test_a_license_ends_when_its_day_begins_in_the_district(draft: LiveDistrict) -> None:
    draft.sync(live=False, timeZone="America/Los_Angeles")
    taken(draft, as_file(("a.one", "", "", "algebra", "Student", "", "2098-07-01")))
    ((until,),) = rows(draft, "SELECT until FROM licenses")
    assert "2098-07-01 07:00:00" in str(until)
