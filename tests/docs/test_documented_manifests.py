"""What can be copied from the documentation is right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.docs.pages import PAGES, blocks, code, name, rows, section, text_of

from roster_operator.api import conditions, names, reasons
from roster_operator.api.strict import parse
from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.ledger.cleanup.interface import Objection
from roster_operator.ledger.imports.interface import Problem
from roster_operator.ledger.planning import Why
from roster_operator.ledger.undo.interface import Obstacle
from roster_operator.licensing.causes import Cause
from roster_operator.licensing.guards import Case, decide
from roster_operator.licensing.models import PastRemovals, Plan
from roster_operator.reconcile.contract import Outcome
from roster_operator.reconcile.read_mode import FullReadReason
from roster_operator.reconcile.rules import IDS
from roster_operator.reconcile.standing import OVERDUE, Forgotten
from roster_operator.roster.quality import Question
from roster_operator.snapshot.reasons import Change


def documents(page: Path) -> Iterator[Any]:
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language == "yaml":
            yield from yaml.safe_load_all(block.text)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_manifest_of_ours_is_accepted(page: Path) -> None:
    for manifest in documents(page):
        if isinstance(manifest, dict) and str(manifest.get("apiVersion", "")).startswith(names.GROUP):
            if manifest["kind"] == "EBook":
                parse(EBook, manifest, where=name(page))
            else:
                parse(RosterIntegration, manifest, where=name(page))


def test_the_readme_shows_a_resource() -> None:
    kinds = [manifest["kind"] for manifest in documents(PAGES[0])]

    assert kinds == ["RosterIntegration"]


@pytest.mark.parametrize(
    "page",
    [
        "docs/support/troubleshooting.md",
        "docs/concepts/how-a-sync-decides.md",
        "docs/how-to/choose-its-size.md",
        "docs/how-to/rotate-credentials.md",
        "docs/how-to/upgrade.md",
        "docs/concepts/fairness.md",
        "docs/how-to/decide-held-removals.md",
        "docs/how-to/go-live-with-existing-licenses.md",
        "docs/reference/command-line.md",
        "docs/reference/metrics.md",
    ],
)
def test_what_the_status_says_is_quoted_in_its_words(page: str) -> None:
    words = {word for word in code(text_of(page)) if re.fullmatch(r"([A-Z][a-z]+){2,}", word)}
    named = {"RosterIntegration", "Terminating"}
    ours = {
        *conditions.STANDING,
        *conditions.ABNORMAL,
        *Question,
        *IDS,
        *Outcome,
        *FullReadReason,
        *Forgotten,
        *Obstacle,
        *Objection,
        *Problem,
        *Cause,
        *Change,
        *Why,
        OVERDUE,
        *named,
    }

    assert words
    assert words <= {*ours, *(value for key, value in vars(reasons).items() if key.isupper())}


def test_every_reason_that_the_troubleshooting_can_be_asked_for_is_in_it() -> None:
    fine = {
        "Synced",
        "SetupMode",
        "PlanOnly",
        "Validated",
        "AllShared",
        "AllResolved",
        "Clean",
        "Progressing",
        "NotYetChecked",
    }
    quiet = {"Suspended", "Unresolved", "Interrupted", "SourceProtocolError"}
    asked = {value for key, value in vars(reasons).items() if key.isupper()} - fine - quiet

    assert asked <= set(code(text_of("docs/support/troubleshooting.md")))


@pytest.mark.parametrize(
    ("active", "removed", "by_school", "waits"),
    [
        (1480, 148, {}, False),
        (1480, 149, {}, True),
        (60, 10, {}, False),
        (60, 11, {}, True),
        (1480, 40, {"A": (40, 120)}, {"A"}),
        (1480, 70, {"A": (40, 120), "B": (30, 900)}, {"A"}),
        (1480, 9, {"C": (9, 12)}, False),
    ],
)
def test_the_examples_of_the_guard_are_what_the_guard_does(
    active: int, removed: int, by_school: dict[str, tuple[int, int]], waits: bool | set[str]
) -> None:
    plan = Plan(
        digest="",
        revocations=removed,
        active=active,
        removals_by_school={school: count for school, (count, _) in by_school.items()},
        active_by_school={school: of for school, (_, of) in by_school.items()},
    )

    hold = decide(Case(plan)).hold

    assert hold.everything is (waits is True)
    assert hold.schools == (waits if isinstance(waits, set) else frozenset())
    assert len(rows(section(text_of("docs/concepts/how-a-sync-decides.md"), "8. May licenses be removed?"))) == 7


@pytest.mark.parametrize(
    ("nights", "active", "waits"),
    [
        ([(10, False), (10, False), (10, False)], 275, True),
        ([(10, False), (10, False), (10, True)], 275, False),
        ([(0, False), (0, False), (0, False)], 305, False),
        ([(40, False), (0, False), (0, False)], 265, False),
    ],
)
def test_the_examples_of_days_that_count_together_are_what_the_guard_does(
    nights: list[tuple[int, bool]], active: int, waits: bool
) -> None:
    lately = [
        PastRemovals(timedelta(days=age), removed, 305, approved)
        for age, (removed, approved) in enumerate(reversed(nights), start=1)
        if removed
    ]
    verdict = decide(Case(Plan("", revocations=10, active=active), lately=lately))
    assert verdict.hold.everything is waits
    assert len(rows(section(text_of("docs/concepts/how-a-sync-decides.md"), "Days count together"))) == 4


def test_every_question_that_a_roster_may_raise_is_explained() -> None:
    assert {str(question) for question in Question} <= set(code(text_of("docs/reference/rules/README.md")))
