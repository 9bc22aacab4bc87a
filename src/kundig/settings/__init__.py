"""What a company settles once and analyses go by, each part in a file of its own.

The top-level keys of `kundig.yaml` that change an answer are fields here; the journal carries them to every analysis.
"""

from __future__ import annotations

from pydantic import Field

from kundig.definition import Definition
from kundig.settings.annotations import Annotation
from kundig.settings.calendar import Calendar
from kundig.settings.company import Company
from kundig.settings.contracts import Contracts
from kundig.settings.costs import Costs, Handling
from kundig.settings.health import HealthWeights
from kundig.settings.identity import Identity
from kundig.settings.journeys import Target
from kundig.settings.money import Rates
from kundig.settings.people import People
from kundig.settings.points import Points, Tier
from kundig.settings.programmes import Programme
from kundig.settings.satisfaction import Satisfaction
from kundig.settings.staffing import Staffing
from kundig.settings.targets import Benchmark, ScoreTarget, Surveys
from kundig.settings.texts import Texts
from kundig.touchpoints import Catalogue

__all__ = ["Annotation", "Benchmark", "Calendar", "Company", "Contracts", "Costs", "Handling", "HealthWeights", "Identity", "People", "Points", "Programme", "Satisfaction", "ScoreTarget", "Settings", "Staffing", "Surveys", "Target", "Texts", "Tier"]


class Settings(Definition):
    """What the company settles: every field has a default that says nothing."""

    company: Company = Field(default_factory=lambda: Company(name="the company"))
    touchpoints: Catalogue = Field(default_factory=dict)
    journeys: dict[str, Target] = Field(default_factory=dict)
    calendar: Calendar = Field(default_factory=Calendar)
    surveys: Surveys = Field(default_factory=Surveys)
    targets: tuple[ScoreTarget, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    people: People = Field(default_factory=People)
    staffing: dict[str, Staffing] = Field(default_factory=dict)
    rates: Rates = Field(default_factory=dict)
    contracts: Contracts = Field(default_factory=Contracts)
    costs: Costs = Field(default_factory=Costs)
    programmes: dict[str, Programme] = Field(default_factory=dict)
    points: Points = Field(default_factory=Points)
    texts: Texts = Field(default_factory=Texts)
    satisfaction: Satisfaction = Field(default_factory=Satisfaction)
    identity: Identity = Field(default_factory=Identity)
    health: tuple[HealthWeights, ...] = ()
