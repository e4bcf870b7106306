"""What the page on January and the summer says of its district is what its spec comes to."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import yaml
from tests.docs.pages import ROOT
from tests.docs.typed import shown

from roster_operator.api.v1alpha1 import Terms
from roster_operator.reconcile.terms import rules_of
from roster_operator.roster.calendar import calendar
from roster_operator.roster.dates import Days
from roster_operator.roster.models import Session

PAGE = "docs/how-to/terms-and-seasons.md"
(SPEC,) = (yaml.safe_load(block.text)["spec"] for block in shown(PAGE, "yaml"))
TEXT = (ROOT / PAGE).read_text("utf-8")
ROWS = dict(re.findall(r"^ +\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", TEXT, re.M))
SESSIONS = {
    "fall": Session("FA26", "2026-08-12", "2027-01-16"),
    "spring": Session("SP27", "2027-01-19", "2027-06-05"),
    "the whole year": Session("Y27", "2026-08-12", "2027-06-05"),
    "summer school": Session("SU27", "2027-06-14", "2027-07-24"),
    "next year": Session("Y28", "2027-08-12", "2028-06-03"),
}
YEAR = [date(2027, 1, 1) + timedelta(days=ahead) for ahead in range(300)]


@pytest.mark.parametrize("whose", SESSIONS)
def test_each_row_has_the_days_on_which_a_term_counts(whose: str) -> None:
    session, rules = SESSIONS[whose], rules_of(Terms.model_validate(SPEC["terms"]))
    on = [day for day in YEAR if calendar([session], Days(day.isoformat()), rules).is_on([session.id])]
    first = [f"from {on[0]:%B} {on[0].day}"] if on[0] != YEAR[0] else []
    last = [f"until {on[-1]:%B} {on[-1].day}"] if on[-1] != YEAR[-1] else []
    assert re.findall(r"(?<!not )(?:from|until) [A-Z]\w+ \d+", ROWS[whose]) == [*first, *last]


@pytest.mark.parametrize("row", re.findall(r"^\| [^|]+ \| `(\{.+\})` \|$", TEXT, re.M))
def test_each_season_that_is_shown_is_one(row: str) -> None:
    assert Terms.model_validate({"seasons": [yaml.safe_load(row)]}).seasons
