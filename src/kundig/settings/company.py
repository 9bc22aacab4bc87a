"""Who the company is."""

from __future__ import annotations

from typing import Literal

from kundig.definition import Definition, Zone
from kundig.settings.money import Currency


class Company(Definition):
    """Who the company is: name, language, time zone, currency, and what a customer is to it."""

    name: str
    language: Literal["de", "en"] = "en"
    timezone: Zone = "UTC"
    currency: Currency = "EUR"
    unit: Literal["person", "account"] = "person"
