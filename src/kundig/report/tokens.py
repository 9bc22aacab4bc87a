"""Design tokens: the one source of colours, type and space, for the web, for charts and for print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Theme = Literal["light", "dark", "print"]

LIGHT: Mapping[str, str] = {
    "bg": "#f3f6f4",
    "surface": "#ffffff",
    "surface-2": "#ecf1ee",
    "lane": "#f5f8f6",
    "ink": "#13201b",
    "ink-2": "#516059",
    "rule": "#e1e8e4",
    "rule-2": "#c8d3cd",
    "brand": "#0d5a47",
    "brand-soft": "#dcebe5",
    "on-brand": "#ffffff",
    "band": "#cfe3db",
    "leave": "#2a3631",
    "s1": "#a8380f",
    "s2": "#e58d4e",
    "s3": "#c9ccc3",
    "s4": "#6cabd2",
    "s5": "#155a90",
    "on-s1": "#ffffff",
    "on-s2": "#13201b",
    "on-s3": "#13201b",
    "on-s4": "#13201b",
    "on-s5": "#ffffff",
    "better": "#155a90",
    "worse": "#a8380f",
}
"""Colours on a bright screen. `s1` to `s5` mean very low to very good; `on-…` is the text that stands on a colour."""

DARK: Mapping[str, str] = {
    "bg": "#0d1412",
    "surface": "#141d1a",
    "surface-2": "#1b2622",
    "lane": "#18221e",
    "ink": "#e9f0ec",
    "ink-2": "#a6b5ae",
    "rule": "#25322d",
    "rule-2": "#3a4a44",
    "brand": "#72cfb1",
    "brand-soft": "#17362d",
    "on-brand": "#0d1412",
    "band": "#1a362e",
    "leave": "#c9d4ce",
    "s1": "#ea6a38",
    "s2": "#f0b07c",
    "s3": "#7f8781",
    "s4": "#8cc3e6",
    "s5": "#3f95dc",
    "on-s1": "#0d1412",
    "on-s2": "#0d1412",
    "on-s3": "#0d1412",
    "on-s4": "#0d1412",
    "on-s5": "#0d1412",
    "better": "#8cc3e6",
    "worse": "#ea6a38",
}
"""Colours on a dark screen."""

PRINT: Mapping[str, str] = {**LIGHT, "bg": "#ffffff"}
"""Colours on paper."""

PALETTES: Mapping[Theme, Mapping[str, str]] = {"light": LIGHT, "dark": DARK, "print": PRINT}

SANS = "Instrument Sans"
SERIF = "Newsreader"

TYPE: Mapping[str, tuple[str, float, float, int]] = {
    "sentence": (SERIF, 36, 42, 400),
    "figure": (SERIF, 44, 48, 500),
    "quote": (SERIF, 17, 24, 400),
    "empty": (SERIF, 21, 26, 400),
    "body": (SANS, 15, 22, 400),
    "section": (SANS, 16, 21, 600),
    "note": (SANS, 13.5, 19, 400),
    "table-head": (SANS, 13, 18, 500),
    "label": (SANS, 11.5, 14, 500),
}
"""Type by its use: family, size and line height in pixels, weight."""

SPACE = (4, 8, 12, 16, 24, 32, 48)
RADIUS: Mapping[str, int] = {"panel": 10, "control": 8}


def css() -> str:
    """The tokens as CSS custom properties: light by default, dark where the reader or the page says so, print on paper.

    `<html data-theme="dark">` and `data-theme="light"` win over what the reader's system prefers.
    """
    stacks = f'  --sans: "{SANS}", system-ui, sans-serif;\n  --serif: "{SERIF}", Georgia, serif;\n'
    sizes = "".join(f"  --size-{name}: {size:g}px;\n  --line-{name}: {line:g}px;\n  --weight-{name}: {weight};\n" for name, (_, size, line, weight) in TYPE.items())
    space = "".join(f"  --space-{number}: {pixels}px;\n" for number, pixels in enumerate(SPACE, 1))
    radius = "".join(f"  --radius-{name}: {pixels}px;\n" for name, pixels in RADIUS.items())
    return (
        f":root {{\n  color-scheme: light;\n{_colours(LIGHT)}{stacks}{sizes}{space}{radius}}}\n"
        f"@media (prefers-color-scheme: dark) {{\n:root:not([data-theme=light]) {{\n  color-scheme: dark;\n{_colours(DARK)}}}\n}}\n"
        f":root[data-theme=dark] {{\n  color-scheme: dark;\n{_colours(DARK)}}}\n"
        f"@media print {{\n:root, :root:not([data-theme=light]), :root[data-theme=dark] {{\n  color-scheme: light;\n{_colours(PRINT)}}}\n}}\n"
    )


def resolved(svg: str, theme: Theme) -> str:
    """A picture with plain colours in place of tokens, for print, for a file of its own, or for a picture in a letter.

    >>> resolved('<path fill="var(--ink)"/>', "dark")
    '<path fill="#e9f0ec"/>'
    """
    return re.sub(r"var\(--([\w-]+)\)", lambda match: PALETTES[theme][match[1]], svg)


def _colours(palette: Mapping[str, str]) -> str:
    return "".join(f"  --{name}: {colour};\n" for name, colour in palette.items())
