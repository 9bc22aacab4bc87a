"""SVG as text: elements whose content and attributes are escaped, unless they are elements themselves."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from kundig.report.tokens import SANS

FAMILY = f"{SANS}, system-ui, sans-serif"


class Markup(str):
    """Text that is an element already, and is not escaped again."""

    __slots__ = ()


Content = str | Markup | Iterable[str | Markup]


def tag(name: str, content: Content = (), /, **attributes: Any) -> Markup:
    """An element; `stroke_width` becomes `stroke-width`, a trailing `_` is dropped, None leaves an attribute out.

    >>> tag("text", "a < b", x=1.25, class_="<x>", fill=None)
    '<text x="1.25" class="&lt;x&gt;">a &lt; b</text>'
    """
    written = "".join(f' {_name(key)}="{escape(number(value))}"' for key, value in attributes.items() if value is not None)
    inside = joined(content)
    return Markup(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def joined(content: Content) -> Markup:
    """Several pieces as one; text is escaped."""
    pieces = [content] if isinstance(content, str) else content
    return Markup("".join(piece if isinstance(piece, Markup) else escape(piece, quote=False) for piece in pieces))


def picture(content: Content, *, width: float, height: float, title: str, description: str = "", class_: str, links: bool = False) -> Markup:
    """A whole picture. One without links is an image with a spoken name; links inside one stay reachable.

    Args:
        content: what is drawn.
        width: in pixels.
        height: in pixels.
        title: its spoken name.
        description: what it shows, in a sentence.
        class_: for style sheets.
        links: whether something inside can be followed.
    """
    spoken = f"{title}. {description}" if description else title
    return tag(
        "svg",
        [tag("title", title), *([tag("desc", description)] if description else []), joined(content)],
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="group" if links else "img",
        aria_label=spoken,
        class_=class_,
        font_family=FAMILY,
    )


def link(content: Content, href: str | None, label: str | None = None, **attributes: Any) -> Markup:
    """What is drawn, as a link to the people behind it; without an address it is only drawn."""
    if href is None:
        return tag("g", content, **attributes)
    return tag("a", content, href=href, aria_label=label, **attributes)


def words(text: str, x: float, y: float, *, size: float = 12, weight: int = 400, fill: str = "ink", anchor: str | None = None, halo: str | None = None, **more: Any) -> Markup:
    """A line of text; with a halo in the colour of its ground it can be read on top of lines."""
    outline = {"stroke": colour(halo), "stroke_width": 3.5, "stroke_linejoin": "round", "paint_order": "stroke"} if halo else {}
    return tag("text", text, x=x, y=y, font_size=size, font_weight=weight if weight != 400 else None, fill=colour(fill), text_anchor=anchor, **outline, **more)


def colour(token: str | None) -> str | None:
    """A token as a colour; `none` stays."""
    return token if token in {None, "none"} else f"var(--{token})"


def number(value: Any) -> str:
    """An attribute's value; numbers in at most two decimals.

    >>> number(2.0), number(1.456), number(-0.001)
    ('2', '1.46', '0')
    """
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".").replace("-0", "0") if abs(value) < 0.005 else f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)


def _name(key: str) -> str:
    if key in {"viewBox", "gradientUnits"}:
        return key
    return key.removesuffix("_").replace("_", "-")
