"""`status` is one screen for one district, and `history` lists what its syncs did; on both databases."""

from __future__ import annotations

import json

import pytest
import yaml
from tests.operations.conftest import LiveDistrict, call

from roster_operator.ledger import open_ledger


def test_one_screen_says_how_a_district_stands(live: LiveDistrict) -> None:
    result = live.ask("status", "--file", live.folder)
    assert result.exit_code == 0, result.output
    screen = result.stdout
    assert screen.startswith("districts/springfield   live   OneRoster http://")
    for told in ("Nobody has to act: Synced", "Licenses    ", "Last sync   ", "Ledger      district:springfield: "):
        assert told in screen


def test_removals_that_wait_exit_with_3_and_say_who_acts(live: LiveDistrict) -> None:
    live.sync(courses=[{"code": "MA101", "ebooks": ["algebra"]}])
    result = live.ask("status", "--file", live.folder)
    assert result.exit_code == 3
    assert "District acts first: RemovalsHeld since" in result.stdout


def test_who_acts_is_told_with_where_they_are_reached(live: LiveDistrict) -> None:
    contacts = {"district": "sis-team@springfield.example.org", "publisher": "https://help.example.org/rosters"}
    live.sync(courses=[{"code": "MA101", "ebooks": ["algebra"]}], contacts=contacts)
    screen = live.ask("status", "--file", live.folder).stdout
    both = "District sis-team@springfield.example.org, Publisher https://help.example.org/rosters"
    assert "District (sis-team@springfield.example.org) acts first: RemovalsHeld since" in screen
    assert f"Contacts    {both}\n" in screen
    assert f"Contacts: {both}." in live.ask("checklist", "--file", live.folder).stdout


def test_a_program_gets_the_same_as_json_and_yaml(live: LiveDistrict) -> None:
    as_json = json.loads(live.ask("status", "--file", live.folder, "-o", "json").stdout)
    as_yaml = live.asked("status", "--file", live.folder)
    assert as_json == as_yaml
    assert as_json["standing"] == {**as_json["standing"], "reason": "Synced", "waits": False}
    assert as_json["ledger"]["lastRun"]["runID"] == as_json["lastSync"]["runID"]
    assert as_json["ledger"]["licenses"] == as_json["licenses"]["active"] > 0


def test_the_status_needs_no_ledger_and_takes_what_kubectl_writes(live: LiveDistrict) -> None:
    listed = {"kind": "List", "items": [yaml.safe_load((live.folder / "integration.yaml").read_text())]}
    result = call("status", "springfield", "--file", "-", stdin=yaml.safe_dump(listed))
    assert result.exit_code == 0, result.output
    assert "Ledger" not in result.stdout


def test_files_without_a_status_are_answered_from_the_ledger(live: LiveDistrict) -> None:
    written = yaml.safe_load((live.folder / "integration.yaml").read_text())
    without = {key: value for key, value in written.items() if key != "status"}
    (live.folder / "integration.yaml").write_text(yaml.safe_dump(without))
    standing = live.asked("status", "--file", live.folder)["standing"]
    assert (standing["reason"], standing["waits"]) == ("Synced", False)
    assert "this is what the ledger knows" in standing["message"]


def test_history_lists_the_runs_newest_first_in_pages(live: LiveDistrict) -> None:
    live.sync(courses=[{"code": f"MA10{number}", "ebooks": ["algebra", "geometry"]} for number in range(1, 8)])
    newest, first = live.asked("history")["runs"]
    assert first["granted"] == newest["unchanged"] > 0
    assert newest["started"] >= first["started"]
    assert {proof["section"] for proof in first["proof"]} >= {"schools", "classes", "enrollments"}

    page = live.asked("history", "--limit", "1")
    assert [run["runID"] for run in page["runs"]] == [newest["runID"]] == [page["next"]]
    rest = live.asked("history", "--before", page["next"][:8])
    assert [run["runID"] for run in rest["runs"]] == [first["runID"]]
    assert "next" not in rest
    lines = live.ask("history").stdout.splitlines()
    assert lines[0].startswith("STARTED (UTC)")
    assert lines[1].endswith(newest["runID"])


@pytest.mark.parametrize("verb", ["status", "history"])
def test_an_unknown_district_is_one_line_with_what_was_meant(live: LiveDistrict, verb: str) -> None:
    files = ["--file", live.folder] if verb == "status" else []
    result = call(verb, "sprngfield", live.ledger, *files)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "There is no district sprngfield in the " in result.stderr
    assert "Did you mean springfield?" in result.stderr


def test_an_unknown_run_says_which_there_are(live: LiveDistrict) -> None:
    run = live.asked("history")["runs"][0]["runID"]
    result = live.ask("history", "--before", "0000")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"There is no run 0000 of springfield. There are: {run}." in result.stderr


def test_a_ledger_that_is_not_there_is_not_made(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("none") / "ledger.sqlite"
    result = call("history", "springfield", "--ledger", f"sqlite:///{path}")
    assert (result.exit_code, "There is no ledger at" in result.stderr) == (2, True)
    assert not path.exists()
    assert "--ledger" in call("history", "springfield").stderr


def test_nothing_that_only_asks_can_write(live: LiveDistrict) -> None:
    before = open_ledger(live.url)
    counted = before.holdings()
    live.ask("status", "--file", live.folder)
    live.ask("history")
    assert before.holdings() == counted
    before.close()
