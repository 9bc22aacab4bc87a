"""Cells count what single events would: no edge of any window cuts them, at no snapshot, whatever the step."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundig.foresight.cells import EDGES, cells
from kundig.journal import told

PRESENT = datetime(2026, 6, 1, tzinfo=timezone.utc)
DAY = 86400


@pytest.mark.parametrize("step", [timedelta(days=30), timedelta(days=7), timedelta(hours=17)])
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ages=st.lists(st.one_of(st.sampled_from([edge * DAY + offset for edge in EDGES for offset in (-1, 0, 1)]), st.integers(0, 500 * DAY)).filter(lambda age: age >= 0), min_size=1, max_size=30))
def test_each_window_of_each_snapshot_holds_whole_cells(step, ages):
    uses = [{"subject": "ada", "kind": "usage", "event_id": f"u{number}", "occurred_at": PRESENT - timedelta(seconds=age), "quantity": 2.0} for number, age in enumerate(ages)]
    # Somebody visits each day, so that the present is known and at no snapshot the source stands still.
    visits = [{"subject": "ben", "kind": "visit", "event_id": f"v{day}", "occurred_at": PRESENT - timedelta(days=day)} for day in range(75)]
    found = [row for row in cells(told(uses + visits), 3, step).to_pyarrow().to_pylist() if row["kind"] == "usage"]
    for snapshot in range(3):
        then = [age - snapshot * step.total_seconds() for age in ages if age >= snapshot * step.total_seconds()]
        those = [row for row in found if row["snapshot"] == snapshot]
        assert (sum(row["n"] for row in those), sum(row["quantity"] for row in those)) == (len(then), 2.0 * len(then))
        for edge in EDGES[1:]:
            assert sum(row["n"] for row in those if row["newest"] < edge * DAY) == sum(age < edge * DAY for age in then), (snapshot, edge)
        assert ({row["newest"] for row in those if row["oldest"] == max(then)} <= set(then), min((row["newest"] for row in those), default=0)) == (True, min(then, default=0))


def test_many_events_of_one_stretch_are_one_cell():
    uses = [("ada", "usage", str((PRESENT - timedelta(days=3, minutes=minute)).isoformat())) for minute in range(200)]
    [found] = [row for row in cells(told([*uses, ("ada", "visit", PRESENT.isoformat())]), 2, timedelta(days=30)).to_pyarrow().to_pylist() if row["kind"] == "usage"]
    assert (found["n"], found["newest"], found["oldest"]) == (200, 3 * DAY, 3 * DAY + 199 * 60)
