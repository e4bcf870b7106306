"""Seats as people meet them: a grant by hand that finds none, somebody who waits, a pool that ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from tests.cli.folders import EBOOK
from tests.operations.conftest import LiveDistrict, district_in
from tests.operations.test_by_hand import UNTIL, done, here

from district_simulator.library import SimulatedDistrict

TODAY = datetime.now(UTC).date()
TEACHER_EDITION = ("--ebook", "geometry", "--edition", "Teacher", "--until", UNTIL)


def pool(ebook: str, edition: str, total: int, **more: Any) -> dict[str, Any]:
    return {"ebook": ebook, "edition": edition, "total": total, **more}


def test_a_grant_by_hand_takes_a_seat_and_is_refused_where_none_is_free(live: LiveDistrict) -> None:
    held = [each for each in live.sync()["licenses"]["byEBook"] if each["name"] == "geometry"]
    teachers = sum(each["active"] for each in held if each["edition"] == "Teacher")
    live.sync(seats=[pool("geometry", "Teacher", teachers + 1)])
    done(live, "grant", "--person", "S1000001", *TEACHER_EDITION)
    refused = live.ask("grant", "--file", live.folder, "--person", "S1000002", *TEACHER_EDITION)
    assert (refused.exit_code, "No seat of it is free" in refused.stderr) == (2, True)
    done(live, "grant", "--person", "S1000001", *TEACHER_EDITION)
    live.sync(seats=[pool("geometry", "Teacher", teachers, overage=2)])
    done(live, "grant", "--person", "S1000002", *TEACHER_EDITION)
    done(live, "grant", "--person", "S1000001", *TEACHER_EDITION[:4], "--end")
    live.sync(seats=[])


def test_who_waits_is_told_since_when_and_is_granted_it_by_the_sync_after(
    simulated: SimulatedDistrict, tmp_path: Path, ledger_url: str
) -> None:
    live = district_in(tmp_path / "districts", simulated, ledger_url)
    name = yaml.safe_load(yaml.safe_dump(EBOOK))["metadata"]["name"]
    status = live.sync(seats=[pool(name, "Student", 0)])
    [short] = [each for each in status["licenses"]["byEBook"] if each.get("waiting")]
    assert (short["active"], short["seats"], status["licenses"]["waiting"]) == (0, 0, short["waiting"])
    who = ("--person", "S1000001")
    explained = here(live, "explain", *who)
    [circumstance] = [each for each in explained["circumstances"] if each["what"] == "NoSeat"]
    assert (circumstance["acts"], "they are next" in circumstance["message"]) == ("Publisher", True)
    causes = {(each["nextSync"], each["because"][0]["cause"]) for each in explained["lacks"] if each["because"]}
    assert ("Unknown", "NoSeat") in causes if "read" in explained else not causes
    live.sync(seats=[pool(short["name"], "Student", short["waiting"])])
    assert short["name"] in {each["ebook"] for each in here(live, "explain", *who)["has"]}


def test_pools_are_told_in_the_order_of_use(live: LiveDistrict) -> None:
    [school] = live.simulated.school_ids
    held = [each for each in live.sync()["licenses"]["byEBook"] if each["edition"] == "Student"]
    ebook, active = held[0]["name"], held[0]["active"]
    live.sync(seats=[pool(ebook, "Student", active), pool(ebook, "Student", 2, school=school, purchaser="PTA")])
    told = here(live, "seats")
    assert [(each["purchaser"], each["used"]) for each in told["pools"]] == [("PTA", 2), ("", active - 2)]
    assert (told["beyond"], told["waiting"]) == ([], [])
    live.sync(seats=[pool(ebook, "Student", 1, lastDay=(TODAY - timedelta(days=3)).isoformat())])
    assert here(live, "seats")["beyond"] == [{"ebook": ebook, "edition": "Student", "licenses": active}]
    table = live.ask("seats", "--file", live.folder).stdout
    assert "Without a seat, and they keep it" in table
    assert "Nobody waits." in table
    live.sync(seats=[])
    refused = live.ask("seats", "--file", live.folder)
    assert (refused.exit_code, "names no pool" in refused.stderr) == (2, True)


def test_the_end_of_a_pool_is_told_beforehand(live: LiveDistrict) -> None:
    end = TODAY + timedelta(days=20)
    live.sync(seats=[pool("geometry", "Teacher", 900, lastDay=end.isoformat(), purchaser="Springfield USD")])
    [event] = [each for each in here(live, "upcoming")["events"] if each["kind"] == "SeatsEnd"]
    assert event["acts"] == "Publisher"
    assert event["message"] == (
        f"900 seats of geometry, Teacher edition (purchaser Springfield USD, to {end}) can no longer be taken. Nobody "
        "loses a license; whoever is new waits."
    )
