"""Whatever happens by day, and whatever habits the server has: delta reads and a full read end where full reads end.

A class that is deleted may leave enrollments that lead nowhere; removals then wait, and are approved here.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.reconcile.multi_day_harness import DAY, NIGHT, Nights, simulated

from roster_operator.clock import FixedClock
from roster_operator.reconcile.contract import Trigger

pytestmark = pytest.mark.slow

STUDENTS = 40
_numbers = itertools.count()

HOW = st.sampled_from(["ended", "tobedeleted", "gone"])
STUDENT = st.integers(1, STUDENTS).map(lambda number: f"S{1_000_000 + number}")
CHANGES = st.one_of(
    st.integers(1, 3).map(lambda count: f"student-arrives,count={count}"),
    st.builds(lambda student, how: f"student-leaves:{student},how={how}", STUDENT, HOW),
    st.builds(lambda student, how: f"student-moves:{student},how={how}", STUDENT, HOW),
    st.sampled_from([2, 10, 60]).map(lambda percent: f"percent:{percent}"),
    st.builds(lambda klass, how: f"class-ends:{klass},how={how}", st.sampled_from(["{first}", "{last}"]), HOW),
    st.sampled_from(["sections-reminted:{school}", "course-renamed:MA101,id=renamed", "school-empty:{school}"]),
)
HABITS = st.sampled_from(
    [
        (),
        ("deleted-rows=hidden",),
        ("deleted-rows=delta-only",),
        ("deleted-twins=before",),
        ("deleted-twins=behind",),
        ("no-total", "clamp=37"),
        ("missing-route,on=users",),
        ("ignore-filter",),
        ("modified-dates=moving",),
        ("error=500,on=enrollments,after=1,times=3",),
    ]
)
DAYS = st.lists(st.tuples(st.lists(CHANGES, max_size=3), HABITS), min_size=1, max_size=5)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the ledgers of all examples."""
    return tmp_path_factory.mktemp("nights")


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(DAYS)
def test_delta_reads_never_take_and_a_full_read_ends_where_full_reads_end(
    folder: Path, days: list[tuple[list[str], tuple[str, ...]]]
) -> None:
    with simulated(STUDENTS) as district:
        number, clock = next(_numbers), FixedClock(NIGHT)
        deltas = Nights(district, f"sqlite:///{folder / f'{number}-deltas.sqlite'}", clock=clock)
        whole = Nights(district, f"sqlite:///{folder / f'{number}-whole.sqlite'}", clock=clock)
        whole.scene.spec["source"] = {name: v for name, v in whole.scene.spec["source"].items() if name != "delta"}
        classes = [klass for school in district.school_ids for klass in district.classes_of(school, "MA101")]
        deltas.begin()
        whole.sync()
        for changes, habits in days:
            clock.advance(DAY)
            for change in changes:
                _happen(deltas, change, classes)
            before = deltas.scene.licenses()
            district.fault(*habits)
            deltas.sync_and_approve()
            district.clear_faults()
            whole.sync_and_approve()
            assert deltas.scene.licenses() >= whole.scene.licenses(), "who is entitled is served the same night"
            if deltas.reads[0] == "Delta":
                assert deltas.scene.licenses() >= before, "and nobody loses anything by a delta read"
        deltas.sync_and_approve(trigger=Trigger.REQUESTED)
        assert deltas.scene.licenses() == whole.scene.licenses()
        deltas.scene.close()
        whole.scene.close()


def _happen(nights: Nights, change: str, classes: list[str]) -> None:
    """What no longer can happen, because of what happened before, does not."""
    try:
        nights.change(change.format(first=classes[0], last=classes[-1], school=nights.district.school_ids[0]))
    except ValueError:
        return
