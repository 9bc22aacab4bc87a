"""Where satisfaction begins: bounds that rise, five steps, and heights that never fall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kundig.settings import Satisfaction
from kundig.settings.satisfaction import SCALES


@given(st.sampled_from(sorted(SCALES)), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_never_stands_lower(metric, one, other):
    lowest, highest = SCALES[metric]
    scores = sorted(lowest + share * (highest - lowest) for share in (one, other))
    settled = Satisfaction()
    assert settled.step(metric, scores[0]) <= settled.step(metric, scores[1])
    assert 0 <= settled.height(metric, scores[0]) <= settled.height(metric, scores[1]) <= 5


def test_bounds_have_to_rise():
    with pytest.raises(ValidationError, match="expected four rising bounds"):
        Satisfaction(csat=(40, 40, 70, 80))


def test_the_bounds_of_the_company_decide():
    assert [Satisfaction(csat=bounds).step("csat", 60) for bounds in ((10, 20, 30, 40), (61, 70, 80, 90))] == [5, 1]
