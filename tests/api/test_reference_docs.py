"""The reference in docs/ says everything that the API can say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from roster_operator.api import conditions, names, reasons
from roster_operator.api.schema import structural
from roster_operator.api.strict import parse
from roster_operator.api.v1alpha1 import (
    EBook,
    NextSync,
    RosterIntegration,
    RosterIntegrationSpec,
    RosterIntegrationStatus,
)
from roster_operator.api.v1alpha1.ebook import EBookSpec
from roster_operator.api.wire import WireModel
from roster_operator.controller.finalize import LICENSES_REVOKED
from roster_operator.errors import Actor
from roster_operator.reconcile.acting import OTHER, by_reason, label_of
from roster_operator.reconcile.contract import Outcome, Trigger
from roster_operator.reconcile.read_mode import FullReadReason

DOCS = Path(__file__).resolve().parents[2] / "docs"
INTEGRATION = (DOCS / "reference" / "rosterintegration.md").read_text("utf-8")
EBOOK = (DOCS / "reference" / "ebook.md").read_text("utf-8")


def fields(model: type[WireModel]) -> list[str]:
    """Paths of all fields, as `schools[].id`."""

    def walk(schema: dict[str, Any], path: str) -> Iterator[str]:
        for name, child in schema.get("properties", {}).items():
            here = f"{path}.{name}" if path else name
            leaf = child.get("items", child)
            inner = list(walk(leaf, here + "[]" if leaf is not child else here))
            yield from inner or [here]

    return list(walk(structural(model), ""))


def all_reasons() -> list[str]:
    return [value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)]


def is_documented(word: str, text: str) -> bool:
    return f"`{word}`" in text


@pytest.mark.parametrize("reason", all_reasons())
def test_every_reason_has_a_row_that_says_what_to_do(reason: str) -> None:
    row = re.search(rf"^\| `{reason}` \| ([^|]+) \| ([^|]+) \|$", INTEGRATION, re.MULTILINE)
    assert row is not None
    assert len(row[2]) > 10
    known = {*conditions.STANDING, *conditions.ABNORMAL, "any"}
    assert set(row[1].split(", ")) <= known


@pytest.mark.parametrize("reason", all_reasons())
def test_who_acts_by_the_metrics_is_who_acts_by_the_reference(reason: str) -> None:
    row = re.search(rf"^\| `{reason}` \| ([^|]+) \| ([^|]+) \|$", INTEGRATION, re.MULTILINE)
    assert row is not None
    told, actor = label_of(reason), str(by_reason(reason) or "")
    if {"Ready", "any"} & set(row[1].split(", ")):
        assert told == reason
        assert actor in row[2]
        assert actor or reason == reasons.SETUP_MODE or not any(f"{each}:" in row[2] for each in Actor)
    else:
        assert told == OTHER


@pytest.mark.parametrize("field", fields(RosterIntegrationSpec))
def test_every_field_of_the_spec_is_described(field: str) -> None:
    assert is_documented(field, INTEGRATION) or f"\n### {field}\n" in INTEGRATION


@pytest.mark.parametrize("field", fields(RosterIntegrationStatus))
def test_every_field_of_the_status_is_described(field: str) -> None:
    assert is_documented(field.removeprefix("conditions[]."), INTEGRATION)


@pytest.mark.parametrize("field", fields(EBookSpec))
def test_every_field_of_an_ebook_is_described(field: str) -> None:
    assert is_documented(field, EBOOK)


@pytest.mark.parametrize("condition", [*conditions.STANDING, *conditions.ABNORMAL])
def test_every_condition_is_described(condition: str) -> None:
    assert f"\n| `{condition}` | " in INTEGRATION


@pytest.mark.parametrize(
    "word",
    [
        *Outcome,
        *Trigger,
        *FullReadReason,
        *NextSync,
        names.REQUESTED_AT_ANNOTATION,
        names.SECRET_CLIENT_ID,
        names.SECRET_CLIENT_SECRET,
        names.SECRET_TOKEN,
        names.SECRET_CA,
        LICENSES_REVOKED,
    ],
)
def test_every_word_that_the_operator_uses_is_described(word: str) -> None:
    assert is_documented(word, INTEGRATION)


@pytest.mark.parametrize("text", [INTEGRATION, EBOOK], ids=["rosterintegration", "ebook"])
def test_the_manifests_in_the_reference_are_right(text: str) -> None:
    manifests = [
        manifest
        for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        for manifest in yaml.safe_load_all(block)
    ]
    kinds = [manifest["kind"] for manifest in manifests]
    assert {"RosterIntegration", "EBook"} & set(kinds)
    for manifest in manifests:
        if manifest["kind"] == "RosterIntegration":
            parse(RosterIntegration, manifest, where="docs")
        if manifest["kind"] == "EBook":
            parse(EBook, manifest, where="docs")


@pytest.mark.parametrize(
    "path", [DOCS / "reference" / "rosterintegration.md", DOCS / "reference" / "ebook.md"], ids=lambda path: path.stem
)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8")):
        file, _, anchor = target.partition("#")
        linked = (path.parent / file).resolve() if file else path
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}, target
