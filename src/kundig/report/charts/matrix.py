"""Importance against performance: what hangs on much and goes badly stands top left, and is what to mend first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kundig.report.charts.style import sentinel
from kundig.report.formats import Formats
from kundig.report.phrases import Phrase
from kundig.report.text_width import wrapped

COLUMNS = ("importance", "low", "high", "performance_percent")
"""An answer that has these is drawn so."""
ALT = Phrase(
    "Importance against performance: {shown} of {all} drivers; {first} comes first. Those without a scale, without significance or not compared are in the table only.",
    "Wichtigkeit gegen Leistung: {shown} von {all} Treibern; zuerst kommt {first}. Wer keine Skala hat, nicht gesichert ist oder nicht verglichen wurde, steht nur in der Tabelle.",
)
_X, _Y = Phrase("performance, % of the scale", "Leistung, % der Skala"), Phrase("importance, % of what is explained", "Wichtigkeit, % des Erklärten")
_FIRST = Phrase("mend first", "zuerst verbessern")


def placed(rows: Sequence[Mapping[str, Any]], named: Mapping[str, str]) -> list[dict[str, Any]]:
    """What can be drawn: drivers with a scale and an importance beyond chance."""
    return [
        {"name": named.get(row["driver"], row["driver"]), "x": row["performance_percent"], "y": 100 * row["importance"], "low": 100 * row["low"], "high": 100 * row["high"]}
        for row in rows if row["importance"] and row["performance_percent"] is not None
    ]  # fmt: skip


def urgent(drawn: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Of what is drawn, the one with the most importance times what is missing of the scale."""
    return max(drawn, key=lambda row: (row["y"] * (100 - row["x"]), row["name"]))


def matrix(drawn: Sequence[dict[str, Any]], width: int, formats: Formats) -> dict[str, Any]:
    """The chart's specification: dots with intervals, the means of both as lines."""
    said = formats.language
    for row in drawn:
        row["label"] = wrapped(row["name"], width * 0.3, 12, most=1)[0]
        row["align"] = "right" if row["x"] > 70 else "left"
    x: dict[str, Any] = {"field": "x", "type": "quantitative", "scale": {"domain": [0, 100], "nice": False}, "axis": {"title": _X.said(said), "grid": False, "tickCount": 5}}
    top = max(row["high"] for row in drawn)
    y: dict[str, Any] = {"field": "y", "type": "quantitative", "scale": {"domain": [0, top * 1.1 or 1], "nice": False}, "axis": {"title": _Y.said(said), "grid": True, "tickCount": 5}}
    means = {"x": sum(row["x"] for row in drawn) / len(drawn), "y": sum(row["y"] for row in drawn) / len(drawn)}
    rule: dict[str, Any] = {"type": "rule", "strokeDash": [3, 3], "color": sentinel("ink-2")}
    text: dict[str, Any] = {"type": "text", "fontSize": 12, "color": sentinel("ink"), "dy": -9}
    layers: list[dict[str, Any]] = [
        {"data": {"values": [means]}, "mark": rule, "encoding": {"x": {"field": "x", "type": "quantitative"}}},
        {"data": {"values": [means]}, "mark": rule, "encoding": {"y": {"field": "y", "type": "quantitative"}}},
        {"mark": {"type": "rule", "strokeWidth": 5, "color": sentinel("band")}, "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"mark": {"type": "point", "filled": True, "size": 80, "opacity": 1, "color": sentinel("brand")}, "encoding": {"x": x, "y": y}},
        *_labels(x, y, text),
        {"data": {"values": [{"word": _FIRST.said(said)}]}, "mark": {**text, "align": "left", "baseline": "top", "dy": 6, "dx": 6, "fontWeight": 600, "color": sentinel("ink-2"), "x": 0, "y": 0}, "encoding": {"text": {"field": "word"}}},
    ]
    return {"data": {"values": list(drawn)}, "width": width, "height": max(220, width // 2), "layer": layers}


def _labels(x: dict[str, Any], y: dict[str, Any], text: dict[str, Any]) -> list[dict[str, Any]]:
    """Names beside their dots, on the side where there is room."""
    layers: list[dict[str, Any]] = []
    for side, off in (("left", 7), ("right", -7)):
        mark: dict[str, Any] = {**text, "align": side, "dx": off}
        layers.append({"transform": [{"filter": {"field": "align", "equal": side}}], "mark": mark, "encoding": {"x": x, "y": y, "text": {"field": "label"}}})
    return layers
