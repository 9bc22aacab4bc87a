import ibis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundig.statistics.merged import POINTS, merged, stands_for
from kundig.statistics.ordered import in_order

ASKED = [0.0, 0.1, 0.5, 0.9, 1.0]


@given(st.lists(st.lists(st.integers(0, 1000), min_size=1, max_size=30), min_size=1, max_size=5))
def test_few_values_are_put_together_exactly(parts):
    found = merged([(len(part), part) for part in parts], ASKED)
    assert found == pytest.approx(np.quantile([one for part in parts for one in part], ASKED))


@pytest.mark.parametrize("draw", [lambda r, n: r.exponential(5.0, n), lambda r, n: r.integers(0, 9, n).astype(float), lambda r, n: r.normal(size=n) ** 3])
def test_the_rank_of_many_values_is_off_by_a_thousandth_at_most(draw):
    random = np.random.default_rng(3)
    parts = [draw(random, n) + shift for n, shift in ((40_000, 0.0), (9_000, 2.0), (300, 1.0))]
    stands = [(len(part), np.quantile(part, np.arange(POINTS + 1) / POINTS, method="nearest") if len(part) > POINTS + 1 else part) for part in parts]
    whole = np.sort(np.concatenate(parts))
    for asked, found in zip(ASKED, merged(stands, ASKED), strict=True):
        below, upto = np.searchsorted(whole, [found, found], side="left")[0], np.searchsorted(whole, found, side="right")
        assert below - 1 <= asked * (len(whole) - 1) + 0.001 * len(whole)
        assert upto + 1 >= asked * (len(whole) - 1) - 0.001 * len(whole)


@pytest.mark.parametrize("n", [0, 1, 3, POINTS + 1, POINTS + 2, 40_001])
def test_the_engine_gives_what_stands_for_a_column(n):
    table = ibis.memtable({"x": np.random.default_rng(1).permutation(n).astype(float)})
    found = [] if n == 0 else table.agg(x=stands_for(in_order(table.x))).to_pyarrow()["x"][0].as_py()
    assert found == ([*map(float, range(n))] if n <= POINTS + 1 else pytest.approx([(n - 1) * step / POINTS for step in range(POINTS + 1)], abs=0.51))
