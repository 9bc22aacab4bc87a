"""A part of a page shows those rows that it is about, and says so where there are none."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pytest


@dataclass(frozen=True)
class Answer:
    """As much of an answer as is looked at."""

    table: pa.Table


THEMES = pa.table({"theme": ["delay", "price", "app", "queue"], "state": ["usual", "new", "swelling", None], "n": [4, 9, 2, 7], "day": [1, 2, None, 3]})


@pytest.mark.parametrize(
    ("asked", "themes"),
    [
        ({}, ["delay", "price", "app", "queue"]),
        ({"among": ("state", ("new", "swelling"))}, ["price", "app"]),
        ({"among": ("state", ("new", "swelling")), "order": ("n",)}, ["app", "price"]),
        ({"present": ("day",), "order": ("-n",)}, ["price", "queue", "delay"]),
        ({"absent": ("day",)}, ["app"]),
        ({"among": ("state", ("lost",))}, []),
    ],
)
def test_a_part_shows_the_rows_that_it_is_about(site, asked, themes):
    from kundig.web.parts import Part, chosen

    assert chosen(Part("feedback.emerging", **asked), Answer(THEMES)).table["theme"].to_pylist() == themes


def test_a_panel_says_that_none_is_among_them_and_is_then_not_empty(site):
    from django.utils.translation import override

    from kundig.web.parts import Panel
    from kundig.web.shown import Shown

    nothing = Shown([], [], 0)
    panel = Panel(None, "New", "/x/", None, nothing, 4, "", 6, none="Nothing <is> new.")
    with override("en"):
        assert (panel.empty, "Nothing &lt;is&gt; new." in panel.html) == (False, True)
    assert Panel(None, "New", "/x/", None, nothing, 4, "", 6).empty
