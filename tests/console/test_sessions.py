"""A session lasts as long as somebody works, and is known to every replica that has the same key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from roster_operator.clock import FixedClock
from roster_operator.console.sessions import IDLE, LONGEST, Sessions

SECRET = b"k" * 32
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 30, 8, 0, tzinfo=UTC))


@pytest.fixture
def sessions(clock: FixedClock) -> Sessions:
    return Sessions(lambda: SECRET, clock)


def begun(sessions: Sessions, token: str = "token") -> str:
    cookie = sessions.sealed(sessions.begin(token))
    assert cookie is not None
    return cookie


def test_a_session_that_nobody_uses_is_over(sessions: Sessions, clock: FixedClock) -> None:
    cookie = begun(sessions)
    clock.advance(IDLE)
    opened = sessions.open(cookie)
    assert opened is not None
    assert opened.token == "token"
    clock.advance(MINUTE)
    assert sessions.open(cookie) is None


def test_a_session_that_is_used_lasts_a_working_day_and_no_longer(sessions: Sessions, clock: FixedClock) -> None:
    cookie, until = begun(sessions), clock.now() + LONGEST
    while clock.now() + IDLE <= until:
        clock.advance(IDLE - MINUTE)
        opened = sessions.open(cookie)
        assert opened is not None
        renewed = sessions.renewed(opened)
        assert renewed is not None
        cookie = sessions.sealed(renewed) or ""
    clock.advance(IDLE)
    assert sessions.open(cookie) is None


def test_a_page_after_the_other_writes_no_new_cookie(sessions: Sessions, clock: FixedClock) -> None:
    cookie = begun(sessions)
    clock.advance(timedelta(seconds=59))
    opened = sessions.open(cookie)
    assert opened is not None
    assert sessions.renewed(opened) is None


def test_replicas_with_one_key_know_each_others_sessions(sessions: Sessions, clock: FixedClock) -> None:
    cookie = begun(sessions)
    assert Sessions(lambda: SECRET, clock).open(cookie) is not None
    assert Sessions(lambda: b"o" * 32, clock).open(cookie) is None
    assert Sessions(lambda: None, clock).open(begun(Sessions(lambda: None, clock))) is None
    alone = Sessions(lambda: None, clock)
    assert alone.open(begun(alone)) is not None


def test_a_session_that_was_ended_stays_ended_and_the_others_go_on(sessions: Sessions, clock: FixedClock) -> None:
    mine, other = begun(sessions), begun(sessions)
    opened = sessions.open(mine)
    assert opened is not None
    sessions.end(opened)
    renewed = sessions.sealed(opened)
    assert (sessions.open(mine), sessions.open(renewed or "")) == (None, None)
    assert sessions.open(other) is not None


def test_each_session_has_a_mark_of_its_own(sessions: Sessions) -> None:
    marks = {sessions.mark_of_form(each) for each in ("session a", "session b", "user a")}
    assert len(marks) == 3
    assert sessions.mark_of_form("session a") in marks


def test_a_token_that_no_browser_would_keep_is_refused(sessions: Sessions) -> None:
    assert sessions.sealed(sessions.begin("x" * 2_000)) is not None
    assert sessions.sealed(sessions.begin("x" * 4_000)) is None


def test_the_token_is_not_in_what_is_printed_of_a_session(sessions: Sessions) -> None:
    assert "zebrafish" not in repr(sessions.begin("zebrafish"))
    assert "zebrafish" not in begun(sessions, "zebrafish")
