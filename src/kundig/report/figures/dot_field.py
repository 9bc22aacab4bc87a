"""Many single cases over time: when, how likely, how large; each a way to its customer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kundig.report.formats import Formats
from kundig.report.scale import Scale
from kundig.report.svg import Markup, link, picture, tag, words
from kundig.report.text_width import text_width

_LEAST, _MOST = 3.5, 12.0


@dataclass(frozen=True)
class Dot:
    """One case: its day, a chance between 0 and 1, what it is worth, whose it is, and where that customer stands."""

    day: date
    chance: float
    size: float
    label: str
    href: str | None = None


def dot_field(dots: Sequence[Dot], *, title: str, formats: Formats, call: float = 0.6, named: int = 5, width: float = 1180, height: float = 250) -> Markup:
    """Dots by day and chance, their area by size; above the dashed line somebody should call.

    Names stand beside the largest dots above the line, where they have room.

    Args:
        dots: in any order.
        title: the picture's spoken name.
        formats: of the reader.
        call: the chance from which on somebody should call.
        named: how many names stand in the picture at most; all are spoken.
        width: in pixels.
        height: in pixels.
    """
    left, top, foot = 48.0, 14.0, height - 26
    y = Scale(0, 1, foot, top)
    first, last = min((dot.day for dot in dots), default=date.min), max((dot.day for dot in dots), default=date.max)
    x = Scale(first.toordinal(), max(last.toordinal(), first.toordinal() + 1), left + _MOST, width - _MOST - 2)
    largest = max((dot.size for dot in dots), default=1.0) or 1.0
    drawn: list[Markup] = []
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        drawn += [tag("line", x1=left, x2=width, y1=y.at(share), y2=y.at(share), stroke="var(--rule)"), words(formats.percent(share, 0), left - 8, y.at(share) + 4, size=11.5, fill="ink-2", anchor="end")]
    drawn.append(tag("line", x1=left, x2=width, y1=y.at(call), y2=y.at(call), stroke="var(--ink-2)", stroke_dasharray="2 2"))
    for month in _months(first, last) if dots else []:
        at = x.at(month.toordinal())
        drawn += [tag("line", x1=at, x2=at, y1=top, y2=foot, stroke="var(--rule)"), words(formats.month(month, year=month.month == 1), at, foot + 18, size=11.5, fill="ink-2", anchor="middle")]
    # The largest lie lowest, so that none is hidden.
    order = sorted(dots, key=lambda dot: (-dot.size, dot.day, dot.label))
    for dot in order:
        radius = _radius(dot, largest)
        circle = tag("circle", cx=x.at(dot.day.toordinal()), cy=y.at(dot.chance), r=radius, fill=f"var(--s{_step(dot.chance)})", stroke="var(--surface)", stroke_width=1)
        drawn.append(link(circle, dot.href, f"{dot.label}: {formats.day(dot.day)}, {formats.percent(dot.chance, 0)}, {formats.short_money(dot.size)}"))
    taken: list[tuple[float, float, float]] = []
    for dot in [dot for dot in order if dot.chance >= call][:named]:
        at, level = x.at(dot.day.toordinal()) + _radius(dot, largest) + 4, y.at(dot.chance)
        end = at + text_width(dot.label, 11.5, 600)
        if end > width or any(start < end and at < stop and abs(level - other) < 14 for start, stop, other in taken):
            continue
        taken.append((at, end, level))
        drawn.append(words(dot.label, at, level + 4, size=11.5, weight=600, halo="surface"))
    return picture(drawn, width=width, height=height, title=title, class_="dot-field", links=any(dot.href for dot in dots))


def _radius(dot: Dot, largest: float) -> float:
    return _LEAST + (_MOST - _LEAST) * math.sqrt(max(dot.size, 0.0) / largest)


def _step(chance: float) -> int:
    """The higher the chance of leaving, the lower the step."""
    return 5 - sum(chance >= bound for bound in (0.2, 0.4, 0.6, 0.8))


def _months(first: date, last: date) -> list[date]:
    return [month for year in range(first.year, last.year + 1) for number in range(1, 13) if first <= (month := date(year, number, 1)) <= last]
