"""What foreign money is worth at home."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

Rates = dict[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], Annotated[Decimal, Field(gt=0)]]
"""Currencies, each with what one unit of it is worth in the company's own."""
