"""Names, logins, addresses and ids of persons stay in the ledger: searched for in all that is emitted."""

from __future__ import annotations

import json
import logging

import pytest
from tests.reconcile.district_harness import Scene

pytestmark = pytest.mark.slow

FAULTS = [
    "",
    "bad-rows=nulls",
    "bad-rows=wrong-types",
    "truncate,on=students",
    "short-body,on=students",
    "login-page,on=students",
    "duplicate-rows",
    "roster-empty",
    "error=500,on=enrollments",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_that_is_emitted_holds_a_person(scene: Scene, caplog: pytest.LogCaptureFixture, fault: str) -> None:
    caplog.set_level(logging.DEBUG)
    persons = {text for text in scene.district.personal_strings() if len(text) > 3}
    assert len(persons) > 300
    emitted: list[str] = []
    for faults in ((), (fault,)):
        scene.district.fault(*[text for text in faults if text])
        result = scene.reconcile()
        emitted += [json.dumps(scene.status), repr(result), str(result.catalog)]
    emitted += [record.getMessage() + str(record.exc_info or "") + str(record.args) for record in caplog.records]
    text = "\n".join(emitted)
    assert [person for person in persons if person in text] == []
