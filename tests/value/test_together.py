"""Two products go together where that is beyond chance, and the more pairs there are, the more has to be shown."""

from __future__ import annotations

import pyarrow as pa
import pytest

from kundig.value.together import APART, TOGETHER, UNSURE, together


@pytest.mark.parametrize(("both", "comparisons", "verdict"), [(34, 1, TOGETHER), (34, 1_000, UNSURE), (45, 1_000, TOGETHER), (16, 1, APART), (16, 1_000, UNSURE), (25, 1, UNSURE)])
def test_of_many_pairs_one_that_chance_may_lift_is_no_finding(both: int, comparisons: int, verdict: str) -> None:
    pairs = pa.table({"customers": [200], "holders": [100], "owners": [50], "both": [both], "comparisons": [comparisons]})
    found = together(pairs, 30, 1.96)
    assert found.verdict.tolist() == [verdict]
    # Its interval lies on the same side of 1, however many are compared.
    assert (bool(found.low[0] > 1), bool(found.high[0] < 1)) == (both > 30, both < 20)
