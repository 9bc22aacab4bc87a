import ibis
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.statistics.ordered import in_order, quantile

VALUES = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=40)


@given(VALUES, st.floats(0, 1))
@settings(deadline=None, max_examples=30)
def test_a_quantile_of_values_in_order_is_that_of_numpy_and_null_where_there_is_none(values, share):
    table = ibis.memtable({"x": values}, schema={"x": "float64"})
    found = table.agg(of=in_order(table.x)).select(x=lambda t: quantile(t.of, share)).to_pyarrow()["x"][0].as_py()
    known = [value for value in values if value is not None]
    assert found == (pytest.approx(np.quantile(known, share), rel=1e-9, abs=1e-6) if known else None)
