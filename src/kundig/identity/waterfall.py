"""A waterfall of bits: where the odds began, what each comparison added or took, and where they ended. As SVG text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundig.identity.explaining import Explanation

WIDTH, LEFT, RIGHT, ROW, TOP = 980, 150, 450, 26, 64
LONGEST = 56
_FOR, _AGAINST, _TOTAL, _INK, _PALE = "#1f6f8b", "#b5442e", "#3c3c46", "#22222a", "#6a6a75"


def waterfall(told: Explanation) -> str:
    """The chart of an explanation; only a title where nothing was compared."""
    bars = _bars(told)
    low, high = min([0.0, *(min(a, b) for _, _, a, b, _ in bars)]), max([0.0, *(max(a, b) for _, _, a, b, _ in bars)])
    scale = (WIDTH - LEFT - RIGHT) / max(high - low, 1e-9)
    height = TOP + ROW * max(len(bars), 1) + 34
    title = f"{told.one} and {told.other}: {'one customer' if told.together else 'two customers'}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" font-family="Instrument Sans, Helvetica, Arial, sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="16" font-weight="600" fill="{_INK}">{escape(title)}</text>',
    ]
    if told.probability is not None:
        parts.append(f'<text x="16" y="46" fill="{_PALE}">probability {told.probability:.4f}; joined from {told.threshold or 1:.4f} on</text>')
    zero = LEFT - low * scale
    for number, (name, words, start, end, colour) in enumerate(bars):
        y = TOP + number * ROW
        x, wide = LEFT + (min(start, end) - low) * scale, max(abs(end - start) * scale, 1)
        figure = end if colour == _TOTAL else end - start
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end" fill="{_INK}">{escape(name)}</text>',
            f'<rect x="{x:.1f}" y="{y + 2}" width="{wide:.1f}" height="{ROW - 9}" fill="{colour}"/>',
            f'<text x="{WIDTH - RIGHT + 56}" y="{y + 14}" text-anchor="end" fill="{_INK}">{figure:+.1f}</text>',
            f'<text x="{WIDTH - RIGHT + 68}" y="{y + 14}" fill="{_PALE}">{escape(_short(words))}</text>',
        ]
    parts.append(f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{TOP - 4}" y2="{TOP + ROW * len(bars)}" stroke="{_PALE}" stroke-dasharray="2 3"/>')
    parts.append(f'<text x="{zero:.1f}" y="{height - 12}" text-anchor="middle" fill="{_PALE}">bits against · even · bits for</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _bars(told: Explanation) -> list[tuple[str, str, float, float, str]]:
    """Name, words, start, end and colour of each bar."""
    if told.start is None:
        return []
    bars = [("any two", "before anything is compared", 0.0, told.start, _TOTAL)]
    at = told.start
    for step in told.steps:
        bars.append((step.field.replace("_", " "), step.found, at, at + step.bits, _FOR if step.bits >= 0 else _AGAINST))
        at += step.bits
    return [*bars, ("together", "the odds in the end", 0.0, at, _TOTAL)]
