"""What health is made of, where the company settles it by hand: weights of the five parts, for a segment or life stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from kundig.definition import Definition

Weight = Annotated[float, Field(ge=0)]
LifeStage = Literal["first 90 days", "first year", "later"]
PARTS = ("use", "service", "payment", "mood", "contact")


class HealthWeights(Definition):
    """How much each part of the health score weighs, for everybody or for one segment or life stage.

    Attributes:
        segment: only for customers of this segment; for all if it is left out.
        life_stage: only for customers in this stage of life.
        use: weight of how recently they used or ordered.
        service: weight of handovers, open and repeated cases.
        payment: weight of failed payments and credits.
        mood: weight of their scores.
        contact: weight of how recently anything happened.
    """

    segment: str | None = None
    life_stage: LifeStage | None = None
    use: Weight = 0
    service: Weight = 0
    payment: Weight = 0
    mood: Weight = 0
    contact: Weight = 0

    @model_validator(mode="after")
    def _some(self) -> HealthWeights:
        if not sum(self.shares):
            raise ValueError(f"expected a weight above 0 for at least one of {', '.join(PARTS)}, found none")
        return self

    @property
    def shares(self) -> tuple[float, ...]:
        """The weights in the order of the parts."""
        return self.use, self.service, self.payment, self.mood, self.contact

    def fits(self, segment: str | None, life_stage: str) -> bool:
        """Whether these are meant for such a customer.

        >>> HealthWeights(segment="business", use=1).fits("private", "later")
        False
        """
        return self.segment in (None, segment) and self.life_stage in (None, life_stage)
