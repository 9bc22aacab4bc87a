"""What a named event of Segment's format is to the journal."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from kundig.definition import Definition

Names = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value), AfterValidator(lambda value: _few(value))]  # noqa: PLW0108 -- it stands below
MOST = 4


def _few(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) > MOST:
        raise ValueError(f"at most {MOST} properties can be named, found {len(value)}")
    return value


class Named(Definition):
    """What an event of this name is.

    Attributes:
        kind: as in the journal; its name where there is none.
        touchpoint: where the customer met the company; its name where there is none.
        channel, outcome, metric: words of the journal.
        score, amount, currency, quantity, product, case_id, text: the properties that hold them; the first that is there
            is taken. A property inside another is written with dots.
    """

    kind: str | None = None
    touchpoint: str | None = None
    channel: Literal["web", "phone", "email", "shop", "app", "chat", "post", "social", "partner", "field"] | None = None
    outcome: Literal["won", "lost", "started", "renewed", "expanded", "reduced", "ended", "resolved", "failed"] | None = None
    metric: Literal["nps", "enps", "csat", "ces", "stars"] | None = None
    score: Names = ()
    amount: Names = ()
    currency: Names = Field(default=("currency",))
    quantity: Names = ()
    product: Names = ()
    case_id: Names = ()
    text: Names = ()


FIELDS = ("score", "amount", "currency", "quantity", "product", "case_id", "text")
"""What is read from properties."""


def named(**fields: Any) -> Named:
    """As configuration would state it."""
    return Named.model_validate(fields)
