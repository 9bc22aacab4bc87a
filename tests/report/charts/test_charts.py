"""A chart for any answer: which shape it has, what can be read in it, and that nobody's words become code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from kundig.analysis import analyses, analysis, result
from kundig.journal import unbound
from kundig.report.charts import chart
from kundig.report.charts.shape import Shape, shape
from tests.report.drawn import texts, tree


def answer(name, **columns):
    asked = analysis(name)
    table = pa.table(columns)
    return result(asked, asked.values({}), None, table if "n" in columns else table.append_column("n", pa.array([1] * table.num_rows)))


SCORES = {"group": ["shop", "help", "fair"], "state": ["ok", "ok", "too few answers"], "n": [40, 30, 2], "score": [82.0, 31.0, None], "low": [75.0, 22.0, None], "high": [88.0, 41.0, None]}


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (SCORES, Shape("score", "low", "high", ("group",), None, share=False)),
        ({"source": ["a"], "target": ["b"], "n": [3], "customers": [2]}, Shape("n", None, None, ("source", "target"), None, share=False)),
        ({"end": ["entry"], "step": ["a"], "n": [3], "share": [0.5], "low": [0.4], "high": [0.6]}, Shape("share", "low", "high", ("end", "step"), None, share=True)),
        ({"period": [date(2026, 1, 1)], "n": [3], "nrr": [1.05], "nrr_low": [1.0], "nrr_high": [1.1]}, Shape("nrr", "nrr_low", "nrr_high", (), "period", share=True)),
        ({"rule": ["a"], "missing": [1]}, Shape("missing", None, None, ("rule",), None, share=False)),
        ({"rule": ["a"]}, None),
    ],
)
def test_the_shape_follows_from_the_columns(columns, found):
    assert shape(pa.table(columns)) == found


def _one(type_):
    """A value of the type; null where none is drawn anyway."""
    if pa.types.is_nested(type_) or pa.types.is_timestamp(type_):
        return None
    if pa.types.is_date(type_):
        return date(2026, 1, 1)
    return {"string": "x", "bool": True}.get(str(type_), Decimal(1) if pa.types.is_decimal(type_) else 1)


@pytest.mark.parametrize("name", sorted(analyses()))
def test_every_analysis_has_a_shape(name):
    asked = analysis(name)
    told = asked.function(unbound(), **asked.values({}))
    types = told.schema().to_pyarrow() if hasattr(told, "schema") else None
    if types is None:
        return
    values = {field.name: pa.array([_one(field.type)], field.type) for field in types}
    assert shape(pa.table(values), asked.columns) is not None


def test_dots_with_their_numbers_in_the_answer_s_order():
    drawn = chart(answer("feedback.scores", **SCORES), language="de", titles={"shop": "Bestellung"})
    read = texts(drawn.svg)
    assert [text for text in read if text in {"Bestellung", "help", "Hilfe holen", "fair", "82", "31"}] == ["Bestellung", "Hilfe holen", "82", "31"]
    assert (drawn.alt, drawn.shown, drawn.rows) == ("Diagramm: Bewertung nach Gruppe, 2 von 3 Zeilen.", 2, 3)
    assert tree(drawn.svg).get("aria-label") == drawn.alt


def test_months_are_the_reader_s():
    columns = {"period": [date(2026, month, 1) for month in range(1, 6)], "n": [9] * 5, "score": [1.0, 2, 3, 2, 1], "low": [0.0, 1, 2, 1, 0], "high": [2.0, 3, 4, 3, 2]}
    german, english = (texts(chart(answer("feedback.scores", **columns), language=language).svg) for language in ("de", "en"))
    assert "März" in german
    assert "March" in english


def test_shares_are_per_cent_as_the_reader_writes_it():
    columns = {"stage": ["order"], "n": [10], "share": [0.425], "low": [0.2], "high": [0.6]}
    assert "42,5\u00a0%" in texts(chart(answer("journeys.funnel", **columns), language="de").svg)
    assert "42.5%" in texts(chart(answer("journeys.funnel", **columns), language="en").svg)


def test_what_somebody_wrote_stays_text():
    for name in ('"+alert(1)+"', "</svg><script>x</script>", "'] || datum", "\\u0022"):
        drawn = chart(answer("feedback.scores", **{**SCORES, "group": [name, "help", "fair"]}), width=1200)
        assert name in texts(drawn.svg)


def test_an_answer_without_rows_has_no_chart():
    assert chart(answer("feedback.scores", **{name: values[:0] for name, values in SCORES.items()})) is None
    assert chart(answer("feedback.scores", **{name: values[2:] for name, values in SCORES.items()} | {"score": pa.array([None], "float64"), "low": pa.array([None], "float64"), "high": pa.array([None], "float64")})) is None


def test_an_answer_draws_itself():
    given = answer("feedback.scores", **SCORES)
    assert given.chart(language="en") == chart(given)


def test_a_long_answer_is_cut_and_says_so():
    drawn = chart(answer("journeys.flows", source=[f"a{n}" for n in range(40)], target=["b"] * 40, n=list(range(40, 0, -1))))
    assert (drawn.shown, drawn.rows) == (25, 40)
    assert drawn.alt == "Chart of n by from → to, 25 of 40 rows."


DRIVERS = {
    "driver": ["help.desk", "shop", "<b>app</b>", "waiting"], "state": ["ok", "ok", "not significant", "ok"], "n": [400, 300, 200, 400],
    "importance": [0.6, 0.3, 0.0, 0.1], "low": [0.5, 0.2, 0.0, 0.05], "high": [0.7, 0.4, 0.1, 0.2], "performance_percent": [35.0, 82.0, 60.0, None],
}  # fmt: skip


@pytest.mark.parametrize(("language", "alt"), [("en", "2 of 4 drivers; Help desk comes first"), ("de", "2 von 4 Treibern; zuerst kommt Help desk")])
def test_drivers_are_drawn_by_importance_and_performance(language, alt):
    drawn = chart(answer("feedback.drivers", **DRIVERS), language=language, titles={"help.desk": "Help desk"})
    assert (drawn.shown, drawn.rows, alt in drawn.alt) == (2, 4, True)
    said = texts(drawn.svg)
    assert {"Help desk", "shop"} <= set(said)
    assert not {"waiting", "<b>app</b>"} & set(said)
