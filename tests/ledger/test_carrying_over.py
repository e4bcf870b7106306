"""A ledger that an older version left goes on where it was."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from tests.ledger.ledger_harness import CLAIM, NOW, Books
from tests.ledger.older_versions import add_district, leave

from roster_operator.errors import DistrictConflict
from roster_operator.ledger.interface.district import DistrictState
from roster_operator.licensing.evidence import Evidence, SectionEvidence, SourceIdentity
from roster_operator.licensing.models import Claim
from roster_operator.reconcile.district_state import Baseline, baseline_of
from roster_operator.roster.quality import Question

PROOF = {
    "classes": {"proof": "Total", "rows": 12, "pages": 1, "rejected": 0},
    "enrollments": {"proof": "EmptyPage", "rows": 700, "pages": 8, "rejected": 2},
    "questions": {"RejectedRow": 2},
}
WAITING = {"classes": {"proof": "Total", "rows": 3, "pages": 1}, "questionsWhileRemovalsWait": {}}
SECTIONS = {"classes": SectionEvidence("Total", 12, 1), "enrollments": SectionEvidence("EmptyPage", 700, 8)}


def test_the_first_sync_after_the_upgrade_has_a_yesterday(engine: Engine, ledger_url: str) -> None:
    leave(engine, "0004")
    with engine.begin() as connection:
        add_district(connection, 1, "SIS.springfield.example/aeries", {"questions": {}}, PROOF, WAITING)
        add_district(connection, 2, "district:shelbyville", PROOF)
        add_district(connection, 3, "new.example")
    books = Books(ledger_url, CLAIM)
    kept = dict(books.rows("SELECT district_id, evidence FROM district_state"))
    books.close()
    assert {number: Evidence.decode(evidence) for number, evidence in kept.items()} == {
        1: Evidence(SourceIdentity(place="sis.springfield.example/aeries"), sections=SECTIONS),
        2: Evidence(sections=SECTIONS),
    }


def test_districts_that_are_held_belong_to_their_holders_namespace(engine: Engine, ledger_url: str) -> None:
    leave(engine, "0006")
    with engine.begin() as connection:
        add_district(connection, 1, CLAIM.source)
        add_district(connection, 2, "released.example")
        connection.execute(text("UPDATE districts SET owner = NULL WHERE id = 2"))
    books = Books(ledger_url)
    assert books.rows("SELECT id, namespace FROM districts ORDER BY id") == [(1, "districts"), (2, None)]
    with pytest.raises(DistrictConflict):
        books.ledger.district(Claim("squatters/grab", CLAIM.source))
    assert books.ledger.identity()
    books.close()


def test_the_guards_baseline_and_the_classes_in_scope_are_carried_over(engine: Engine, ledger_url: str) -> None:
    leave(engine, "0009")
    doubt = {"classes": {"proof": "Total", "rows": 3, "pages": 1}, "questionsInDoubt": {"UnknownClass": 9}}
    with engine.begin() as connection:
        add_district(connection, 1, "one.example", {"questions": {}}, PROOF, WAITING, doubt, doubt)
        add_district(connection, 2, "two.example", PROOF, doubt, WAITING)
        add_district(connection, 3, "new.example")
        connection.execute(text("INSERT INTO district_state (district_id, evidence) VALUES (1, 'told')"))
        connection.execute(text("INSERT INTO scopes (district_id, classes) VALUES (2, :some)"), {"some": b"\xff\x00"})
    books = Books(ledger_url, CLAIM)
    claims = {n: Claim(f"districts/number-{n}", f"{name}.example") for n, name in enumerate(("one", "two", "new"), 1)}
    kept = {number: books.ledger.district(claim).state for number, claim in claims.items()}
    books.close()
    assert (kept[1].evidence, kept[1].in_doubt_since, kept[1].classes) == ("told", NOW.replace(day=4), b"")
    assert (kept[2].evidence, kept[2].in_doubt_since, kept[2].classes) == ("", None, b"\xff\x00")
    for number in (1, 2):
        assert baseline_of(kept[number]) == Baseline({Question.REJECTED_ROW: 2}, {"enrollments": 2})
    assert kept[3] == DistrictState()
