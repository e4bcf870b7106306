"""Where the ledger does not answer, a district's page still tells what its RosterIntegration does, and says so."""

from __future__ import annotations

from pathlib import Path

import httpx2
from tests.console.conftest import Springfield
from tests.console.test_sign_in import OURS, mark_in, signed_in


def test_a_district_is_shown_without_the_ledger_and_a_person_is_not(springfield: Springfield) -> None:
    with httpx2.Client(base_url=springfield.url, timeout=60, headers=OURS) as browser:
        signed_in(browser, springfield.tokens["support"])
        whole = browser.get(springfield.path)
        assert "does not answer" not in whole.text
        path = Path(springfield.ledger.removeprefix("sqlite:///"))
        path.write_bytes(b"no database" * 10_000)
        for beside in path.parent.glob(f"{path.name}-*"):
            beside.unlink()
        page = browser.get(springfield.path)
        assert page.status_code == 200, page.text
        assert 'role="alert">The ledger does not answer' in page.text
        assert "RemovalsHeld" in page.text
        upcoming = browser.get(f"{springfield.path}/upcoming")
        assert (upcoming.status_code, "what it knows is missing here" in upcoming.text) == (200, True)
        assert "Not known while the ledger does not answer." in page.text
        sent = {"mark": mark_in(page), "person": springfield.login}
        person = browser.post(f"{springfield.path}/person", data=sent)
        assert (person.status_code, "Platform: " in person.text) == (503, True), person.text
