"""How charts look: colours that stand for tokens until the chart is drawn, and the quiet axes of a newspaper."""

from __future__ import annotations

import re
from typing import Any

from kundig.report.tokens import LIGHT, SANS

TOKENS = tuple(LIGHT)


def sentinel(token: str) -> str:
    """A colour that stands for a token; nothing else in a chart has it.

    >>> sentinel("bg"), sentinel("ink")
    ('#0101a0', '#0101a4')
    """
    return f"#0101{0xA0 + TOKENS.index(token):02x}"


def with_tokens(svg: str) -> str:
    """The drawn chart with tokens in place of the colours that stood for them.

    >>> with_tokens('<path fill="#0101a4" stroke="rgb(1, 1, 160)"/>')
    '<path fill="var(--ink)" stroke="var(--bg)"/>'
    """

    def named(match: re.Match[str]) -> str:
        number = int(match[1], 16) if match[1] else int(match[2])
        index = number - 0xA0
        return f"var(--{TOKENS[index]})" if 0 <= index < len(TOKENS) else match[0]

    return re.sub(r"#0101([0-9a-f]{2})|rgb\(1, ?1, ?(\d+)\)", named, svg)


def config() -> dict[str, Any]:
    """Vega-Lite's configuration: no frame, hairlines only across, labels in the notes' colour."""
    label = {"labelFont": SANS, "labelFontSize": 11.5, "labelColor": sentinel("ink-2"), "titleFont": SANS, "titleFontSize": 11.5, "titleFontWeight": 500, "titleColor": sentinel("ink-2")}
    return {
        "background": None,
        "font": SANS,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {**label, "domain": False, "ticks": False, "labelPadding": 8, "gridColor": sentinel("rule")},
        "axisY": {"labelColor": sentinel("ink"), "labelFontSize": 12},
        "legend": {**label, "labelColor": sentinel("ink"), "labelFontSize": 12, "symbolSize": 120},
        "text": {"font": SANS},
    }
