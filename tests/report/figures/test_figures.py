"""Small figures: whole pictures on small data, in tokens, escaped, with links to the people behind them."""

from __future__ import annotations

from datetime import date

from kundig.report.figures import Bar, Dot, Point, Step, bridge, distribution, dot_field, lollipop, range_bar, shares, sparkline, trend
from kundig.report.formats import Formats
from tests.report.drawn import links, outline, texts, tree

DE, EN = Formats("de"), Formats("en")


def test_a_range_bar_has_track_band_before_goal_and_value():
    svg = range_bar(50, 40, 60, before=45, goal=80, title="NPS", width=104, height=20)
    assert outline(tree(svg)) == [
        ("line", {"x1": "0", "x2": "104", "y1": "10", "y2": "10", "stroke": "var(--rule-2)"}),
        ("rect", {"x": "42", "y": "5", "width": "20", "height": "10", "fill": "var(--band)"}),
        ("line", {"x1": "47", "x2": "47", "y1": "4", "y2": "16", "stroke": "var(--ink-2)"}),
        ("circle", {"cx": "82", "cy": "10", "r": "3.5", "fill": "var(--surface)", "stroke": "var(--brand)"}),
        ("line", {"x1": "52", "x2": "52", "y1": "2", "y2": "18", "stroke": "var(--brand)"}),
    ]


def test_without_a_value_only_the_track_is_drawn():
    assert [name for name, _ in outline(tree(range_bar(None, None, None, title="NPS")))] == ["line"]


def test_a_sparkline_leaves_its_gaps():
    svg = sparkline([(0, 1, 2), (1, 2, 3), None, (1, 2, 3)], title="x")
    assert [name for name, _ in outline(tree(svg))] == ["polygon", "polyline", "polygon", "polyline", "circle"]
    assert [name for name, _ in outline(tree(sparkline([None], title="x")))] == ["line"]


def test_a_distribution_keeps_the_place_of_answers_that_nobody_gave():
    svg = distribution({0: 1, 9: 3}, title="NPS", formats=DE)
    assert texts(svg) == ["25%", "0", "1", "2", "3", "4", "5", "6", "7", "8", "75%", "9"]


def test_shares_lead_to_the_people_behind_them_and_say_where_too_few_are():
    bars = [Bar("Lieferung & <mehr>", 0.5, 0.4, 0.6, 98, "/customers?a=1&b=2"), Bar("Messe", None, n=3)]
    svg = shares(bars, title="t", formats=DE, few="zu wenige Antworten")
    assert texts(svg) == ["Lieferung & <mehr>", "50,0\u00a0%", "n 98", "Messe", "zu wenige Antworten", "n 3"]
    assert links(svg) == [("/customers?a=1&b=2", "Lieferung & <mehr>: 50,0\u00a0% (40,0–60,0\u00a0%)")]


def test_a_goal_is_a_ring_on_its_bar():
    svg = shares([Bar("Service", 0.6, goal=0.5)], title="t", formats=DE, few="-", width=520, most=1.0)
    assert [attributes for name, attributes in outline(tree(svg)) if name == "circle"] == [{"cx": "294.6", "cy": "15", "r": "4", "fill": "var(--surface)", "stroke": "var(--brand)"}]


def test_a_lollipop_is_grey_where_zero_is_in_its_interval():
    svg = lollipop([Bar("a", 5, 2, 8), Bar("b", -5, -8, -2), Bar("c", 1, -1, 3)], title="t", formats=EN, few="-")
    assert [attributes["fill"] for name, attributes in outline(tree(svg)) if name == "circle"] == ["var(--better)", "var(--worse)", "var(--ink-2)"]


def test_where_less_is_better_the_colours_change_places():
    svg = lollipop([Bar("a", 5, 2, 8)], title="t", formats=EN, few="-", better=False)
    assert [attributes["fill"] for name, attributes in outline(tree(svg)) if name == "circle"] == ["var(--worse)"]


def test_a_bridge_adds_up_from_pillar_to_pillar():
    steps = [Step("Nov", 36.9e6, "sum"), Step("Ausbau", 4.1e6), Step("Verloren", -2e6, href="/lost"), Step("Nov", 39e6, "sum")]
    svg = bridge(steps, title="b", formats=DE)
    assert [text.replace("\u00a0", " ") for text in texts(svg)] == ["36,9 Mio. €", "Nov", "+4,1 Mio. €", "Ausbau", "−2,0 Mio. €", "Verloren", "39,0 Mio. €", "Nov"]
    fall = [attributes for name, attributes in outline(tree(svg)) if name == "rect"]
    assert [attributes["fill"] for attributes in fall] == ["var(--s4)", "var(--s2)"]
    assert float(fall[0]["y"]) == float(fall[1]["y"])


def test_pillars_that_start_at_zero_have_whole_feet():
    [pillar, *_] = [attributes["d"] for name, attributes in outline(tree(bridge([Step("a", 10, "sum"), Step("b", -9), Step("c", 1, "sum")], title="b", formats=DE))) if name == "path"]
    assert pillar.count("L") == 3


def test_a_trend_of_neighbours_is_a_line_with_a_band_and_one_of_waves_is_dots():
    months = [Point(date(2026, month, 1), 40 + month, 38, 50) for month in range(1, 7)]
    waves = [Point(date(2025, 5, 1), -8, -13, -2), Point(date(2025, 11, 1), -4, -9, 0, "/nov")]
    assert "polygon" in {name for name, _ in outline(tree(trend(months, title="t", formats=DE)))}
    svg = trend(waves, title="t", formats=DE)
    assert "polygon" not in {name for name, _ in outline(tree(svg))}
    assert links(svg) == [("/nov", "1. Nov. 2025: −4,0")]


def test_a_trend_without_figures_is_an_empty_axis():
    assert [name for name, _ in outline(tree(trend([Point(date(2026, 1, 1), None)], title="t", formats=DE)))] == ["line"]


def test_every_dot_leads_to_its_customer_and_the_largest_lie_lowest():
    dots = [Dot(date(2026, 7, 1), 0.85, 100, "Ada <AG>", "/ada"), Dot(date(2026, 8, 15), 0.1, 5000, "Ben", "/ben")]
    svg = dot_field(dots, title="t", formats=DE)
    assert links(svg) == [("/ben", "Ben: 15. Aug. 2026, 10\u00a0%, 5\u00a0Tsd.\u00a0€"), ("/ada", "Ada <AG>: 1. Juli 2026, 85\u00a0%, 100\u00a0€")]
    assert [attributes["fill"] for name, attributes in outline(tree(svg)) if name == "circle"] == ["var(--s5)", "var(--s1)"]
    # Only who stands above the line is named in the picture.
    assert [text for text in texts(svg) if text in {"Ada <AG>", "Ben"}] == ["Ada <AG>"]


def test_names_in_a_dot_field_leave_each_other_room():
    dots = [Dot(date(2026, 7, 1), 0.8, 100 + n, f"Kunde {n}") for n in range(4)] + [Dot(date(2026, 12, 1), 0.1, 1, "x")]
    assert [text for text in texts(dot_field(dots, title="t", formats=DE)) if text.startswith("Kunde")] == ["Kunde 3"]


def test_an_empty_dot_field_has_its_axis_only():
    assert {name for name, _ in outline(tree(dot_field([], title="t", formats=DE)))} == {"line", "text"}
