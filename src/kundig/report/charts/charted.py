"""The chart of an answer: lines with bands over time, dots with intervals, or bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from kundig.analysis import analyses
from kundig.report.charts.matrix import ALT, matrix, placed, urgent
from kundig.report.charts.matrix import COLUMNS as COLUMNS_OF_MATRIX
from kundig.report.charts.rendering import rendered
from kundig.report.charts.shape import Shape, shape
from kundig.report.charts.style import sentinel
from kundig.report.formats import Formats
from kundig.report.phrases import Language, Phrase
from kundig.report.text_width import wrapped
from kundig.report.words import COLUMNS, DEPARTMENTS, KINDS, STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kundig.analysis import Result

MOST_ROWS = 25
MOST_LINES = 5
_ALT = Phrase("Chart of {what} by {by}, {shown} of {all} rows.", "Diagramm: {what} nach {by}, {shown} von {all} Zeilen.")
_ALT_ONE = Phrase("Chart of {what}.", "Diagramm: {what}.")
_WORDS: Mapping[str, Phrase] = {**KINDS, **STAGES, **DEPARTMENTS, "entry": Phrase("entry", "Beginn"), "exit": Phrase("end", "Ende"), "other": Phrase("other", "andere")}
_COLOURS = ("brand", "s5", "s2", "s4", "s1")


@dataclass(frozen=True)
class Chart:
    """A picture of an answer.

    Attributes:
        svg: with `var(--token)` colours; `tokens.resolved` makes them plain.
        alt: what it shows, in words.
        shown: how many rows are drawn; a long answer is cut, and the table still has all.
        rows: how many rows the answer has.
    """

    svg: str
    alt: str
    shown: int
    rows: int


def chart(answer: Result, *, language: Language = "en", width: int = 640, titles: Mapping[str, str] | None = None) -> Chart | None:
    """The chart of an answer; None where it has no rows, or nothing in it is measured.

    Args:
        answer: of any analysis.
        language: of the reader.
        width: in pixels; a narrow one has fewer ticks.
        titles: names for values, such as a touchpoint's title.
    """
    known = analyses().get(answer.name)
    found = shape(answer.table, known.columns if known else ())
    rows = answer.table.to_pylist()
    if found is None or not rows:
        return None
    formats = Formats(language)
    if set(COLUMNS_OF_MATRIX) <= set(rows[0]) and (points := placed(rows, titles or {})):
        alt = ALT.said(language, shown=formats.number(len(points)), all=formats.number(len(rows)), first=urgent(points)["name"])
        return Chart(rendered(matrix(points, width, formats), alt, language), alt, len(points), len(rows))
    drawn = [_datum(row, found, titles or {}, formats) for row in rows if row[found.value] is not None]
    if not drawn:
        return None
    over_time = found.time is not None and len({row["time"] for row in drawn}) > 1
    spec, shown = (_lines if over_time else _rows)(drawn, found, width, language)
    what, by = _column(found.value, language), " → ".join(_column(name, language) for name in (found.names or (found.time,)) if name)
    numbers = {"shown": formats.number(shown), "all": formats.number(len(rows))}
    alt = _ALT.said(language, what=what, by=by, **numbers) if by else _ALT_ONE.said(language, what=what)
    return Chart(rendered(spec, alt, language), alt, shown, len(rows))


def _datum(row: Mapping[str, Any], found: Shape, titles: Mapping[str, str], formats: Formats) -> dict[str, Any]:
    """A row as the chart takes it; names are texts in the reader's language, and never become anything else."""
    names = [_value(row[name], titles, formats.language) for name in found.names]
    scale = _scale(found)
    at = row[found.time] if found.time else None
    ends = {end: None if name is None or row[name] is None else float(row[name]) * scale for end, name in (("low", found.low), ("high", found.high))}
    value = float(row[found.value]) * scale
    written = formats.percent(value / 100) if found.share else formats.number(value, 0 if abs(value) >= 100 or value == int(value) else 1)
    return {
        "name": " → ".join(names),
        "value": value,
        **ends,
        "written": written,
        "time": at.isoformat() if isinstance(at, date | datetime) else None,
        "n": row.get("n"),
        "verdict": row.get("verdict"),
    }


def _scale(found: Shape) -> float:
    return 100.0 if found.share else 1 / 86400 if found.value.endswith("_seconds") else 1.0


def _value(value: Any, titles: Mapping[str, str], language: Language) -> str:
    if value is None:
        return "–"
    steps = str(value).split(" → ")
    return " → ".join(titles.get(step) or (_WORDS[step].said(language) if step in _WORDS else step) for step in steps)


def _column(name: str, language: Language) -> str:
    return COLUMNS[name].said(language) if name in COLUMNS else name.replace("_seconds", "").replace("_", " ")


def _axis(found: Shape, width: int, language: Language) -> dict[str, Any]:
    sign = "\u00a0%" if language == "de" else "%"
    return {"title": None, "grid": True, "tickCount": 4 if width < 420 else 6, **({"labelExpr": f"datum.label + '{sign}'"} if found.share else {})}


def _rows(drawn: list[dict[str, Any]], found: Shape, width: int, language: Language) -> tuple[dict[str, Any], int]:
    """Dots with intervals, or bars where there are none; in the answer's order."""
    data = drawn[:MOST_ROWS]
    room = width * 0.38
    for place, datum in enumerate(data):
        # Doubled names are two rows; the place keeps them apart.
        datum["row"] = f"{place:03d}"
        datum["label"] = wrapped(datum["name"], room, 12, most=1)[0] if datum["name"] else ""
    ends = [end for datum in data for end in (datum["low"], datum["value"], datum["high"]) if end is not None]
    least, most = min([*ends, 0.0] if found.share or found.low is None else ends), max([*ends, 0.0])
    # Room for the number beside the last mark; the one beside a single value has a scale of its own.
    margin = (most - least) * 0.18 or abs(most) or 1.0
    scale = {"domain": [least - (0.0 if found.share or found.low is None else margin / 3), most + margin], "nice": False}
    labels = {datum["row"]: datum["label"] for datum in data}
    rows: dict[str, Any] = {"field": "row", "type": "nominal", "sort": None, "axis": {"title": None, "labelExpr": _lookup(labels), "labelLimit": room, "grid": False}}
    value = {"field": "value", "type": "quantitative", "axis": _axis(found, width, language)}
    if found.low is None:
        layers: list[dict[str, Any]] = [
            {"mark": {"type": "bar", "height": {"band": 0.5}, "cornerRadius": 2, "color": sentinel("brand")}, "encoding": {"x": {**value, "scale": scale}}},
        ]
    else:
        x = {**value, "scale": scale}
        layers = [
            {"mark": {"type": "bar", "height": {"band": 0.38}, "cornerRadius": 2, "color": sentinel("band")}, "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": sentinel("brand")}, "encoding": {"x": x}},
        ]
    # The number stands beside its mark: no value has to be read from an axis.
    layers.append({"mark": {"type": "text", "align": "left", "dx": 8, "dy": 0, "fontWeight": 600, "fontSize": 11.5, "color": sentinel("ink")}, "encoding": {"x": {"field": "high" if found.low else "value", "type": "quantitative"}, "text": {"field": "written"}}})
    return {"data": {"values": data}, "width": width, "height": {"step": 24}, "encoding": {"y": rows}, "layer": layers}, len(data)


def _lookup(labels: Mapping[str, str]) -> str:
    """An expression from a row's place to its label; labels are written as JSON, so none can be code."""
    import json  # noqa: PLC0415 -- loaded when it is needed

    return f"({json.dumps(labels, ensure_ascii=True)})[datum.value]"


def _lines(drawn: list[dict[str, Any]], found: Shape, width: int, language: Language) -> tuple[dict[str, Any], int]:
    """Lines with bands; of many groups the five with most behind them, each in a panel of its own."""
    weight: dict[str, float] = {}
    for datum in drawn:
        weight[datum["name"]] = weight.get(datum["name"], 0) + float(datum["n"] or 0)
    kept = sorted(weight, key=lambda name: (-weight[name], name))[:MOST_LINES]
    data = [datum for datum in drawn if datum["name"] in kept]
    time = {"field": "time", "type": "temporal", "axis": {"title": None, "grid": False, "tickCount": 4 if width < 420 else 8, "labelOverlap": True}}
    value = {"field": "value", "type": "quantitative", "axis": _axis(found, width, language), "scale": {"zero": False}}
    colour: dict[str, Any] = {"value": sentinel("brand")}
    if len(kept) > 1:
        colour = {"field": "name", "type": "nominal", "scale": {"domain": kept, "range": [sentinel(name) for name in _COLOURS[: len(kept)]]}, "legend": {"title": None, "orient": "top", "symbolType": "stroke", "symbolOpacity": 1, "symbolStrokeWidth": 3, "labelLimit": width / 3}}
    layers: list[dict[str, Any]] = []
    if found.low is not None:
        layers.append({"mark": {"type": "area", "opacity": 1 if len(kept) == 1 else 0.16, **({"color": sentinel("band")} if len(kept) == 1 else {})}, "encoding": {"x": time, "y": {**value, "field": "low"}, "y2": {"field": "high"}, **({"color": colour} if len(kept) > 1 else {})}})
    layers.append({"mark": {"type": "line", "strokeWidth": 2.25, "point": {"filled": True, "size": 28} if len(data) <= 60 else False}, "encoding": {"x": time, "y": value, "color": colour}})
    return {"data": {"values": data}, "width": width, "height": 260, "layer": layers}, len(data)

