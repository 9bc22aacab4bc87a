"""A value on its scale with the range it may lie in, and where it stood before."""

from __future__ import annotations

from kundig.report.scale import Scale
from kundig.report.svg import Markup, picture, tag


def range_bar(
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    title: str,
    before: float | None = None,
    goal: float | None = None,
    domain: tuple[float, float] = (0.0, 100.0),
    width: float = 190,
    height: float = 20,
) -> Markup:
    """A track with the interval as a band, the value as a thick line, the value before as a thin one, a goal as a ring.

    Without a value only the track is drawn: nothing is known, which is not zero.
    """
    x = Scale(*domain, 2, width - 2)
    middle = height / 2
    drawn = [tag("line", x1=0, x2=width, y1=middle, y2=middle, stroke="var(--rule-2)", stroke_width=1)]
    if low is not None and high is not None:
        left, right = x.at(low), x.at(high)
        drawn.append(tag("rect", x=left, y=middle - 5, width=max(right - left, 2.0), height=10, rx=1, fill="var(--band)"))
    if before is not None:
        drawn.append(tag("line", x1=x.at(before), x2=x.at(before), y1=middle - 6, y2=middle + 6, stroke="var(--ink-2)", stroke_width=1.5))
    if goal is not None:
        drawn.append(tag("circle", cx=x.at(goal), cy=middle, r=3.5, fill="var(--surface)", stroke="var(--brand)", stroke_width=1.5))
    if value is not None:
        drawn.append(tag("line", x1=x.at(value), x2=x.at(value), y1=middle - 8, y2=middle + 8, stroke="var(--brand)", stroke_width=3))
    return picture(drawn, width=width, height=height, title=title, class_="range-bar")
