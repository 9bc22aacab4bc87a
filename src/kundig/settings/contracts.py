"""How contracts are counted: what answers differ by from company to company, settled once and in writing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from kundig.definition import Definition

Months = Annotated[int, Field(ge=1, le=240)]


class Contracts(Definition):
    """How contracts are counted: ends, pauses, price rises, come-backs, mergers, terms.

    `end`: whether a customer is lost with the end of service, or with the notice (an event `cancellation`).
    `pauses`: whether somebody whose amount is 0 without an end is kept, or lost until the amount comes back.
    `price_rises`: whether a rise that the company decided counts as expansion, or is shown apart and left out of NRR; it
    is known by the property `reason` of the event having one of the values `price_rise`.
    `comeback_days`: whoever starts again within so many days of the end was never lost.
    `moved_to`: the property that names the subject to whom a contract went, as in a merger; it is theirs from its start.
    `term`: the property with the length of the term in months; `term_months` holds where it is missing.
    `grace_days`: a contract that ends within so many days after it fell due was not renewed.
    `ends_since`: the day since which every end is on record; without it, that is since the first end which is.
    `match`: the properties that prices must agree in to be compared.
    """

    end: Literal["service", "notice"] = "service"
    pauses: Literal["kept", "lost"] = "kept"
    price_rises: Literal["expansion", "apart"] = "expansion"
    reason: str = "change"
    price_rise: tuple[str, ...] = ()
    comeback_days: Annotated[int, Field(ge=0, le=3660)] = 0
    moved_to: str = "moved_to"
    term: str = "term_months"
    term_months: Months | None = None
    grace_days: Annotated[int, Field(ge=0, le=365)] = 14
    ends_since: date | None = None
    match: tuple[str, ...] = ("discount", "hardware", "options", "region", "term_months")
