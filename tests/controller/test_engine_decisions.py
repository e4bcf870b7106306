"""What the engine makes of what it is told, without a cluster."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.controller.looptime import run

from roster_operator.api import names, reasons
from roster_operator.clock import FixedClock
from roster_operator.controller.concurrency_limits import UNLIMITED, Limits
from roster_operator.controller.engine import Engine
from roster_operator.controller.inventory import Inventory, ObservedEBook, ObservedResource, observe
from roster_operator.controller.queue import WorkQueue
from roster_operator.controller.running import RunningSync
from roster_operator.interruption import Interruption
from roster_operator.reconcile.contract import Trigger

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


def body(name: str, *, generation: int = 1, observed: int = 1, **more: Any) -> dict[str, Any]:
    status = {
        "observedGeneration": observed,
        "nextSyncTime": "2026-09-01T07:00:00Z",
        "lastAttemptTime": "2026-09-01T06:00:00Z",
        "observedSecretVersion": "v1",
    }
    spec = {"interval": "24h", "source": {"secretRef": {"name": f"{name}-sis"}}, **more.pop("spec", {})}
    metadata = {
        "namespace": "n",
        "name": name,
        "uid": f"uid-{name}",
        "generation": generation,
        "finalizers": [names.CLEANUP_FINALIZER],
    }
    return {"metadata": metadata | more.pop("metadata", {}), "spec": spec, "status": status | more.pop("status", {})}


def mapped(name: str, ebook: str) -> ObservedResource:
    return observe(body(name, spec={"courses": [{"code": "MA101", "ebooks": [ebook]}]}))


def engine(versions: dict[str, str] | None = None, limits: Limits = UNLIMITED) -> Engine:
    known = versions or {}
    clock = FixedClock(NOW)
    return Engine(WorkQueue(), Inventory(), clock, lambda _namespace, name: known.get(name, "v1"), limits=limits)


async def order(engine: Engine) -> list[str]:
    """The keys that are ready, in the order in which workers get them."""
    keys = []
    while engine.queue.depth:
        turn = await engine.queue.get()
        engine.queue.done(turn)
        keys.append(turn.key.removeprefix("n/"))
    return keys


def sync(sighting: ObservedResource) -> RunningSync:
    return RunningSync(sighting, Trigger.SCHEDULE, Interruption(FixedClock(NOW), 60), 0, 60)


def test_what_is_not_due_waits_for_its_time() -> None:
    async def scenario() -> None:
        one = engine()
        one.on_change(observe(body("springfield")))
        assert one.queue.depth == 0
        turn = await one.queue.get()
        assert turn.key == "n/springfield"
        assert asyncio.get_running_loop().time() == 3600

    run(scenario())


def test_retries_leave_workers_to_districts_that_have_not_failed() -> None:
    async def scenario() -> None:
        one = engine(limits=Limits(large=9, on_server=9, retries=2))
        hanging = {"consecutiveFailures": 3, "nextSyncTime": "2026-09-01T05:59:00Z"}
        for number in range(4):
            one.on_change(observe(body(f"hanging-{number}", status=hanging)))
        for number in range(3):
            one.on_change(observe(body(f"sound-{number}", status={"nextSyncTime": "2026-09-01T05:59:00Z"})))
        await asyncio.sleep(3600)
        turns = [await one.queue.get() for _ in range(5)]
        names = [turn.key.removeprefix("n/").partition("-")[0] for turn in turns]
        assert sorted(names) == ["hanging", "hanging", "sound", "sound", "sound"]
        assert one.queue.depth == 2
        one.queue.done(next(turn for turn in turns if "hanging" in turn.key))
        assert "hanging" in (await one.queue.get()).key

    run(scenario())


def test_a_persons_change_goes_before_an_ebooks() -> None:
    async def scenario() -> None:
        one = engine()
        one.on_change(mapped("a", "algebra"))
        one.on_change(mapped("b", "algebra"))
        one.on_ebook_change(ObservedEBook("algebra", ("u", 1), NOW), live=True)
        one.on_change(observe(body("changed", generation=2)))
        assert await order(one) == ["changed", "a", "b"]

    run(scenario())


def test_an_ebook_that_is_listed_again_changes_nothing() -> None:
    async def scenario() -> None:
        one = engine()
        one.on_change(mapped("a", "algebra"))
        early = ObservedEBook("algebra", ("u", 1), NOW - timedelta(days=1))
        one.on_ebook_change(early, live=False)
        one.on_ebook_change(early, live=True)
        assert await order(one) == []

    run(scenario())


@pytest.mark.parametrize("before", [True, False], ids=["changed", "new"])
def test_an_ebook_that_is_met_by_a_listing_calls_for_syncs_if_it_changed_since_the_last(before: bool) -> None:
    """What the watch missed while it was interrupted is told by the listing that follows."""

    async def scenario() -> None:
        one = engine()
        one.on_change(mapped("a", "algebra"))
        if before:
            one.on_ebook_change(ObservedEBook("algebra", ("u", 1), NOW - timedelta(days=1)), live=False)
        one.on_ebook_change(ObservedEBook("algebra", ("u", 2), NOW + timedelta(minutes=1)), live=False)
        assert await order(one) == ["a"]

    run(scenario())


def test_what_called_for_a_sync_still_does_if_nothing_came_of_it() -> None:
    async def scenario() -> None:
        one = engine()
        sighting = mapped("a", "algebra")
        one.on_change(sighting)
        one.on_ebook_change(ObservedEBook("algebra", ("u", 1), NOW), live=True)

        running = sync(sighting)
        assert one.begin(running)
        assert one.standing(sighting).external_trigger is None
        one.end(running, answered=False)
        assert one.standing(sighting).external_trigger is Trigger.EBOOK_CHANGED

        running = sync(sighting)
        assert one.begin(running)
        one.end(running, answered=True)
        assert one.standing(sighting).external_trigger is None

    run(scenario())


def test_what_is_seen_of_a_resource_that_syncs_already_makes_no_second_turn() -> None:
    async def scenario() -> None:
        one = engine()
        changed = observe(body("a", generation=2))
        one.on_change(changed)
        turn = await one.queue.get()
        running = sync(changed)
        one.begin(running)
        one.on_change(changed)
        one.end(running, answered=True)
        one.queue.done(turn)
        assert one.queue.depth == 0
        assert not running.stopped

    run(scenario())


def test_no_sync_begins_once_a_resource_is_on_its_way_out() -> None:
    async def scenario() -> None:
        one = engine()
        sighting = observe(body("a", generation=2))
        one.on_change(sighting)
        await one.drain(sighting)
        assert not one.begin(sync(sighting))
        assert one.queue.depth == 0
        one.on_delete("n/a", "uid-a")
        another = replace(sighting, uid="uid-b")
        one.on_change(another)
        assert one.begin(sync(another))

    run(scenario())


def test_no_sync_begins_once_the_operator_stops() -> None:
    async def scenario() -> None:
        one = engine()
        sighting = observe(body("a", generation=2))
        one.on_change(sighting)
        one.stop_all()
        assert not one.begin(sync(sighting))

    run(scenario())


def test_the_word_of_a_gone_resource_does_not_drop_its_successor() -> None:
    async def scenario() -> None:
        one = engine()
        one.on_change(observe(body("a", metadata={"uid": "new"})))
        one.on_delete("n/a", "old")
        assert one.inventory.get("n/a") is not None

    run(scenario())


def test_a_secret_concerns_only_those_who_name_it() -> None:
    async def scenario() -> None:
        versions = {"a-sis": "v1", "b-sis": "v1"}
        one = engine(versions)
        for name in ("a", "b"):
            one.on_change(observe(body(name)))
        versions["a-sis"] = versions["b-sis"] = "v2"
        one.secret_changed("n", "a-sis")
        one.secret_changed("elsewhere", "b-sis")
        assert await order(one) == ["a"]

    run(scenario())


def test_a_ledger_that_is_back_brings_those_who_failed_for_its_sake() -> None:
    async def scenario() -> None:
        one = engine()
        ready = {"type": "Ready", "status": "False", "reason": reasons.LEDGER_UNAVAILABLE}
        one.on_change(observe(body("failed", status={"conditions": [ready], "consecutiveFailures": 2})))
        one.on_change(observe(body("sound")))
        one.ledger_is_back()
        assert await order(one) == ["failed"]

    run(scenario())


def test_syncs_that_outlive_their_timeout_by_far_are_counted() -> None:
    async def scenario() -> None:
        clock = FixedClock(NOW)
        one = Engine(WorkQueue(), Inventory(), clock, lambda _namespace, _name: None)
        one.begin(sync(observe(body("a"))))
        clock.advance(timedelta(seconds=600))
        assert one.overdue_syncs(600) == 0
        clock.advance(timedelta(seconds=61))
        assert one.overdue_syncs(600) == 1

    run(scenario())


def test_the_last_sync_tells_which_districts_are_large() -> None:
    def large(status: dict[str, Any]) -> bool:
        return observe(body("springfield", status=status)).large

    assert not large({})
    assert not large(
        {"roster": {"students": 3_000, "teachers": 90, "rows": 26_000}, "lastSync": {"durationSeconds": 9}}
    )
    assert large({"roster": {"students": 12_000, "teachers": 300, "rows": 90_000}})
    assert large({"roster": {"students": 40, "teachers": 3, "rows": 700_000}})
    assert large({"lastSync": {"durationSeconds": 1_200}})


def test_the_server_of_a_district_is_the_host_of_its_sis() -> None:
    def server(url: Any) -> str:
        return observe(body("springfield", spec={"source": {"baseURL": url}})).server

    assert server("https://Proxy.example.org:8443/d/1") == server("http://proxy.example.org/d/2") == "proxy.example.org"
    assert server("file:///rosters/springfield.zip") == server("https://[") == server(None) == ""


def test_the_longest_time_between_two_syncs_may_be_that_of_delta_reads() -> None:
    def interval(**delta: str) -> timedelta:
        return observe(body("springfield", spec={"interval": "1h", "source": {"delta": delta}})).standing.interval

    assert interval(interval="6h") == timedelta(hours=6)
    assert interval(interval="10m") == interval(fullInterval="24h") == timedelta(hours=1)


def test_a_first_sync_that_turns_out_to_be_large_ends_and_waits_for_a_large_place() -> None:
    async def scenario() -> None:
        one = engine(limits=Limits(large=1, on_server=9, retries=9))
        asked = {"observedGeneration": 0}
        for name in ("first", "second", "third"):
            one.on_change(observe(body(name, observed=0, status=asked)))
        turns = {turn.key: turn for turn in [await one.queue.get() for _ in range(3)]}
        syncs = {key: sync(observe(body(key.removeprefix("n/"), observed=0, status=asked))) for key in turns}
        assert all(one.begin(each) for each in syncs.values())

        for key in ("n/first", "n/second"):
            syncs[key].grew(9_000, 60_000)
            syncs[key].grew(11_000, 80_000)
            syncs[key].grew(12_000, 90_000)
        syncs["n/third"].grew(900, 8_000)
        await asyncio.sleep(0)

        assert [each.stopped for each in syncs.values()] == [False, True, False]
        one.end(syncs["n/second"], answered=False)
        one.queue.done(turns["n/second"])
        await asyncio.sleep(0)
        assert one.queue.depth == 1
        one.end(syncs["n/first"], answered=True)
        one.queue.done(turns["n/first"])
        assert (await one.queue.get()).key == "n/second"

    run(scenario())


@pytest.mark.parametrize(
    ("written", "seen"), [("2027-06-30", date(2027, 6, 30)), (None, None), ("soon", None), (20270630, None)]
)
def test_the_day_on_which_credentials_expire_is_seen(written: object, seen: date | None) -> None:
    assert observe(body("a", spec={"source": {"credentialsExpire": written}})).credentials_expire == seen


def test_a_new_resource_has_its_turn_once_the_finalizer_is_there() -> None:
    async def scenario() -> None:
        one = engine()
        one.on_change(observe(body("a", observed=0, metadata={"finalizers": []})))
        assert one.queue.depth == 0
        one.on_change(observe(body("a", observed=0)))
        assert one.queue.depth == 1

    run(scenario())
