"""A figure over time with its range: a line with a band, or dots with whiskers where it was asked only now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kundig.report.formats import Formats
from kundig.report.scale import Scale, around, digits
from kundig.report.svg import Markup, link, number, picture, tag, words
from kundig.report.text_width import text_width


@dataclass(frozen=True)
class Point:
    """A period's figure with its interval; null where there is too little data."""

    day: date
    value: float | None
    low: float | None = None
    high: float | None = None
    href: str | None = None


def trend(
    points: Sequence[Point],
    *,
    title: str,
    formats: Formats,
    every: int = 31,
    notes: Mapping[date, str] | None = None,
    written: Callable[[float, int], str] | None = None,
    width: float = 640,
    height: float = 240,
) -> Markup:
    """Points joined where they follow each other, with a band; a point that stands alone is a dot with a whisker.

    Args:
        points: in order of time.
        title: the picture's spoken name.
        formats: of the reader.
        every: days that two neighbouring points lie apart at most.
        notes: what happened on a day, as a dotted rule.
        written: how a value on the axis is written, with its decimals.
        width: in pixels.
        height: in pixels.
    """
    known = [point for point in points if point.value is not None]
    write = written or formats.number
    top, foot, left = 26.0, height - 24.0, 40.0
    if not known:
        return picture([tag("line", x1=left, x2=width, y1=foot, y2=foot, stroke="var(--rule-2)")], width=width, height=height, title=title, class_="trend")
    ends = [end for point in known for end in (point.low, point.value, point.high)]
    y = Scale(*around(ends, 0.1, least=1), foot, top)
    days = [point.day.toordinal() for point in points]
    x = Scale(days[0], max(days[-1], days[0] + 1), left + 14, width - 14)
    ticks = y.ticks(4)
    places = digits(ticks[1] - ticks[0]) if len(ticks) > 1 else 1
    drawn: list[Markup] = []
    for tick in ticks:
        drawn += [tag("line", x1=left, x2=width, y1=y.at(tick), y2=y.at(tick), stroke="var(--rule)"), words(write(tick, places), left - 8, y.at(tick) + 4, size=11.5, fill="ink-2", anchor="end")]
    drawn += _months(points, x, foot, formats, width - left)
    for day, note in (notes or {}).items():
        at = x.at(day.toordinal())
        drawn += [tag("line", x1=at, x2=at, y1=8, y2=foot, stroke="var(--ink-2)", stroke_dasharray="2 3"), words(note, at + 6, 17, size=11.5, fill="ink-2")]
    for run in _runs(known, every):
        drawn += _line(run, x, y) if len(run) > 2 else _dots(run, x, y)
    if len(known) > 1 and any(len(run) <= 2 for run in _runs(known, every)):
        path = " ".join(f"{number(x.at(point.day.toordinal()))},{number(y.at(point.value or 0.0))}" for point in known)
        drawn.append(tag("polyline", points=path, fill="none", stroke="var(--brand)", stroke_width=1.25, stroke_dasharray="3 4"))
    last = known[-1]
    drawn.append(tag("circle", cx=x.at(last.day.toordinal()), cy=y.at(last.value or 0.0), r=4.5, fill="var(--brand)", stroke="var(--surface)", stroke_width=1.5))
    targets = [link([tag("circle", cx=x.at(point.day.toordinal()), cy=y.at(point.value or 0.0), r=9, fill="transparent")], point.href, f"{formats.day(point.day)}: {write(point.value or 0.0, 1)}") for point in known if point.href]
    return picture([*drawn, *targets], width=width, height=height, title=title, class_="trend", links=bool(targets))


def _line(run: Sequence[Point], x: Scale, y: Scale) -> list[Markup]:
    at = [(x.at(point.day.toordinal()), point) for point in run]
    banded = [(place, point) for place, point in at if point.low is not None and point.high is not None]
    upper = [f"{number(place)},{number(y.at(point.high or 0.0))}" for place, point in banded]
    lower = [f"{number(place)},{number(y.at(point.low or 0.0))}" for place, point in reversed(banded)]
    line = " ".join(f"{number(place)},{number(y.at(point.value or 0.0))}" for place, point in at)
    return [tag("polygon", points=" ".join([*upper, *lower]), fill="var(--band)"), tag("polyline", points=line, fill="none", stroke="var(--brand)", stroke_width=2.25, stroke_linejoin="round", stroke_linecap="round")]


def _dots(run: Sequence[Point], x: Scale, y: Scale) -> list[Markup]:
    drawn = []
    for point in run:
        at = x.at(point.day.toordinal())
        if point.low is not None and point.high is not None:
            drawn.append(tag("line", x1=at, x2=at, y1=y.at(point.low), y2=y.at(point.high), stroke="var(--band)", stroke_width=12, stroke_linecap="butt"))
        drawn.append(tag("circle", cx=at, cy=y.at(point.value or 0.0), r=3.5, fill="var(--brand)"))
    return drawn


def _runs(points: Sequence[Point], every: int) -> list[list[Point]]:
    runs: list[list[Point]] = [[points[0]]]
    for point in points[1:]:
        if point.day - runs[-1][-1].day <= timedelta(days=every):
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _months(points: Sequence[Point], x: Scale, foot: float, formats: Formats, room: float) -> list[Markup]:
    """Months below the axis, as many as have room; a January, and the first, name their year."""
    first, last = points[0].day, points[-1].day
    months = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13) if first <= date(year, month, 1) <= last]
    step = next((step for step in (1, 2, 3, 6, 12) if len(months) / step * 46 <= room), 12)
    shown = [month for month in months if (month.month - 1) % step == 0] or [first]
    drawn, free = [], 0.0
    for index, month in enumerate(shown):
        text = formats.month(month, year=False) + (f" {month.year}" if index == 0 or (month.month <= step and month.month == 1) else "")
        half = text_width(text, 11.5) / 2
        at = max(x.at(month.toordinal()), half)
        if at - half < free:
            continue
        free = at + half + 6
        drawn.append(words(text, at, foot + 18, size=11.5, fill="ink-2", anchor="middle"))
    return drawn
