"""Everybody reads the pages in their language, which they choose or their browser asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from http import HTTPStatus

import httpx2
import pytest
from aiohttp.test_utils import make_mocked_request
from hack.messages import messages, templates
from tests.console.by_language import in_english, texts
from tests.console.conftest import Springfield
from tests.console.test_sign_in import OURS, signed_in

from roster_operator.console.languages.choosing import reader_of, way_back
from roster_operator.console.languages.readers import ZONES, Language, Reader
from roster_operator.messages import gettext, listed, ngettext

SPANISH = Reader(Language.SPANISH, "America/Chicago")
COOKIE = "roster-console-language"


@pytest.fixture
def browser(springfield: Springfield) -> Iterator[httpx2.Client]:
    headers = {**OURS, "Accept-Language": "es-US,es;q=0.9,en;q=0.8"}
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=headers) as client:
        yield client


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", Language.ENGLISH),
        ("es", Language.SPANISH),
        ("es-MX,es;q=0.9,en;q=0.8", Language.SPANISH),
        ("ES-us", Language.SPANISH),
        ("en-US,en;q=0.9,es;q=0.8", Language.ENGLISH),
        ("fr,es;q=0.5", Language.SPANISH),
        ("es;q=0", Language.ENGLISH),
        ("est", Language.ENGLISH),
        ("*", Language.ENGLISH),
        ("es;q=x, \x00;;,=", Language.ENGLISH),
        (",".join(["fr"] * 5000), Language.ENGLISH),
    ],
)
def test_the_browser_says_what_its_reader_reads(asked: str, language: Language) -> None:
    request = make_mocked_request("GET", "/", headers={"Accept-Language": asked, "Host": "127.0.0.1"})
    assert reader_of(request).language is language


@pytest.mark.parametrize("kept", ["", "xx", "es:Mars:Olympus", "es:America:Chicago", "es:<script>"])
def test_what_was_chosen_goes_before_what_the_browser_asks_for(kept: str) -> None:
    headers = {"Accept-Language": "en", "Host": "127.0.0.1", "Cookie": f"{COOKIE}={kept}"}
    reader = reader_of(make_mocked_request("GET", "/", headers=headers))
    assert reader.language is (Language.SPANISH if kept.startswith("es") else Language.ENGLISH)
    assert reader.zone == ("America/Chicago" if "Chicago" in kept else "UTC")


@pytest.mark.parametrize(
    ("method", "path", "back"),
    [
        ("GET", "/districts?acts=District", "/districts?acts=District"),
        ("GET", "/sign-in/callback?code=secret&state=x", "/sign-in"),
        ("POST", "/sign-in", "/sign-in"),
        ("POST", "/namespaces/a/districts/b/person", "/namespaces/a/districts/b"),
        ("POST", "/case", "/"),
    ],
)
def test_whoever_chooses_comes_back_and_sends_nothing_again(method: str, path: str, back: str) -> None:
    assert way_back(make_mocked_request(method, path)) == back


def test_an_address_that_leads_nowhere_is_not_written_back() -> None:
    asked = make_mocked_request("GET", "/namespaces/a/districts/b/calendar?ebook=zebrafish")
    assert way_back(asked, HTTPStatus.NOT_FOUND) == "/namespaces/a/districts/b"
    assert way_back(make_mocked_request("GET", "/zebrafish"), HTTPStatus.NOT_FOUND) == "/"


def test_values_are_written_as_the_reader_writes_them() -> None:
    said = gettext("Until {day}", day=date(2026, 11, 30))
    assert (str(said), SPANISH.said(said)) == ("Until 2026-11-30", "Hasta el 30 nov 2026")
    assert SPANISH.said(ngettext("{number} student", "{number} students", 1)) == "1 estudiante"
    assert SPANISH.said(ngettext("{number} student", "{number} students", 12_345)) == "12,345 estudiantes"
    assert SPANISH.said(listed([gettext("Districts"), "Springfield"])) == "Distritos, Springfield"
    assert SPANISH.said("Districts") == "Districts", "the name of something stays what it is"
    at = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
    assert Reader(zone="America/Chicago").minute(at) == "Nov 30, 2026, 11:30 PM"
    assert SPANISH.minute(at).replace("\xa0", " ") == "30 nov 2026, 11:30 p.m."
    assert Reader(zone="America/Chicago").day(date(2026, 12, 1)) == "Dec 1, 2026", "a day is in no time zone"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_has_a_name_and_tells_a_time(language: Language, zone: str) -> None:
    reader = Reader(language, zone)
    assert reader.zone_name(zone)
    assert "2026" in reader.minute(datetime(2026, 6, 1, tzinfo=UTC))


def test_a_message_is_its_english_text_wherever_a_text_goes() -> None:
    said = gettext("{provider} did not sign you in. Try again.", provider="{x}")
    assert said == "{x} did not sign you in. Try again."
    assert f"{said}!" == "{x} did not sign you in. Try again.!"
    assert SPANISH.said(said) == "{x} no inició su sesión. Inténtelo de nuevo."


def test_a_choice_is_kept_in_the_browser_and_shows_the_same_page(
    springfield: Springfield, browser: httpx2.Client
) -> None:
    page = browser.get("/sign-in")
    assert (page.headers["Content-Language"], page.headers["Vary"]) == ("es", "Accept-Language, Cookie")
    assert '<html lang="es">' in page.text
    sent = {"language": "en", "zone": "America/Denver", "back": "/sign-in?x=1"}
    answer = browser.post("/language", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?x=1")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))
    page = browser.get("/sign-in")
    assert '<html lang="en">' in page.text
    assert '<option value="America/Denver" selected>Mountain Time</option>' in page.text
    by_name = browser.post("/language", data=sent, headers={"Host": "console.example"})
    assert by_name.headers["Set-Cookie"].startswith(f"__Host-{COOKIE}=")
    assert "Secure" in by_name.headers["Set-Cookie"].split("; ")
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", "x", "", "/a\r\nSet-Cookie: a=b"):
        answer = browser.post("/language", data={**sent, "back": back})
        assert answer.headers["Location"] == "/districts", back
    assert "Set-Cookie" not in browser.post("/language", data={**sent, "language": "xx"}).headers
    assert browser.post("/language", data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def pages_of(springfield: Springfield, browser: httpx2.Client) -> Iterator[httpx2.Response]:
    """Each that a GET shows, and what is shown instead."""
    yield browser.get("/sign-in")
    yield browser.get(springfield.path)
    yield browser.post("/sign-in", data={"token": "nobody's"})
    signed_in(browser, springfield.tokens["support"])
    for path in ("/districts", springfield.path, "/no-such-page"):
        yield browser.get(path)
    signed_in(browser, springfield.tokens["viewer"])
    yield browser.get(springfield.path)


def test_no_page_in_spanish_says_anything_in_english(springfield: Springfield, browser: httpx2.Client) -> None:
    english = {text for each in messages() if each.id for text in templates(each.id) if " " in text}
    seen = list(pages_of(springfield, browser))
    assert [(page.url.path, in_english(page.text)) for page in seen if in_english(page.text)] == []
    assert [(page.url.path, text) for page in seen for text in texts(page.text) if text in english] == []
    assert {page.headers["Content-Language"] for page in seen} == {"es"}
