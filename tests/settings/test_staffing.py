"""Posts of a department, and how many are open."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from kundig.settings import Settings, Staffing


def test_a_department_has_its_posts_and_none_is_open_unless_said() -> None:
    settings = Settings.model_validate({"company": {"name": "Nordwind"}, "staffing": {"service": {"posts": 24, "open": 3}, "sales": {"posts": 5}}})
    assert settings.staffing == {"service": Staffing(posts=24, open=3), "sales": Staffing(posts=5, open=0)}


def test_more_open_posts_than_there_are_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"no more open posts than there are \(2\), found 3"):
        Staffing(posts=2, open=3)
