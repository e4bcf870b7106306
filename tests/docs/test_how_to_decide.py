"""The page about held removals: its query, its table, and what a digest that is another plan's says."""

from __future__ import annotations

import re

import pytest
from tests.docs.pages import text_of
from tests.docs.typed import shown, statements
from tests.reconcile.district_harness import Scene

from roster_operator.reconcile.contract import Outcome

PAGE = "docs/how-to/decide-held-removals.md"
DIGEST = "plan-baa4b80e8189c5dc4af56113"

pytestmark = pytest.mark.slow


@pytest.fixture
def held(scene_on_both: Scene) -> Scene:
    """A district that lost the first of its courses."""
    scene_on_both.reconcile()
    scene_on_both.change_spec(courses=scene_on_both.spec["courses"][1:])
    assert scene_on_both.reconcile().outcome is Outcome.HELD
    return scene_on_both


def test_the_query_says_from_which_schools_and_ebooks_the_removals_are(held: Scene) -> None:
    (query,) = statements(PAGE)
    assert query.count(DIGEST) == 1

    found = held.query(query.replace(DIGEST, held.status["plan"]["digest"]))

    assert sum(row[-1] for row in found) == held.status["plan"]["held"]
    assert {("algebra", "Student", "Roster")} <= {row[1:4] for row in found}
    assert {row[0] for row in found} <= {f'["{school}"]' for school in held.district.school_ids}
    heading = shown(PAGE, "text")[0].text.splitlines()[0]
    assert [cell.strip() for cell in heading.split("|")] == ["schools", "ebook", "edition", "origin", "removals"]


@pytest.mark.parametrize("part", ["byEBook", "bySchool"])
def test_the_commands_of_the_page_list_what_waits_from_the_status(held: Scene, part: str) -> None:
    (items,) = re.findall(rf"range \.status\.plan\.{part}\[\*\]\}}(.*?)\{{end\}}", text_of(PAGE))
    fields = re.findall(r"\{\.(\w+)\}", items)

    found = [[str(item[field]) for field in fields] for item in held.status["plan"][part]]

    assert fields[0] == "revocations"
    assert sum(int(row[0]) for row in found) == held.status["plan"]["held"]


def test_a_digest_that_is_another_plans_is_told_in_the_words_of_the_page(held: Scene) -> None:
    held.change_spec(approval={"plan": DIGEST})

    assert held.reconcile().outcome is Outcome.HELD

    said = held.message("Held").split(". ")[-1]
    assert said == "spec.approval.plan names another plan."
    assert f'"{said}"' in text_of(PAGE)


def test_the_right_digest_releases_them_and_names_no_other_plan(held: Scene) -> None:
    assert "another plan" not in held.message("Held")
    held.change_spec(approval={"plan": held.status["plan"]["digest"]})

    assert held.reconcile().outcome is Outcome.SYNCED
    assert held.condition("Held") == ("", "")


def test_a_spent_approval_is_told_when_other_removals_wait(held: Scene) -> None:
    held.change_spec(approval={"plan": held.status["plan"]["digest"]})
    held.reconcile()
    held.change_spec(courses=held.spec["courses"][1:])

    assert held.reconcile().outcome is Outcome.HELD
    assert held.message("Held").endswith("spec.approval.plan names another plan.")
