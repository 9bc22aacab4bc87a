"""The revenue bridge: from one sum to another by what came and what went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kundig.report.formats import Formats
from kundig.report.scale import Scale
from kundig.report.svg import Markup, link, number, picture, tag, words
from kundig.report.text_width import wrapped


@dataclass(frozen=True)
class Step:
    """A pillar of the bridge: a sum that stands by itself, or what was added to or taken from it."""

    label: str
    amount: float
    kind: Literal["sum", "change"] = "change"
    href: str | None = None


def bridge(steps: Sequence[Step], *, title: str, formats: Formats, width: float = 560, height: float = 230) -> Markup:
    """Pillars with steps between them; where the axis does not start at zero, the pillars' feet are torn."""
    tops, level = [], 0.0
    for step in steps:
        before = level
        level = step.amount if step.kind == "sum" else level + step.amount
        tops.append((before, level))
    reached = [end for (before, after), step in zip(tops, steps, strict=True) for end in ((after,) if step.kind == "sum" else (before, after))]
    lowest, highest = min(reached, default=0.0), max(reached, default=1.0)
    torn = lowest > 0 and lowest > (highest - lowest) * 0.8
    y = Scale(lowest - (highest - lowest) * 0.6 if torn else min(lowest, 0.0), highest, height - 44, 24)
    foot = height - 44
    room = width / max(len(steps), 1)
    wide = min(room * 0.62, 56.0)
    drawn: list[Markup] = []
    for position, (step, (before, after)) in enumerate(zip(steps, tops, strict=True)):
        middle = position * room + room / 2
        left = middle - wide / 2
        if position + 1 < len(steps):
            drawn.append(tag("line", x1=left, x2=left + room + wide, y1=y.at(after), y2=y.at(after), stroke="var(--rule-2)"))
        if step.kind == "sum":
            top, shape = y.at(after), _pillar(left, y.at(after), wide, foot if torn else y.at(0), torn=torn)
            written = formats.short_money(step.amount)
        else:
            top, bottom = sorted((y.at(before), y.at(after)))
            token = "s4" if step.amount >= 0 else "s2"
            shape = tag("rect", x=left, y=top, width=wide, height=max(bottom - top, 1.5), rx=1.5, fill=f"var(--{token})")
            written = ("+" if step.amount > 0 else "") + formats.short_money(step.amount)
        label = wrapped(step.label, room - 6, 12, most=2)
        lines = [words(line, middle, height - 26 + 14 * index, size=12, fill="ink-2", anchor="middle") for index, line in enumerate(label)]
        drawn.append(link([shape, words(written, middle, top - 7, size=12.5, weight=600, anchor="middle"), *lines], step.href, f"{step.label}: {written}"))
    return picture(drawn, width=width, height=height, title=title, class_="bridge", links=any(step.href for step in steps))


def _pillar(left: float, top: float, wide: float, foot: float, *, torn: bool) -> Markup:
    teeth = [(left + wide, foot), (left + wide * 0.75, foot - 6), (left + wide * 0.5, foot), (left + wide * 0.25, foot - 6), (left, foot)] if torn else [(left + wide, foot), (left, foot)]
    corners = [(left, top), (left + wide, top), *teeth]
    return tag("path", d="M" + " L".join(f"{number(x)} {number(y)}" for x, y in corners) + " Z", fill="var(--leave)")
