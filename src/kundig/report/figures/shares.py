"""Shares as bars under each other, each with its interval, its n and the way to the people behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kundig.report.formats import Formats
from kundig.report.scale import Scale
from kundig.report.svg import Markup, link, picture, tag, words
from kundig.report.text_width import wrapped


@dataclass(frozen=True)
class Bar:
    """A row: what it is, its value with interval and goal, how many are behind it, and where they are listed."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    href: str | None = None
    step: int | None = None
    goal: float | None = None


def shares(bars: Sequence[Bar], *, title: str, formats: Formats, few: str, width: float = 520, most: float | None = None) -> Markup:
    """Bars from zero; the interval is a line across the bar's end.

    Args:
        bars: in the order in which they are drawn.
        title: the picture's spoken name.
        formats: of the reader.
        few: what stands in place of a value that is not known.
        width: in pixels.
        most: the value that fills the width; by default the highest that occurs.
    """
    left, right = width * 0.36, 118.0
    labels = [wrapped(bar.label, left - 12, 13) or ["–"] for bar in bars]
    row = 36.0 if any(len(lines) > 1 for lines in labels) else 30.0
    highest = most if most is not None else max([bar.high if bar.high is not None else bar.value or 0.0 for bar in bars], default=1.0) or 1.0
    x = Scale(0, highest, left, width - right)
    drawn = []
    for position, bar in enumerate(bars):
        middle = position * row + row / 2
        first = middle + 4.5 - 7.5 * (len(labels[position]) - 1)
        parts = [*(words(line, 0, first + 15 * index, size=13) for index, line in enumerate(labels[position])), tag("rect", x=left, y=middle - 6, width=width - right - left, height=12, rx=2, fill="var(--surface-2)")]
        if bar.value is None:
            parts.append(words(few, left + 6, middle + 4, size=11.5, fill="ink-2"))
            spoken = f"{bar.label}: {few}"
        else:
            token = f"s{bar.step}" if bar.step else "brand"
            parts.append(tag("rect", x=left, y=middle - 6, width=max(x.at(bar.value) - left, 1.0), height=12, rx=2, fill=f"var(--{token})"))
            if bar.low is not None and bar.high is not None:
                parts += _whisker(x.at(bar.low), x.at(bar.high), middle)
            written = formats.percent(bar.value)
            parts.append(words(written, width - right + 10, middle + 4.5, size=13, weight=600))
            spoken = f"{bar.label}: {written} ({formats.percent_interval(bar.low, bar.high)})" if bar.low is not None else f"{bar.label}: {written}"
        if bar.goal is not None:
            parts.append(tag("circle", cx=x.at(bar.goal), cy=middle, r=4, fill="var(--surface)", stroke="var(--brand)", stroke_width=2))
        if bar.n is not None:
            parts.append(words(f"n {formats.number(bar.n)}", width, middle + 4, size=11, fill="ink-2", anchor="end"))
        drawn.append(link(parts, bar.href, spoken))
    return picture(drawn, width=width, height=max(len(bars), 1) * row, title=title, class_="shares", links=any(bar.href for bar in bars))


def _whisker(left: float, right: float, middle: float) -> list[Markup]:
    line = {"stroke": "var(--ink)", "stroke_width": 1.25}
    ends = [tag("line", x1=at, x2=at, y1=middle - 3, y2=middle + 3, **line) for at in (left, right)]
    return [tag("line", x1=left, x2=right, y1=middle, y2=middle, **line), *ends]
