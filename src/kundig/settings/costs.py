"""What serving customers costs, and what is left of what they pay."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from kundig.definition import Definition

Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Share = Annotated[float, Field(ge=0, le=1)]


class Handling(Definition):
    """What a contact of a channel costs by the time it is handled: that time × `hourly` / `concurrency`, and `technology` and `overhead`.

    The time is the property `handle_seconds` of the event; where it says none, `minutes`, the mean of the channel. A contact
    whose time is not known either way costs what `contacts` or `contact` says; without an hourly rate no time is needed.
    `hourly`: of one who answers, with all that he costs. `concurrency`: how many contacts one answers at the same time.
    `technology`, `overhead`: of one contact.
    """

    hourly: Money = Decimal(0)
    concurrency: Annotated[float, Field(ge=1, le=100)] = 1.0
    technology: Money = Decimal(0)
    overhead: Money = Decimal(0)
    minutes: Annotated[float, Field(gt=0, le=100_000)] | None = None


class Costs(Definition):
    """What serving customers costs, in the company's currency; and the margin and discount that value is computed with.

    `handling`: by channel, what a contact costs by the time it is handled, where the event has no cost of its own as `amount`.
    `contacts`: the cost of one contact by its channel, where neither says it.
    `contact`: that of a channel which `contacts` does not name.
    `marginal`: the share of a contact's cost that is saved when it does not come: low, high; the rest is fixed.
    `margin`: what is left of revenue; `discount_rate`: per year, what later money is worth less.
    """

    handling: dict[str, Handling] = Field(default_factory=dict)
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
        for name in sorted(self.handling.keys() & self.contacts.keys()):
            if self.handling[name].minutes is not None or not self.handling[name].hourly:
                raise ValueError(f"contacts: {name} would never be used, since handling.{name} always says what a contact costs; take one of them out")
        return self
