"""One enrollment comes to one thing on one day; what is certain goes before what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.licensing.eligibility import UNCLEAR, Eligibility, eligibility
from roster_operator.roster.dates import UNREADABLE, DayOrder, Days
from roster_operator.roster.models import Part, Role, Status, part

TODAY = "2026-11-30"
BEGIN, END = "2026-08-12", "2027-06-05"
EITHER_WAY = "2026-12-05/2026-05-12"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (part(Role.STUDENT, BEGIN, END), Eligibility.STUDENT),
        (part(Role.TEACHER, BEGIN, ""), Eligibility.STAFF),
        (part(Role.AIDE, "", END), Eligibility.STAFF),
        (part(Role.UNKNOWN, "", ""), Eligibility.BY_PERSON),
        (part(Role.ADMINISTRATOR, "", ""), Eligibility.OTHER_ROLE),
        (part(Role.UNRECOGNIZED, "", ""), Eligibility.UNCLEAR_ROLE),
        (part(Role.STUDENT, BEGIN, END, Status.GONE), Eligibility.DELETED),
        (part(Role.STUDENT, BEGIN, END, Status.UNRECOGNIZED), Eligibility.UNCLEAR_STATUS),
        (part(Role.STUDENT, BEGIN, TODAY, Status.UNRECOGNIZED), Eligibility.ENDED),
        (part(Role.STUDENT, "2026-12-01", END), Eligibility.NOT_BEGUN),
        (part(Role.STUDENT, "2026-12-01", UNREADABLE), Eligibility.NOT_BEGUN),
        (part(Role.STUDENT, UNREADABLE, TODAY), Eligibility.ENDED),
        (part(Role.STUDENT, UNREADABLE, END), Eligibility.UNCLEAR_DATE),
        (part(Role.UNRECOGNIZED, BEGIN, UNREADABLE), Eligibility.UNCLEAR_DATE),
        (part(Role.STUDENT, END, BEGIN), Eligibility.UNCLEAR_DATES_REVERSED),
        (part(Role.STUDENT, "2026-06-05", "2026-01-12"), Eligibility.DATES_REVERSED),
        (part(Role.STUDENT, BEGIN, EITHER_WAY), Eligibility.UNCLEAR_DAY_ORDER),
    ],
)
def test_an_enrollment_comes_to_one_thing(said: Part, expected: Eligibility) -> None:
    assert eligibility(said, Days(TODAY), order_is_final=False) is expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (DayOrder.MONTH_FIRST, Eligibility.STUDENT),
        (DayOrder.DAY_FIRST, Eligibility.ENDED),
        (DayOrder.UNKNOWN, Eligibility.UNCLEAR_DATE),
    ],
)
def test_the_order_of_the_section_tells_day_from_month(order: DayOrder, expected: Eligibility) -> None:
    said = part(Role.STUDENT, "", EITHER_WAY)
    assert eligibility(said, Days(TODAY, order=order), order_is_final=True) is expected


DATES = st.sampled_from(["", "2026-08-12", "2026-11-30", "2026-12-01", "2027-06-05", UNREADABLE, EITHER_WAY])


@given(st.sampled_from(Role), DATES, DATES, st.sampled_from(Status))
def test_nothing_is_certain_by_a_date_or_a_status_that_is_not(role: Role, begin: str, end: str, status: Status) -> None:
    found = eligibility(part(role, begin, end, status), Days(TODAY), order_is_final=True)
    entitles = found in {Eligibility.STUDENT, Eligibility.STAFF, Eligibility.BY_PERSON}
    assert not entitles or (UNREADABLE not in {begin, end} and status is Status.ACTIVE)
    assert found is not Eligibility.UNCLEAR_DAY_ORDER
    certain = status is not Status.UNRECOGNIZED and not {begin, end} & {UNREADABLE, EITHER_WAY}
    assert not certain or found not in UNCLEAR - {Eligibility.UNCLEAR_DATES_REVERSED, Eligibility.UNCLEAR_ROLE}


@given(st.sampled_from(Role), DATES, DATES, st.sampled_from(Status), st.sampled_from(DayOrder))
def test_what_is_said_before_the_order_is_known_holds_whatever_it_turns_out_to_be(
    role: Role, begin: str, end: str, status: Status, order: DayOrder
) -> None:
    said = part(role, begin, end, status)
    early = eligibility(said, Days(TODAY), order_is_final=False)
    late = eligibility(said, Days(TODAY, order=order), order_is_final=True)
    assert early in (late, Eligibility.UNCLEAR_DAY_ORDER)
