"""A case code stands in a ticket for a page about a person, which whoever may see them opens, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tests.console.conftest import Springfield
from tests.console.test_sign_in import OURS, looks, mark_in, signed_in
from tests.service.conftest import People

from roster_operator.cli.snapshot_key import find_key


def browser(url: str) -> httpx2.Client:
    return httpx2.Client(base_url=url, timeout=60, headers=OURS)


def send(client: httpx2.Client, path: str, **sent: str) -> httpx2.Response:
    return client.post(path, data={"mark": mark_in(client.get("/case")), **sent})


@pytest.fixture
def code(springfield: Springfield) -> str:
    """Of a student, made by support from the student's page."""
    with browser(springfield.url) as support:
        signed_in(support, springfield.tokens["support"])
        page = send(support, f"{springfield.path}/person", person=springfield.login)
        form = page.text.partition(f'action="{springfield.path}/case"')[2].partition("</form>")[0]
        assert springfield.login not in form
        whom = re.search(r'name="person" value="([^"]+)"', form)
        assert whom, page.text
        made = send(support, f"{springfield.path}/case", person=whom[1], ebook="")
        found = re.search(r"\b[2-9B-Y]{6}\b", made.text)
        assert found, made.text
        return found[0]


def test_a_colleague_opens_it_on_another_replica_and_is_in_the_access_log(
    springfield: Springfield, code: str, people: People, serve: Callable[..., Any]
) -> None:
    namespace = springfield.namespace
    colleague = people.token(namespace, "colleague", "get", "list")
    people.grant(namespace, "colleague", "get", resources="rosterintegrations/people")
    replica = serve(springfield.ledger, key=find_key(None, springfield.ledger))
    before = len(looks(springfield))
    with browser(replica.url) as other:
        signed_in(other, colleague)
        page = send(other, "/case", code=f" {code[:3]}-{code[3:].lower()} ")
        assert (page.status_code, "What they have" in page.text) == (200, True), page.text
        assert "code=" not in str(page.url)
    assert {actor.rpartition(":")[2] for actor, _ in looks(springfield)[before:]} == {"colleague"}


def test_who_may_not_see_the_person_is_told_what_who_guesses_is_told(springfield: Springfield, code: str) -> None:
    before = looks(springfield)
    with browser(springfield.url) as viewer:
        signed_in(viewer, springfield.tokens["viewer"])
        there, guessed = send(viewer, "/case", code=code), send(viewer, "/case", code="BBBBBB")
        assert (there.status_code, guessed.status_code) == (404, 404)
        texts = [re.sub(r'value="[0-9a-f]{64}"', "", page.text) for page in (there, guessed)]
        assert texts[0] == texts[1]
        assert send(viewer, f"{springfield.path}/case", person="x").status_code == 403
    assert looks(springfield) == before


def test_nobody_tries_code_after_code(springfield: Springfield) -> None:
    with browser(springfield.url) as support:
        signed_in(support, springfield.tokens["support"])
        tried = [send(support, "/case", code=f"BBBBB{last}").status_code for last in "23456789BCDFGHJKMNPQRTVW"]
        assert tried[0] == 404
        assert tried[-1] == 429


def test_what_is_no_code_is_said_so(springfield: Springfield) -> None:
    with browser(springfield.url) as support:
        signed_in(support, springfield.tokens["support"])
        for wrong in ("", "K7MX2", "K7MX2P9", "AEIOU0", "\x00" * 6, "<b>", "K7MX2\u00e9"):
            assert send(support, "/case", code=wrong).status_code == 400, wrong
        assert support.post("/case", data={"code": "BBBBBB"}).status_code == 403
        assert send(support, f"{springfield.path}/case", person="x" * 300).status_code == 400
