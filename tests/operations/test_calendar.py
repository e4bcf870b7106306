"""`calendar` and `upcoming` tell of what begins and ends by the dates of the roster, or why they cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.operations.conftest import LiveDistrict, call
from tests.operations.test_undo import rows

from roster_operator.operations.calendar import Cliff, Day, EBookCalendar, LicenseCalendar, TermDay
from roster_operator.operations.calendar import _cliffs as cliffs_of
from roster_operator.operations.ports import DistrictName
from roster_operator.operations.requests import CalendarRequest
from roster_operator.operations.spec_requests import UpcomingRequest
from roster_operator.operations.wire import plain, read

TODAY = date(2026, 11, 30)


def one(licenses: int, *changes: tuple[int, int]) -> EBookCalendar:
    """Of an eBook of which on each following day so many begin and so many end."""
    days, now = [], licenses
    for ahead, (begin, end) in enumerate(changes, start=1):
        now += begin - end
        days.append(Day(TODAY + timedelta(days=ahead), begin, end, now))
    return EBookCalendar("algebra", "Student", licenses, tuple(days))


@pytest.mark.parametrize(
    ("calendar", "cliffs"),
    [
        (one(100, (0, 9)), 0),
        (one(100, (0, 10)), 1),
        (one(100, (10, 0)), 1),
        (one(100, (50, 50)), 1),
        (one(100, (9, 9), (0, 11)), 1),
        (one(0, (6, 0)), 1),
        (one(0, (5, 0)), 0),
        (one(10, (0, 5)), 0),
    ],
)
def test_a_cliff_is_a_day_on_which_a_tenth_begins_or_ends(calendar: EBookCalendar, cliffs: int) -> None:
    assert len(cliffs_of((calendar,))) == cliffs


def kept(live: LiveDistrict) -> bool:
    return bool(rows(live, "SELECT 1 FROM snapshots"))


def test_today_is_what_the_ledger_holds(live: LiveDistrict) -> None:
    if not kept(live):
        result = live.ask("calendar")
        assert (result.exit_code, "No reading of springfield is kept" in result.stderr) == (2, True), result.output
        return
    told = live.asked("calendar")
    held = rows(live, "SELECT ebook, edition, COUNT(*) FROM licenses GROUP BY ebook, edition ORDER BY 1, 2")
    assert [(each["ebook"], each["edition"], each["licenses"]) for each in told["byEBook"]] == held
    assert told["undecided"] == 0
    assert (
        live.ask("calendar", "--days", "1").stdout.splitlines()[-1] == "No day on which a tenth of them begins or ends."
    )


def upcoming(live: LiveDistrict, *arguments: object) -> Any:
    return live.asked("upcoming", "--file", live.folder, *arguments)


def test_the_end_of_the_year_is_coming(live: LiveDistrict) -> None:
    told = upcoming(live, "--days", "400")
    kinds = {event["kind"] for event in told["events"]}
    if kept(live):
        assert {"TermsEnd", "LicensesEnd", "NextSync"} <= kinds
        (end, *_) = (event for event in told["events"] if event["kind"] == "LicensesEnd")
        assert end["message"].startswith("By the roster, ")
        assert end["message"].endswith(" More go that day than spec.guard lets go at once: they will wait.")
        assert told["notKnown"] == []
    else:
        assert told["notKnown"] == [
            "Terms, and licenses that begin or end by the dates of the roster, are not told: no reading is kept yet; "
            "the next sync of the live district keeps one."
        ]


def test_what_cannot_be_known_is_said(live: LiveDistrict) -> None:
    live.sync(snapshot="None")
    (why,) = upcoming(live)["notKnown"]
    assert why.endswith("spec.snapshot is None, so no reading is kept.")
    assert why in live.ask("upcoming", "--file", live.folder).stdout
    (why,) = call("upcoming", "springfield", "--file", live.folder).stdout.splitlines()[-1:]
    assert why.endswith("that takes the ledger (--ledger, or the console by --server).")


@pytest.mark.parametrize("days", ["0", "401", "x"])
def test_a_wrong_number_of_days_is_refused(live: LiveDistrict, days: str) -> None:
    result = live.ask("calendar", "--days", days)
    assert (result.exit_code, result.stdout) == (2, "")


def test_both_go_over_the_wire() -> None:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    asked = UpcomingRequest(district=DistrictName("a", "b"), days=3, certificates={"sis": at})
    assert read(UpcomingRequest, plain(asked)) == asked
    cliff = Cliff(TODAY, "algebra", "Student", 1, 2, 3, 4)
    told = LicenseCalendar(
        "a", "b", at, "run", "UTC", TODAY, TODAY, 1, (one(1, (0, 1)),), (cliff,), (TermDay(TODAY, (), ("x",)),)
    )
    assert read(LicenseCalendar, plain(told)) == told
    assert CalendarRequest.permission == UpcomingRequest.permission
