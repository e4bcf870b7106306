"""Grants and blocks by hand as somebody on the phone makes them: shown, done, listed, explained, ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.operations.conftest import LiveDistrict, call
from tests.operations.test_importing import as_file, told
from tests.operations.test_undo import rows

from roster_operator.operations.by_hand_requests import GrantRequest
from roster_operator.operations.wire import Unreadable, read

UNTIL = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
WHO = ("--person", "S1000001")
GRANT = (*WHO, "--ebook", "geometry", "--edition", "Teacher", "--until", UNTIL)


def here(live: LiveDistrict, verb: str, *arguments: object) -> Any:
    return live.asked(verb, "--file", live.folder, *arguments)


def done(live: LiveDistrict, verb: str, *arguments: object) -> dict[str, Any]:
    shown = here(live, verb, *arguments)
    assert not shown["done"]
    told: dict[str, Any] = here(live, verb, *arguments, "--digest", shown["digest"], "--reason", "ticket 4711")
    assert told["done"]
    assert {**told, "done": False, "byRun": None, "account": 0} == {**shown, "byRun": None, "account": 0}
    return told


def has(live: LiveDistrict, *person: str) -> dict[tuple[str, str], dict[str, Any]]:
    explained = here(live, "explain", *(person or WHO))
    return {(each["ebook"], each["edition"]): each for each in explained["has"]}


def test_a_grant_is_shown_done_listed_explained_and_ended(live: LiveDistrict) -> None:
    before = has(live)
    told = done(live, "grant", *GRANT)
    assert told["granted"] == [{"ebook": "geometry", "edition": "Teacher"}]
    given = has(live)["geometry", "Teacher"]
    assert (given["origin"], given["nextSync"], given["until"][:10] >= UNTIL) == ("Sticky", "Keeps", True)
    [decided] = here(live, "decisions")["decisions"]
    assert (decided["kind"], decided["account"], decided["reason"]) == ("Grant", told["account"], "ticket 4711")
    assert here(live, "decisions", *WHO)["decisions"] == [decided]
    [circumstance] = [each for each in here(live, "explain", *WHO)["circumstances"] if "ByHand" in each["what"]]
    assert "ticket 4711" in circumstance["message"]
    live.sync()
    assert ("geometry", "Teacher") in has(live)
    done(live, "grant", *WHO, "--ebook", "geometry", "--end")
    assert has(live) == before
    changes = here(live, "changes", *WHO)["changes"][-2:]
    assert [(each["why"], bool(each["actor"])) for each in changes] == [
        ("GrantedByHand", True),
        ("GrantEndedByHand", True),
    ]
    assert here(live, "access", *WHO)["looks"][0]["verb"] in {"access", "changes", "explain"}


def test_a_block_takes_every_ebook_until_it_is_taken_back(live: LiveDistrict) -> None:
    before = has(live)
    told = done(live, "block", *WHO, "--until", UNTIL)
    assert len(told["removed"]) == len(before) > 0
    explained = here(live, "explain", *WHO)
    assert explained["has"] == []
    assert "BlockedByHand" in {each["what"] for each in explained["circumstances"]}
    causes = {(each["nextSync"], each["because"][0]["cause"]) for each in explained["lacks"]}
    assert causes == ({("Nothing", "BlockedByHand")} if "read" in explained else set())
    live.sync()
    assert has(live) == {}
    refused = live.ask("grant", "--file", live.folder, *GRANT)
    assert (refused.exit_code, "blocked" in refused.stderr) == (2, True)
    done(live, "block", *WHO, "--end")
    live.sync()
    assert {key: each["origin"] for key, each in has(live).items()} == dict.fromkeys(before, "Roster")


def test_it_works_while_syncs_are_suspended_and_in_setup_mode(live: LiveDistrict) -> None:
    for spec in ({"suspend": True}, {"live": False}):
        live.sync(**spec)
        done(live, "grant", *GRANT)
        assert ("geometry", "Teacher") in has(live)
        done(live, "grant", *WHO, "--ebook", "geometry", "--end")


def test_somebody_on_no_roster_gets_an_account(live: LiveDistrict) -> None:
    who = ("--email", "coach@example.org", "--ebook", "geometry", "--edition", "Teacher", "--until", UNTIL)
    told = done(live, "grant", *who)
    assert ("geometry", "Teacher") in has(live, "--person", "coach@example.org")
    kept = here(live, "export", "--person", f"account:{told['account']}")
    assert [each["reason"] for each in kept["person"]["byHand"]] == ["ticket 4711"]
    erased = here(live, "erase", "--person", "coach@example.org", "--reason", "a request", "--yes")
    assert (erased["erased"]["overrides"], erased["erased"]["licenses"]) == (1, 1)
    assert here(live, "decisions")["decisions"] == []


def test_its_end_is_told_beforehand_without_naming_anybody(live: LiveDistrict) -> None:
    done(live, "grant", *GRANT)
    events = [each for each in here(live, "upcoming")["events"] if each["kind"] == "ByHandEnds"]
    assert [each["message"] for each in events] == [
        "By hand, of geometry, Teacher edition: the end of 1 grant. See `decisions`."
    ]


@pytest.mark.parametrize(
    ("verb", "arguments", "says"),
    [
        ("grant", GRANT[:-2], "Say when it ends"),
        ("grant", (*GRANT[:-1], "2020-01-01"), "has begun already"),
        ("grant", (*GRANT[:-1], "soon"), "is no date"),
        ("grant", (*GRANT, "--end"), "Either it ends now"),
        ("grant", GRANT[2:], "Say who"),
        ("grant", (*GRANT, "--email", "x@example.org"), "Say who"),
        ("grant", (*GRANT[2:], "--email", "nomail"), "has no @"),
        ("grant", (*WHO, "--edition", "Student", "--until", UNTIL), "Say which eBook"),
        ("grant", (*WHO, "--ebook", "geometry", "--until", UNTIL), "Say which edition"),
        ("grant", (*WHO, "--ebook", "geometri", "--edition", "Student", "--until", UNTIL), "no eBook geometri"),
        ("grant", (*GRANT, "--digest", "plan-0000"), "Say why"),
        ("grant", (*GRANT, "--digest", "plan-0000", "--reason", "x"), "something has changed"),
        ("block", (*WHO, "--end"), "Nothing of the kind"),
        ("block", ("--person", "nobody", "--until", UNTIL), "Nobody in springfield"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_a_line(
    live: LiveDistrict, verb: str, arguments: tuple[str, ...], says: str
) -> None:
    refused = live.ask(verb, "--file", live.folder, *arguments)
    assert (refused.exit_code, refused.stdout, says in refused.stderr) == (2, "", True), refused.stderr
    assert refused.stderr.count("\n") == 1


def test_what_has_no_end_takes_the_spec_s_permission(live: LiveDistrict) -> None:
    live.sync(byHand={"endless": True})
    told = done(live, "grant", *GRANT[:-2])
    assert "until" not in told
    assert "without an end" in live.ask("grant", "--file", live.folder, *GRANT[:-2]).stdout


def test_help_has_examples() -> None:
    for verb in ("grant", "block", "decisions"):
        assert "Examples:" in call(verb, "--help").output


def test_a_file_of_licenses_gets_past_no_block(live: LiveDistrict) -> None:
    account = done(live, "block", *WHO, "--ebook", "geometry", "--until", UNTIL)["account"]
    [(username,)] = rows(live, f"SELECT username FROM accounts WHERE id = {account}")
    shown = told(
        live,
        as_file(
            (username, "", "", "geometry", "Student", "true", ""), (username, "", "", "algebra", "Teacher", "true", "")
        ),
    )
    assert (shown["licenses"], [each["why"] for each in shown["leftOut"]]) == (1, ["Blocked"])


@pytest.mark.parametrize("verb", ["grant", "block", "explain", "export", "access", "changes"])
def test_what_a_terminal_with_another_encoding_writes_is_refused(tmp_path: Path, verb: str) -> None:
    latin_1 = b"jos\xe9".decode("utf-8", "surrogateescape")
    refused = call(verb, "springfield", f"--ledger=sqlite:///{tmp_path / 'ledger'}", "--person", latin_1)
    assert (refused.exit_code, "no text in UTF-8" in refused.stderr, "jos" in refused.output) == (2, True, False)


@pytest.mark.parametrize("username", ["a\0b", "a\udcffb"])
def test_what_no_ledger_can_hold_is_refused_when_it_comes_by_the_console(username: str) -> None:
    with pytest.raises(Unreadable, match=r"^username has a character in it that is none"):
        read(GrantRequest, {"district": {"name": "springfield", "namespace": ""}, "username": username})
