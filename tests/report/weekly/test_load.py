"""Open posts in the report: how many, and where most of them are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from kundig.report.formats import Formats
from kundig.report.weekly.sections.load import _posts
from kundig.settings import Staffing


def inquiry(language: Any, **staffing: Staffing) -> Any:
    return SimpleNamespace(formats=Formats(language), workspace=SimpleNamespace(config=SimpleNamespace(staffing=staffing)))


def test_open_posts_are_told_with_where_most_of_them_are() -> None:
    posts = {"service": Staffing(posts=24, open=3), "sales": Staffing(posts=6, open=1)}
    assert _posts(inquiry("en", **posts)) == "4 of 30 posts are open, most of them in Service."
    assert _posts(inquiry("de", **posts)) == "4 von 30 Stellen sind offen, die meisten bei Service."


def test_where_all_posts_are_filled_that_is_told() -> None:
    assert _posts(inquiry("de", sales=Staffing(posts=6))) == "Alle 6 Stellen sind besetzt."
