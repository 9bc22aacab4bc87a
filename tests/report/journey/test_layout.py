"""The layout: no label over another, whatever the company; and the same picture for the same journey."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.report.formats import Formats
from kundig.report.journey import Answers, journey
from kundig.report.journey.layout import layout
from kundig.touchpoints import Touchpoint
from tests.report.journey.people import scored, small

DE = Formats("de")
WORDS = ("Website", "Rufnummernmitnahme", "Beziehungsbefragung", "Anliegen Rechnung", "Beitrag in sozialen Medien", "X", "Sicherheitsprüfung", "Donaudampfschifffahrtsgesellschaftskapitän", "Kick-off")


@st.composite
def journeys(draw):
    """Journeys with 6 to 40 touchpoints in random cells, of random size, with and without score, exits and rank."""
    stages = [f"s{index}" for index in range(draw(st.integers(1, 10)))]
    departments = [None, *(f"d{index}" for index in range(draw(st.integers(1, 8))))]
    names = [f"t{index}" for index in range(draw(st.integers(6, 40)))]
    catalogue = {name: Touchpoint(stage=draw(st.sampled_from(stages)), department=draw(st.sampled_from(departments)), title=draw(st.sampled_from(WORDS))) for name in names}
    counts = {name: draw(st.integers(1, 10**6)) for name in names}
    ends = [{"end": "entry", "step": name, "n": count} for name, count in counts.items()]
    ends += [{"end": "exit", "step": name, "n": draw(st.integers(0, count))} for name, count in counts.items()]
    scores = [scored(name, draw(st.floats(0, 100)), 0.0, 100.0) for name in names if draw(st.booleans())]
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=60, unique=True))
    flows = [{"source": source, "target": target, "customers": draw(st.integers(1, 1000)), "n": 1, "median_seconds": 1.0} for source, target in pairs]
    return journey(catalogue, stages, Answers(flows, ends, scores, moments=tuple(draw(st.lists(st.sampled_from(names), max_size=5, unique=True)))))


@settings(max_examples=60, deadline=None)
@given(journeys(), st.sampled_from([700, 1000, 1304]))
def test_no_touchpoint_covers_another(lived, width):
    laid = layout(lived, DE, width)
    assert [(one.touchpoint.title, other.touchpoint.title) for one, other in combinations(laid.places, 2) if one.box.overlaps(other.box)] == []


@settings(max_examples=60, deadline=None)
@given(journeys())
def test_everything_stands_in_its_stage_and_its_department(lived):
    laid = layout(lived, DE)
    columns = {column.stage.name: column for column in laid.columns}
    lanes = {lane.department: lane for lane in laid.lanes}
    for place in laid.places:
        column, lane = columns[place.touchpoint.stage], lanes[place.touchpoint.department]
        assert column.left - 1e-6 <= place.box.left
        assert place.box.right <= column.right + 1e-6
        assert lane.top - 1e-6 <= place.box.top
        assert place.box.bottom <= lane.bottom + 1e-6


@settings(max_examples=20, deadline=None)
@given(journeys())
def test_the_same_journey_stands_the_same(lived):
    assert layout(lived, DE) == layout(lived, DE)


def test_circles_grow_with_contacts():
    places = {place.touchpoint.name: place for place in layout(small(), DE).places}
    assert places["web"].radius > places["shop"].radius > places["hotline"].radius


def test_the_order_inside_a_cell_is_the_catalogue_s_and_not_the_figures():
    catalogue = {name: Touchpoint(stage="buy", department="sales", title=name) for name in ("b", "a", "c")}
    tops = []
    for counts in ((1, 100, 10), (100, 1, 10)):
        ends = [{"end": "entry", "step": name, "n": count} for name, count in zip(catalogue, counts, strict=True)]
        laid = layout(journey(catalogue, ["buy"], Answers([], ends)), DE, 300)
        tops.append([place.touchpoint.name for place in sorted(laid.places, key=lambda place: (place.y, place.x))])
    assert tops[0] == tops[1]
