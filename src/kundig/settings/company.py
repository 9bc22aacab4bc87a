"""Who the company is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kundig.definition import Definition, Zone


class Company(Definition):
    """Who the company is: name, language, time zone, currency, and what a customer is to it."""

    name: str
    language: Literal["de", "en"] = "en"
    timezone: Zone = "UTC"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    unit: Literal["person", "account"] = "person"
