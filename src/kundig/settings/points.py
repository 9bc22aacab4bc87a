"""The rules of a loyalty programme."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from kundig.definition import Definition

Positive = Annotated[float, Field(gt=0)]


class Tier(Definition):
    """A tier: from how many points earned within a year it holds, and how many times as many points it earns."""

    points: Annotated[float, Field(ge=0)]
    times: Positive = 1.0


class Points(Definition):
    """The rules of a loyalty programme.

    `earn`: the points for each unit of money of an event, by its kind; they are earned besides events of kind `points`.
    `expire_months`: so many months after they were earned points are gone; never where it is left out.
    `worth`: the money that one point buys.
    `breakage`: the share of points that is expected never to be redeemed; the liability is the rest.
    `tiers`: by name, from low to high.
    `most_a_day`: more points earned in a day than these are shown as suspicious.
    """

    earn: dict[str, Positive] = Field(default_factory=dict)
    expire_months: Annotated[int, Field(ge=1, le=600)] | None = None
    worth: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6)] = Decimal("0.01")
    breakage: Annotated[float, Field(ge=0, le=1)] | None = None
    tiers: dict[str, Tier] = Field(default_factory=dict)
    most_a_day: Positive | None = None

    @model_validator(mode="after")
    def _rising(self) -> Points:
        for (low, one), (high, other) in pairwise(self.tiers.items()):
            if one.points >= other.points:
                raise ValueError(f"tiers: expected them from low to high, found {low} at {one.points:g} before {high} at {other.points:g}")
        return self
