"""What foreign money is worth at home."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field


def _currency(name: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", name):
        raise ValueError(f"expected the three letters of a currency such as CHF, found {name!r}")
    return name


Currency = Annotated[str, AfterValidator(_currency)]
"""A currency by its three letters, as ISO 4217 has it."""

Rates = dict[Currency, Annotated[Decimal, Field(gt=0)]]
"""Currencies, each with what one unit of it is worth in the company's own."""
