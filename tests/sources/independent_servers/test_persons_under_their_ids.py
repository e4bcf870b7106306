"""The ids stay, and what they stand for changes: nobody's login is rewritten in a night because of that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.reconcile.district_harness import Scene
from tests.sources.independent_servers.oneroster_v1p1 import Stranger
from tests.sources.independent_servers.serving import Row

from roster_operator.reconcile.contract import Outcome


def accounts(scene: Scene) -> set[tuple[object, ...]]:
    return {tuple(row) for row in scene.query("SELECT id, sourced_id, username, email, identifier FROM accounts")}


@pytest.fixture
def before(scene: Scene) -> set[tuple[object, ...]]:
    """The accounts of a district that is live."""
    assert scene.reconcile().outcome is Outcome.SYNCED
    return accounts(scene)


def everybody(stranger: Stranger, change: Callable[[Row], object], share: int = 1) -> None:
    for row in stranger.users[::share]:
        change(row)


OTHERS: dict[str, Callable[[Row], object]] = {
    "login, email and number": lambda row: row.update(
        {name: f"other-{row[name]}" for name in ("username", "email", "identifier")}
    ),
    "login and number, at one address": lambda row: row.update(
        {name: f"other-{row[name]}" for name in ("username", "identifier")}
    ),
    "login and number, without an address": lambda row: row.update(
        {"username": f"other-{row['username']}", "identifier": f"other-{row['identifier']}", "email": ""}
    ),
}


@pytest.mark.parametrize("share", [1, 3], ids=["all", "a third"])
@pytest.mark.parametrize("what", OTHERS)
def test_another_login_and_number_of_many_is_a_question(
    scene: Scene, stranger: Stranger, before: set[tuple[object, ...]], what: str, share: int
) -> None:
    licenses = scene.licenses()
    everybody(stranger, OTHERS[what], share)
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.condition("Ready") == ("False", "IdentitiesChanged")
    assert (accounts(scene), scene.licenses()) == (before, licenses)


@pytest.mark.parametrize("member", ["username", "identifier", "email"])
def test_another_login_or_number_alone_is_taken_over(
    scene: Scene, stranger: Stranger, before: set[tuple[object, ...]], member: str
) -> None:
    licenses = scene.licenses()
    everybody(stranger, lambda row: row.update({member: f"other-{row[member]}"}))
    assert scene.reconcile().outcome is Outcome.SYNCED
    assert scene.licenses() == licenses
    assert accounts(scene) != before


@pytest.mark.parametrize("member", ["username", "email"])
@pytest.mark.parametrize("filler", ["student", "student@example.org", "NULL", "-", "N/A", "***", ""])
def test_one_login_for_nearly_everybody_empties_no_account(
    scene: Scene, stranger: Stranger, before: set[tuple[object, ...]], member: str, filler: str
) -> None:
    for row in stranger.users[3:]:
        row[member] = filler
    if filler not in {"student", "student@example.org"}:
        everybody(stranger, lambda row: row.update({member: filler}))
    assert scene.reconcile().outcome is Outcome.HELD
    assert scene.condition("Ready") == ("False", "RosterInQuestion")
    assert member in scene.message("Ready")
    assert accounts(scene) == before


def test_one_login_for_a_few_classes_is_no_question(scene: Scene, stranger: Stranger) -> None:
    for row in stranger.users[:30]:
        row["username"] = "student"
    for _ in range(2):
        assert scene.reconcile().outcome is Outcome.SYNCED
        assert scene.licenses() == scene.expected()
