"""Seats as people meet them: a grant by hand that finds none, somebody who waits, a pool that ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

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
    status = live.sync(seats=[pool(EBOOK["metadata"]["name"], "Student", 0)])
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


def test_the_end_of_a_pool_is_told_beforehand(live: LiveDistrict) -> None:
    end = TODAY + timedelta(days=20)
    live.sync(seats=[pool("geometry", "Teacher", 900, lastDay=end.isoformat(), purchaser="Springfield USD")])
    [event] = [each for each in here(live, "upcoming")["events"] if each["kind"] == "SeatsEnd"]
    assert event["acts"] == "Publisher"
    assert event["message"] == (
        f"900 seats of geometry, Teacher edition (purchaser Springfield USD, to {end}) can no longer be taken. Nobody "
        "loses a license; whoever is new waits."
    )
