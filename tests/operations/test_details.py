"""`checklist --details` lists what an item counts one by one, to whom may see people, and notes who looked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cli.folders import EBOOK, SECRET, write
from tests.operations.conftest import LiveDistrict, call
from tests.operations.test_changes import rows

from district_simulator.library import SimulatedDistrict
from roster_operator.operations.request import PEOPLE
from roster_operator.operations.requests import REQUESTS

ITEM = "PersonWithoutUsernameAndEmail"


@pytest.fixture
def blank(live: LiveDistrict) -> Iterator[LiveDistrict]:
    """Some people have no login since the last sync."""
    live.simulated.fault("bad-rows=blanks,every=5,on=students")
    live.sync()
    yield live
    live.simulated.clear_faults()


def details(live: LiveDistrict, *arguments: object) -> dict[str, object]:
    found: dict[str, object] = live.asked("checklist", "--file", live.folder, "--details", ITEM.lower(), *arguments)
    return found


def test_people_are_listed_with_what_is_wrong_and_who_acts(blank: LiveDistrict) -> None:
    told = details(blank)
    without = rows(blank, "SELECT sourced_id, id FROM accounts WHERE username = '' AND email = '' ORDER BY sourced_id")
    listed = told["listed"]
    assert isinstance(listed, list)
    assert [(each["person"], each["account"]) for each in listed] == without
    assert (told["item"], told["count"], told["kept"], told["acts"]) == (ITEM, len(without), len(without), "District")
    short = details(blank, "--limit", 2)
    assert (short["listed"], short["kept"]) == (listed[:2], len(without))
    table = blank.ask("checklist", "--file", blank.folder, "--details", ITEM, "--limit", 2).stdout
    assert without[0][0] in table
    assert table.splitlines()[-1].startswith(f"These are 2 of {len(without)}; ")


def test_each_school_has_a_list_of_its_own(blank: LiveDistrict) -> None:
    first = details(blank)["listed"]
    assert isinstance(first, list)
    assert {each["school"] for each in first} == {blank.simulated.school_ids[0]}
    engine = sa.create_engine(blank.url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE questions SET school = 'south' WHERE id = (SELECT min(id) FROM questions)"))
    engine.dispose()
    told = details(blank)
    listed, schools = told["listed"], told["schools"]
    assert isinstance(listed, list)
    assert isinstance(schools, list)
    assert [at["school"] for at in schools] == [blank.simulated.school_ids[0], "south"]
    assert sum(at["kept"] for at in schools) == told["kept"]
    for at in schools:
        own = details(blank, "--school", at["school"])
        assert own["listed"] == [each for each in listed if each["school"] == at["school"]]
        assert own["kept"] == at["kept"]
    table = blank.ask("checklist", "--file", blank.folder, "--details", ITEM).stdout
    assert f"{schools[0]['school']} {schools[0]['kept']}" in table.splitlines()[-1]
    unknown = blank.ask("checklist", "--file", blank.folder, "--details", ITEM, "--school", "nowhere")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "There is no school nowhere in the item" in unknown.stderr


def test_who_is_listed_was_looked_at(blank: LiveDistrict) -> None:
    assert blank.asked("access")["looks"] == []
    told = details(blank, "--limit", 2)
    looks = blank.asked("access")["looks"]
    listed = told["listed"]
    assert isinstance(listed, list)
    assert {(look["account"], look["verb"]) for look in looks} == {(each["account"], "checklist") for each in listed}


def test_explain_takes_what_the_status_names(blank: LiveDistrict) -> None:
    item = next(each for each in blank.asked("checklist", "--file", blank.folder)["items"] if each["name"] == ITEM)
    first = item["examples"][0]
    listed = details(blank)["listed"]
    assert isinstance(listed, list)
    by_account = blank.asked("explain", "--person", first)
    by_question = blank.asked("explain", "--person", listed[0]["id"])
    assert by_account == by_question
    assert (f"account:{by_account['account']}", [each["item"] for each in by_account["questions"]]) == (first, [ITEM])
    assert ITEM in blank.ask("explain", "--person", first).stdout


def test_in_setup_mode_it_is_the_same(simulated: SimulatedDistrict, tmp_path: Path, new_ledger_url: str) -> None:
    folder = tmp_path / "setup"
    folder.mkdir()
    write(folder / "secret.yaml", SECRET)
    write(folder / "ebooks.yaml", EBOOK)
    blank = LiveDistrict(simulated, folder, f"--ledger={new_ledger_url}", new_ledger_url)
    simulated.fault("bad-rows=blanks,every=5,on=students")
    status = blank.sync(live=False)
    simulated.clear_faults()
    told = details(blank)
    item = next(each for each in status["checklist"] if each["name"] == ITEM)
    listed = told["listed"]
    assert isinstance(listed, list)
    assert [each["id"] for each in listed][:5] == item["examples"]
    assert {each.get("account") for each in listed} == {None}
    assert [look["account"] for look in blank.asked("access")["looks"]] == [0]
    explained = blank.asked("explain", "--person", listed[0]["id"])
    assert (explained["noReading"], [each["item"] for each in explained["questions"]]) in [
        ("NoSnapshot", [ITEM]),
        ("NoKey", [ITEM]),
    ]


def test_an_erased_person_is_on_no_list(blank: LiveDistrict) -> None:
    ((person, account), *_) = rows(blank, "SELECT sourced_id, id FROM accounts WHERE username = '' ORDER BY 1")
    erased = blank.asked("erase", "--person", f"account:{account}", "--reason", "request 17", "--yes")["erased"]
    assert erased["questions"] == 1
    blank.sync()
    assert rows(blank, f"SELECT * FROM questions WHERE person = '{person}'") == []
    assert rows(blank, "SELECT count(*) FROM questions") != [(0,)]


def test_an_export_has_what_the_checklist_says_of_the_person(blank: LiveDistrict) -> None:
    ((account,), *_) = rows(blank, "SELECT id FROM accounts WHERE username = '' ORDER BY 1")
    told = blank.asked("export", "--person", f"account:{account}")
    assert [each["item"] for each in told["questions"]] == [ITEM]


def test_what_is_not_there_is_said_in_one_line(live: LiveDistrict) -> None:
    unknown = live.ask("checklist", "--file", live.folder, "--details", "Matchin")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert unknown.stderr == (
        "error: There is no item Matchin in the checklist of springfield. Did you mean Matching?\n"
    )
    without = call("checklist", "springfield", "--file", live.folder, "--details", "Matching")
    assert (without.exit_code, "This needs the ledger" in without.stderr) == (2, True)
    none = live.ask("checklist", "--file", live.folder, "--details", "Matching")
    assert none.stdout.splitlines()[-1] == "Nothing of it is kept one by one."


def test_it_takes_the_permission_for_people() -> None:
    assert REQUESTS["details"].permission == PEOPLE
