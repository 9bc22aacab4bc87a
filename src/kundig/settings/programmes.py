"""What the company undertakes for its customers, and how it can be seen whether it helps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kundig.definition import Definition


class Programme(Definition):
    """A programme, playbook or change, and by what its effect is known.

    `campaign`: the value of the property `campaign` on its events; the programme's name where it is left out.
    `control`: the value of the property `group` of those held out by chance.
    `touched_by`: the touchpoint whose first event begins it for a customer, where it began at different times.
    `since`: the date of a change that met everybody; `product`: those it met, where the others are the control.
    `cost`: of one customer treated, in the company's currency.
    """

    campaign: str | None = None
    control: str | None = None
    touched_by: str | None = None
    since: date | None = None
    product: str | None = None
    cost: Annotated[Decimal, Field(ge=0)] = Decimal(0)

    @model_validator(mode="after")
    def _one_way(self) -> Programme:
        ways = [name for name, given in (("control", self.control), ("touched_by", self.touched_by), ("since", self.since)) if given is not None]
        if len(ways) > 1:
            raise ValueError(f"expected one of control, touched_by and since, found {' and '.join(ways)}")
        return self

    @property
    def design(self) -> Literal["hold-out", "staggered", "interrupted", "none"]:
        """How its effect can be estimated."""
        return "hold-out" if self.control else "staggered" if self.touched_by else "interrupted" if self.since else "none"
