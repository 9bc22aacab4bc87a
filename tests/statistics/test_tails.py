"""The engine's normal tail and false discoveries against SciPy's."""

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kundig.statistics.shrinkage import shrunken
from kundig.statistics.tails import discoveries, two_sided


def test_the_normal_tail_is_right_to_seven_decimals():
    places = [0.0, 0.5, -1.0, 1.959964, 3.0, -6.0]
    table = ibis.memtable({"z": places})
    found = table.mutate(p=two_sided(table.z)).order_by("z").to_pyarrow()["p"].to_pylist()
    assert found == pytest.approx([2 * stats.norm.sf(abs(z)) for z in sorted(places)], abs=2e-7)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=12))
def test_false_discoveries_are_those_of_benjamini_and_hochberg(chances):
    table = ibis.memtable({"key": list(range(len(chances))), "p": chances}, schema={"key": "int64", "p": "float64"})
    found = discoveries(table, "p", "q", ["key"]).order_by("key").to_pyarrow()["q"].to_pylist()
    known = [p for p in chances if p is not None]
    expected = iter(stats.false_discovery_control(known)) if known else iter([])
    assert found == pytest.approx([None if p is None else next(expected) for p in chances])


def test_one_certain_estimate_does_not_decide_how_the_others_are_shrunk():
    means, _ = shrunken([0.0, 3.0, -3.0], [1e-9, 0.5, 0.5])
    assert means == pytest.approx([0, 2.87, -2.87], abs=0.01)


def test_where_nothing_differs_everything_is_drawn_to_none():
    means, deviations = shrunken([0.1, -0.1], [1.0, 1.0])
    assert (means.tolist(), deviations.tolist()) == ([0, 0], [0, 0])
