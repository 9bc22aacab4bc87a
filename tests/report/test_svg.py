"""SVG as text: nothing that somebody wrote becomes an element."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from kundig.report.svg import Markup, joined, link, picture, tag, words

TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)


@given(TEXT, TEXT, TEXT)
def test_whatever_is_written_comes_back_as_it_was(text, label, href):
    svg = picture(link(words(text, 1, 2), href, label), width=10, height=10, title=label, class_="x", links=True)
    root = ET.fromstring(svg)
    [anchor] = root.iter("{http://www.w3.org/2000/svg}a")
    [written] = root.iter("{http://www.w3.org/2000/svg}text")
    assert ((written.text or ""), anchor.get("href"), anchor.get("aria-label"), root.get("aria-label")) == (text, href, label, label)


def test_markup_is_not_escaped_again():
    assert tag("g", [tag("b", "1 < 2"), "&"]) == "<g><b>1 &lt; 2</b>&amp;</g>"
    assert joined(Markup("<b/>")) == "<b/>"


def test_a_picture_without_links_is_an_image_and_one_with_links_a_group():
    assert 'role="img"' in picture([], width=1, height=1, title="t", class_="c")
    assert 'role="group"' in picture([], width=1, height=1, title="t", class_="c", links=True)


def test_without_an_address_nothing_is_a_link():
    assert link(tag("b"), None, "label", class_="c") == '<g class="c"><b/></g>'
