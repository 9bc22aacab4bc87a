"""How figures about the company's own people are kept from giving one of them away."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kundig.definition import Definition


class People(Definition):
    """Groups of fewer people than `smallest_group` get no figure; nor does a group that would give a smaller one away by subtraction."""

    smallest_group: Annotated[int, Field(ge=2)] = 5
