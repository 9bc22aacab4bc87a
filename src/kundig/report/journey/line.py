"""The satisfaction line above the map: each stage's score with its range, and the time before as a dashed line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from kundig.report.formats import Formats
from kundig.report.journey.layout import GUTTER, Column, Layout, bare
from kundig.report.journey.model import Score
from kundig.report.phrases import Phrase
from kundig.report.svg import Markup, number, tag, words
from kundig.report.text_width import wrapped

_NAME = Phrase("Satisfaction", "Zufriedenheit")
_RANGE = Phrase("with 95% range", "mit 95-%-Bereich")
_BEFORE = Phrase("dashed: before", "gestrichelt: vorher")
_TOP, _BOTTOM = 74.0, 140.0


def satisfaction_line(laid: Layout, formats: Formats) -> list[Markup]:
    """Points and line; a stage without a score breaks the line, because nothing is known there."""
    drawn = [words(_NAME.said(formats.language), 14, 92, size=13, weight=600)]
    notes = [_RANGE] + [_BEFORE] * any(column.stage.before for column in laid.columns)
    drawn += [words(wrapped(note.said(formats.language), GUTTER - 20, 11, most=1)[0], 14, 107 + 14 * row, size=11, fill="ink-2") for row, note in enumerate(notes)]
    for run in _runs(laid.columns):
        points = [(column.middle, score) for column, score in run]
        drawn.append(_band(points))
        drawn.append(_curve([(x, _at(score.height)) for x, score in points], stroke="var(--brand)", stroke_width=2.25))
        then = [(column.middle, _at(column.stage.before.height)) for column, _ in run if column.stage.before]
        drawn.append(_curve(then, stroke="var(--ink-2)", stroke_width=1.25, stroke_dasharray="3 3"))
    for column in laid.columns:
        score = column.stage.score
        if score is None:
            drawn.append(words("–", column.middle, (_TOP + _BOTTOM) / 2 + 4, size=12, fill="ink-2", anchor="middle"))
            continue
        y = _at(score.height)
        drawn.append(tag("circle", cx=column.middle, cy=y, r=4.5, fill=f"var(--s{score.step})", stroke="var(--surface)", stroke_width=1.5))
        drawn.append(words(bare(score, formats), column.middle + 8, y - 8, size=13, weight=700, halo="surface"))
    return drawn


def _at(height: float) -> float:
    return _BOTTOM - height / 5 * (_BOTTOM - _TOP)


def _runs(columns: Sequence[Column]) -> list[list[tuple[Column, Score]]]:
    runs: list[list[tuple[Column, Score]]] = [[]]
    for column in columns:
        if column.stage.score is not None:
            runs[-1].append((column, column.stage.score))
        else:
            runs.append([])
    return [run for run in runs if run]


def _band(points: Sequence[tuple[float, Score]]) -> Markup:
    def ends(end: Callable[[Score], float]) -> list[tuple[float, float]]:
        return [(x, _at(end(score))) for x, score in points]

    if len(points) == 1:
        [(x, score)] = points
        return tag("line", x1=x, x2=x, y1=_at(score.height_high) - 2, y2=_at(score.height_low) + 2, stroke="var(--band)", stroke_width=9)
    upper, lower = ends(lambda score: score.height_high), ends(lambda score: score.height_low)[::-1]
    return tag("path", d=f"M{_point(upper[0])} {_smooth(upper)} L{_point(lower[0])} {_smooth(lower)} Z", fill="var(--band)", stroke="var(--band)", stroke_width=5, stroke_linejoin="round")


def _curve(points: Sequence[tuple[float, float]], **stroke: object) -> Markup:
    if len(points) < 2:
        return Markup("")
    return tag("path", d=f"M{_point(points[0])} {_smooth(points)}", fill="none", **stroke)


def _smooth(points: Sequence[tuple[float, float]]) -> str:
    """Curves that leave and reach every point level: they never swing past a value."""
    pieces = []
    for (x1, y1), (x2, y2) in pairwise(points):
        half = (x1 + x2) / 2
        pieces.append(f"C{number(half)} {number(y1)} {number(half)} {number(y2)} {number(x2)} {number(y2)}")
    return " ".join(pieces)


def _point(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"
