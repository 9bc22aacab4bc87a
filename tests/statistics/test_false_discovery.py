import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from kundig.statistics.false_discovery import corrected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 40))
def test_comparisons_that_are_not_at_hand_count_as_much_as_if_they_were(p, others):
    assert corrected(p, len(p) + others) == pytest.approx(np.minimum(false_discovery_control([*p, *[1.0] * others])[: len(p)], 1.0))
