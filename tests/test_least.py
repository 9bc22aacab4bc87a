"""Arguments that cannot be meant are refused in words, whatever stands in the journal."""

import pytest

from kundig.analysis import analyses, analysis
from kundig.errors import ArgumentError
from kundig.feedback import clarity, emerging, jargon, launches, moments, response, themes
from kundig.journal import told

NOBODY = told([{"subject": "ada", "kind": "post", "occurred_at": "2026-03-01", "text": "Danke"}])


@pytest.mark.parametrize(("asked", "given", "said"), [
    (themes, {"most": 0}, "--most expects 1 or more, found 0"),
    (emerging, {"days": -3}, "--days expects 1 or more, found -3"),
    (emerging, {"alarms_a_week": -1.0}, "--alarms-a-week expects 0 or more, found -1.0"),
    (launches, {"hours": 0}, "--hours expects 1 or more, found 0"),
    (clarity, {"sample": 0}, "--sample expects 1 or more, found 0"),
    (jargon, {"days": 0}, "--days expects 1 or more, found 0"),
    (moments, {"after": "soon"}, "expected a length of time such as '2 days' or '36 hours', found 'soon'"),
    (response, {"within": "x"}, "expected a length of time such as '2 days' or '36 hours', found 'x'"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_what_would_be(asked, given, said):
    with pytest.raises(ArgumentError, match=f"^{said}$"):
        asked(NOBODY, **given)


FLOORS = [name for name in analyses() if "floor" in analysis(name).values({})]


@pytest.mark.parametrize("name", FLOORS)
def test_a_floor_below_one_is_refused_by_every_analysis(name):
    with pytest.raises(ArgumentError, match="--floor expects 1 or more, found -1$"):
        analysis(name).function(NOBODY, **analysis(name).values({"floor": "-1"}))
