"""The design tokens: one source, readable in light, dark and print."""

from __future__ import annotations

import re

import pytest

from kundig.report import styles, tokens


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_every_palette_has_every_token():
    assert set(tokens.LIGHT) == set(tokens.DARK) == set(tokens.PRINT)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_text_can_be_read_on_every_ground_it_stands_on(theme):
    palette = tokens.PALETTES[theme]
    pairs = [(text, ground) for text in ("ink", "ink-2", "brand", "better", "worse") for ground in ("bg", "surface", "lane")]
    pairs += [(f"on-s{step}", f"s{step}") for step in range(1, 6)] + [("on-brand", "brand"), ("brand", "brand-soft")]
    assert {pair: round(contrast(palette[pair[0]], palette[pair[1]]), 1) for pair in pairs if contrast(palette[pair[0]], palette[pair[1]]) < 4.5} == {}


def test_the_style_sheet_sets_each_token_for_light_dark_and_print():
    css = tokens.css()
    assert {name: len(re.findall(rf"--{name}: #", css)) for name in tokens.LIGHT} == dict.fromkeys(tokens.LIGHT, 4)
    assert "--size-sentence: 36px;" in css
    assert "--space-7: 48px;" in css


def test_a_resolved_picture_has_plain_colours():
    svg = '<path fill="var(--ink)" stroke="var(--surface-2)"/>'
    assert tokens.resolved(svg, "light") == '<path fill="#13201b" stroke="#ecf1ee"/>'
    assert tokens.resolved(svg, "dark") == '<path fill="#e9f0ec" stroke="#1b2622"/>'


def test_an_unknown_token_is_an_error_and_not_black():
    with pytest.raises(KeyError, match="purple"):
        tokens.resolved('<path fill="var(--purple)"/>', "print")


def test_the_style_sheet_uses_only_what_it_sets():
    css = styles.css()
    assert set(re.findall(r"var\(--([\w-]+)\)", css)) <= set(re.findall(r"--([\w-]+):", css))
