"""Attempts to sign in: whoever fails on and on keeps nobody out, and few are asked about at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import httpx2
import pytest
from tests.console.conftest import Springfield
from tests.service.conftest import Served

from roster_operator.console.attempts import Attempts
from roster_operator.service.refusals import Refused

OURS = {"Sec-Fetch-Site": "same-origin"}
PROXY = {**OURS, "X-Forwarded-For": "203.0.113.5"}


class API:
    """What is asked about each attempt, and how many at once."""

    def __init__(self) -> None:
        self.now, self.most, self.open = 0, 0, asyncio.Event()

    async def asked(self, *, known: bool) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.open.wait()
            if not known:
                raise Refused(HTTPStatus.UNAUTHORIZED, "not known")
        finally:
            self.now -= 1


def of(attempts: Attempts, api: API) -> Callable[[str, bool], Awaitable[HTTPStatus]]:
    async def one(address: str, known: bool) -> HTTPStatus:
        try:
            async with attempts.one(address):
                await api.asked(known=known)
        except Refused as refused:
            return refused.status
        return HTTPStatus.OK

    return one


def run(test: Callable[[Attempts, API], Awaitable[None]]) -> None:
    async def within() -> None:
        await test(Attempts(lambda: 0.0), API())

    asyncio.run(within())


def test_an_address_that_has_failed_too_often_is_asked_about_two_at_a_time_and_still_let_in() -> None:
    async def test(attempts: Attempts, api: API) -> None:
        one = of(attempts, api)
        api.open.set()
        for _ in range(40):
            assert await one("school", False) == HTTPStatus.UNAUTHORIZED
        api.open.clear()
        api.most = 0
        many = [asyncio.ensure_future(one("school", False)) for _ in range(30)]
        right = asyncio.ensure_future(one("school", True))
        await asyncio.sleep(0)
        other = asyncio.ensure_future(one("elsewhere", True))
        await asyncio.sleep(0.01)
        assert api.now == 3, "two of the school, and whoever is elsewhere"
        api.open.set()
        assert await asyncio.wait_for(right, 5) == HTTPStatus.OK
        assert await other == HTTPStatus.OK
        assert set(await asyncio.gather(*many)) == {HTTPStatus.UNAUTHORIZED}
        assert api.most == 3

    run(test)


def test_whoever_has_not_failed_does_not_wait_for_whoever_has() -> None:
    async def test(attempts: Attempts, api: API) -> None:
        one = of(attempts, api)
        many = [asyncio.ensure_future(one(f"attacker {n % 3}", False)) for n in range(500)]
        await asyncio.sleep(0.01)
        assert api.now == 16, "of all"
        assert sum(each.done() for each in many) == 500 - 3 * 64, "those beyond are refused at once"
        right = asyncio.ensure_future(one("elsewhere", True))
        await asyncio.sleep(0.01)
        api.open.set()
        assert await asyncio.wait_for(right, 5) == HTTPStatus.OK
        answers = await asyncio.gather(*many)
        assert set(answers) == {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
        assert (attempts._turns, attempts._attempts) == ({}, 0)

    run(test)


def test_who_gives_up_waiting_takes_nobodys_turn() -> None:
    async def test(attempts: Attempts, api: API) -> None:
        one = of(attempts, api)
        waiting = [asyncio.ensure_future(one("school", True)) for _ in range(40)]
        await asyncio.sleep(0.01)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        api.open.set()
        right = await asyncio.gather(*(one("school", True) for _ in range(40)))
        assert set(right) == {HTTPStatus.OK}

    run(test)


@pytest.mark.parametrize("proxies", [(), ("127.0.0.0/8",)], ids=["no proxy is trusted", "the proxy is trusted"])
def test_an_attacker_keeps_nobody_out_who_comes_by_the_same_ingress(
    springfield: Springfield, serve: Callable[..., Served], proxies: tuple[str, ...]
) -> None:
    url = serve(springfield.ledger, proxies=proxies).url
    with httpx2.Client(base_url=url, timeout=60, headers=PROXY) as attacker:
        answers = {attacker.post("/sign-in", data={"token": f"guess-{n}"}).status_code for n in range(60)}
        assert answers == {403}
        # With another address in front of it each time, which the proxy leaves there.
        for n in range(20):
            spoofed = {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.5"}
            assert attacker.post("/sign-in", data={"token": "x"}, headers=spoofed).status_code == 403
    for address in ("203.0.113.5", "203.0.113.77"):
        with httpx2.Client(base_url=url, timeout=60, headers={**OURS, "X-Forwarded-For": address}) as visitor:
            right = visitor.post("/sign-in", data={"token": springfield.tokens["support"]})
            assert (right.status_code, right.headers["Location"]) == (303, "/districts")
