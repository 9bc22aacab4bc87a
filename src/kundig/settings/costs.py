"""What serving customers costs, and what is left of what they pay."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from kundig.definition import Definition

Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Share = Annotated[float, Field(ge=0, le=1)]


class Costs(Definition):
    """What serving customers costs, in the company's currency; and the margin and discount that value is computed with.

    `contacts`: the cost of one contact by its channel, where the event has none of its own as `amount`.
    `contact`: that of a channel which `contacts` does not name.
    `marginal`: the share of a contact's cost that is saved when it does not come: low, high; the rest is fixed.
    `margin`: what is left of revenue; `discount_rate`: per year, what later money is worth less.
    """

    contacts: dict[str, Money] = Field(default_factory=dict)
    contact: Money | None = None
    marginal: tuple[Share, Share] = (0.4, 0.8)
    margin: Share = 1.0
    discount_rate: Annotated[float, Field(ge=0, le=10)] = 0.1

    @model_validator(mode="after")
    def _ordered(self) -> Costs:
        low, high = self.marginal
        if low > high:
            raise ValueError(f"marginal: expected a low and a high share, found {low} and {high}")
        return self
