"""An answer as a picture, where its columns say which picture it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kundig.analysis import Result
from kundig.report.figures import Bar, Point, range_bar, shares, trend
from kundig.web import reader
from kundig.web.behind import of_row
from kundig.web.pictures import once
from kundig.web.shown import label, units

MOST_BARS = 16
NARROW = 330
"""What a phone has room for, in pixels."""
_LABELS = ("group", "step", "theme", "touchpoint", "department", "product", "segment", "reason", "stage", "variant", "name", "rule")
_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
DOMAINS: Mapping[str, tuple[float, float]] = {"nps": (-100.0, 100.0), "enps": (-100.0, 100.0), "stars": (1.0, 5.0)}


def drawn(answer: Result, title: str, *, links: bool, notes: Mapping[date, str] | None = None, as_of: str | None = None, width: float = 740) -> SafeString | None:
    """The picture for a wide page and for a phone, of which a style sheet shows one; None where none fits."""

    def both() -> SafeString | None:
        wide, narrow = (_drawn(answer, title, links=links, notes=notes, as_of=as_of, width=room) for room in (width, NARROW))
        return None if wide is None or narrow is None else format_html('<div class="wide">{}</div><div class="narrow">{}</div>', wide, narrow)

    return once(answer, (title, links, tuple(sorted((notes or {}).items())), as_of, width), both)


def _drawn(answer: Result, title: str, *, links: bool, notes: Mapping[date, str] | None, as_of: str | None, width: float) -> SafeString | None:
    """A curve for periods, bars for shares and scores with an interval; None where neither fits."""
    rows = answer.table.slice(0, 2000).to_pylist()
    names = set(answer.table.column_names)
    if not rows or not {"low", "high"} <= names:
        return None
    figure = next((name for name in ("score", "share", "value", "rate", "estimate") if name in names), None)
    if figure is None or not isinstance(next((row[figure] for row in rows if row[figure] is not None), None), float):
        return None

    def href(row: Mapping[str, Any]) -> str | None:
        return of_row(answer.name, answer.arguments, row, as_of=as_of) if links else None

    percent = answer.arguments.get("metric") in {"csat", "ces"}
    if "period" in names and any(row["period"] is not None for row in rows):
        if len({row.get("group") for row in rows}) > 1:
            return None
        times = 100.0 if figure == "share" else 1.0
        points = [Point(row["period"], _times(row[figure], times), _times(row["low"], times), _times(row["high"], times), href(row)) for row in rows]
        if len(points) < 2:  # noqa: PLR2004 -- a curve has two points
            return None
        return safe(trend(points, title=title, formats=reader.formats(), every=_DAYS.get(str(answer.arguments.get("every")), 31), notes=dict(notes or {}), width=width, height=300 if width > NARROW else 210))
    by = next((name for name in _LABELS if name in names and any(row[name] is not None for row in rows)), None)
    if by is None:
        return None
    # Bars are shares of a whole, each under a name of its own.
    if not (figure == "share" or percent) or len({row[by] for row in rows}) < len(rows):
        return None
    part = 0.01 if (percent and figure == "score") or figure in units(answer)[1] else 1.0
    bars = [Bar(label(by, row[by], answer.arguments), _times(row[figure], part), _times(row["low"], part), _times(row["high"], part), row.get("n"), href(row)) for row in rows[:MOST_BARS]]
    most = 1.0 if percent else None
    return safe(shares(bars, title=title, formats=reader.formats(), few=_("too few answers"), width=width, most=most))


def figure_bar(row: Mapping[str, Any], before: float | None, metric: str, title: str) -> SafeString:
    """A key figure on its scale: the range, the value, and where it was before."""
    return safe(range_bar(row["score"], row["low"], row["high"], title=title, before=before, domain=DOMAINS.get(metric, (0.0, 100.0))))


def safe(svg: str) -> SafeString:
    """A picture of `kundig.report`, which escapes every text that goes into it."""
    return mark_safe(svg)  # noqa: S308 -- made here, and every text in it is escaped


def _times(value: float | None, times: float) -> float | None:
    return None if value is None else value * times


