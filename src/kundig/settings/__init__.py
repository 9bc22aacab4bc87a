"""What a company settles once and analyses go by, each part in a file of its own.

The top-level keys of `kundig.yaml` that change an answer are fields here; the journal carries them to every analysis.
"""

from __future__ import annotations

from pydantic import Field

from kundig.definition import Definition
from kundig.settings.company import Company
from kundig.settings.contracts import Contracts
from kundig.settings.costs import Costs
from kundig.settings.money import Rates
from kundig.settings.points import Points, Tier
from kundig.settings.programmes import Programme

__all__ = ["Company", "Contracts", "Costs", "Points", "Programme", "Settings", "Tier"]


class Settings(Definition):
    """What the company settles: every field has a default that says nothing."""

    company: Company = Field(default_factory=lambda: Company(name="the company"))
    rates: Rates = Field(default_factory=dict)
    contracts: Contracts = Field(default_factory=Contracts)
    costs: Costs = Field(default_factory=Costs)
    programmes: dict[str, Programme] = Field(default_factory=dict)
    points: Points = Field(default_factory=Points)
