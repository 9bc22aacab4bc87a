"""The posts of a department, and how many of them are open."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from kundig.definition import Definition


class Staffing(Definition):
    """How many posts a department has, and how many of them nobody fills now."""

    posts: Annotated[int, Field(ge=1)]
    open: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _no_more_open_than_there_are(self) -> Staffing:
        if self.open > self.posts:
            raise ValueError(f"expected no more open posts than there are ({self.posts}), found {self.open}")
        return self
