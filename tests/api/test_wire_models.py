"""Wire models read what the API server gives and write what it takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roster_operator.api.v1alpha1 import (
    CheckResult,
    EBook,
    EBookEdition,
    HistoryEntry,
    RosterIntegration,
    RosterIntegrationStatus,
)
from roster_operator.api.wire import shorten, wire_name

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def example() -> dict[str, Any]:
    manifest: dict[str, Any] = yaml.safe_load((EXAMPLES / "springfield" / "rosterintegration.yaml").read_text("utf-8"))
    return manifest


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("base_url", "baseURL"),
        ("run_id", "runID"),
        ("by_ebook", "byEBook"),
        ("ebooks", "ebooks"),
        ("id", "id"),
        ("last_handled_requested_at", "lastHandledRequestedAt"),
    ],
)
def test_fields_are_spelled_as_kubernetes_spells_them(name: str, wire: str) -> None:
    assert wire_name(name) == wire


def test_a_resource_reads_with_its_defaults() -> None:
    integration = RosterIntegration.model_validate(example())
    assert integration.key == "districts/springfield"
    assert integration.catalog_name == "springfield-catalog"
    assert integration.spec.interval == timedelta(hours=24)
    assert (integration.spec.source.vendor, integration.spec.source.auth) == ("Generic", None)
    assert integration.spec.courses[3].ebooks == ("core-connections-algebra", "checkpoint-practice")
    assert not integration.deleting
    assert integration.metadata.requested_at is None


def test_what_the_api_server_adds_to_metadata_is_read() -> None:
    manifest = example()
    manifest["metadata"] |= {
        "uid": "8b7c2af6",
        "generation": 3,
        "annotations": {"rostering.cpm.org/requested-at": "now please"},
        "deletionTimestamp": "2026-11-24T02:51:12Z",
        "managedFields": [{"manager": "kubectl"}],
    }
    integration = RosterIntegration.model_validate(manifest)
    assert (integration.metadata.uid, integration.metadata.generation) == ("8b7c2af6", 3)
    assert integration.metadata.requested_at == "now please"
    assert integration.deleting


def test_fields_of_a_newer_crd_are_ignored() -> None:
    manifest = example()
    manifest["spec"]["termOverride"] = {"date": "2027-01-10"}
    assert RosterIntegration.model_validate(manifest) == RosterIntegration.model_validate(example())


def test_a_status_that_cannot_be_read_counts_as_absent() -> None:
    manifest = example() | {"status": {"conditions": [{"type": "Ready"}], "observedGeneration": "three"}}
    assert RosterIntegration.model_validate(manifest).status == RosterIntegrationStatus()


def test_a_status_of_a_newer_operator_is_read() -> None:
    entry = {"runID": "r", "time": "2026-11-24T02:51:12Z", "outcome": "Undone", "reason": "UndoneByCommand"}
    manifest = example() | {"status": {"history": [entry], "seats": {"total": 5}}}
    assert RosterIntegration.model_validate(manifest).status.history[0].outcome == "Undone"


def test_an_ebook_has_both_editions_unless_it_says_otherwise() -> None:
    book = EBook.model_validate({"metadata": {"name": "algebra"}, "spec": {"title": "Algebra"}})
    assert (book.name, book.spec.editions) == ("algebra", (EBookEdition.STUDENT, EBookEdition.TEACHER))


def test_times_are_utc_and_to_the_second() -> None:
    chicago = timezone(timedelta(hours=-6))
    moment = datetime(2026, 11, 24, 2, 51, 12, 999_999, tzinfo=chicago)
    status = RosterIntegrationStatus(last_sync_time=moment)
    assert status.last_sync_time == datetime(2026, 11, 24, 8, 51, 12, tzinfo=UTC)
    assert status.to_wire() == {"lastSyncTime": "2026-11-24T08:51:12Z"}


def test_a_status_that_was_written_reads_as_the_same() -> None:
    status = RosterIntegrationStatus.model_validate(
        {
            "observedGeneration": 2,
            "checklist": [{"name": "Credentials", "result": "Pass", "message": "Accepted."}],
            "lastSyncTime": "2026-11-24T02:51:12Z",
            "licenses": {"active": 3, "byEBook": [{"name": "algebra", "edition": "Student", "active": 3}]},
        }
    )
    assert status.checklist[0].result is CheckResult.PASS
    assert RosterIntegrationStatus.model_validate(status.to_wire()) == status


def test_absent_is_absent_and_never_null_on_the_wire() -> None:
    assert RosterIntegrationStatus().to_wire() == {}


def test_lists_and_texts_are_cut_to_their_bounds_on_the_way_in() -> None:
    entry = HistoryEntry.model_validate(
        {"runID": "r", "time": "2026-11-24T02:51:12Z", "outcome": "Synced", "reason": "Synced"}
    )
    status = RosterIntegrationStatus(history=(entry,) * 9)
    assert len(status.history) == 5


@given(st.text(max_size=80), st.integers(min_value=3, max_value=40))
def test_a_shortened_text_is_one_line_and_fits(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(json.dumps(short, ensure_ascii=False).encode()) - 2 <= limit
    assert short.isprintable()


def test_a_shortened_text_shows_that_it_was_cut() -> None:
    assert shorten("Ask the district to share the section.", 20) == "Ask the district…"
    assert shorten("Short.\nEnough.", 20) == "Short. Enough."
