"""Changes or effects around zero, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence

from kundig.report.figures.shares import Bar
from kundig.report.formats import Formats
from kundig.report.scale import Scale, around
from kundig.report.svg import Markup, link, picture, tag, words
from kundig.report.text_width import wrapped


def lollipop(bars: Sequence[Bar], *, title: str, formats: Formats, few: str, width: float = 520, digits: int = 0, better: bool = True) -> Markup:
    """A dot for each value on a stick from zero; blue is better, orange is worse, grey has zero in its interval.

    Args:
        bars: in the order in which they are drawn.
        title: the picture's spoken name.
        formats: of the reader.
        few: what stands in place of a value that is not known.
        width: in pixels.
        digits: of the numbers.
        better: whether more is better.
    """
    row, left, right = 30.0, width * 0.36, 62.0
    low, high = around([0.0, *(end for bar in bars for end in (bar.low, bar.value, bar.high))], least=1e-6)
    x = Scale(low, high, left, width - right)
    zero = x.at(0)
    drawn = [tag("line", x1=zero, x2=zero, y1=0, y2=max(len(bars), 1) * row, stroke="var(--rule-2)")]
    for position, bar in enumerate(bars):
        middle = position * row + row / 2
        parts = [words(wrapped(bar.label, left - 12, 13, most=1)[0] if bar.label else "–", 0, middle + 4.5, size=13)]
        if bar.value is None:
            parts.append(words(few, zero + 8, middle + 4, size=11.5, fill="ink-2"))
            spoken = f"{bar.label}: {few}"
        else:
            sure = bar.low is not None and bar.high is not None and (bar.low > 0 or bar.high < 0)
            token = ("better" if (bar.value > 0) == better else "worse") if sure else "ink-2"
            if bar.low is not None and bar.high is not None:
                parts.append(tag("line", x1=x.at(bar.low), x2=x.at(bar.high), y1=middle, y2=middle, stroke="var(--band)" if not sure else f"var(--{token})", stroke_width=8, stroke_opacity=0.28 if sure else 1, stroke_linecap="round"))
            parts.append(tag("line", x1=zero, x2=x.at(bar.value), y1=middle, y2=middle, stroke=f"var(--{token})", stroke_width=1.5))
            parts.append(tag("circle", cx=x.at(bar.value), cy=middle, r=4.5, fill=f"var(--{token})"))
            written = formats.change(bar.value, digits)
            parts.append(words(written, width, middle + 4.5, size=13, weight=600, fill=token, anchor="end"))
            spoken = f"{bar.label}: {written} ({formats.interval(bar.low, bar.high, digits)})" if bar.low is not None else f"{bar.label}: {written}"
        drawn.append(link(parts, bar.href, spoken))
    return picture(drawn, width=width, height=max(len(bars), 1) * row, title=title, class_="lollipop", links=any(bar.href for bar in bars))
