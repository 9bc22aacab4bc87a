"""Pictures as trees: what a test asks of an SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from kundig.report.tokens import LIGHT

SVG = "{http://www.w3.org/2000/svg}"


def tree(svg):
    """The picture, parsed: so it is well-formed, and every colour in it is a token."""
    assert set(re.findall(r"var\(--([\w-]+)\)", svg)) <= set(LIGHT)
    assert re.findall(r"#[0-9a-f]{6}", svg) == []
    return ET.fromstring(svg)


def texts(svg):
    """What can be read in the picture, in the order in which it stands there."""
    return ["".join(node.itertext()) for node in tree(svg).iter(f"{SVG}text")]


def links(svg):
    return [(node.get("href"), node.get("aria-label")) for node in tree(svg).iter(f"{SVG}a")]


def outline(node):
    """Elements with their places and colours, without what only styles text."""
    kept = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "fill", "stroke", "points", "d")
    return [(child.tag.removeprefix(SVG), {key: child.get(key) for key in kept if child.get(key) is not None}) for child in node.iter() if child is not node and child.tag.removeprefix(SVG) not in {"title", "desc"}]
