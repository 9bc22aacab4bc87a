"""Field service: onboarding projects of business customers with their milestones, and technicians' visits."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import CUSTOMER, Block
from kundig.demo.cases import TECHNOLOGY
from kundig.demo.chance import texts
from kundig.demo.files import csv, dates, joined, numbers, taken
from kundig.demo.people import arrayed
from kundig.demo.period import DAYS, Days, at, date, day
from kundig.demo.staff import assigned

MILESTONES = ("kickoff", "installation", "training", "acceptance")
WINTER = (("2023-12-23", "2024-01-07"), ("2024-12-23", "2025-01-07"), ("2025-12-23", "2026-01-07"))
"""Nobody works in the field between these days: a silence that is no outage."""


def write(block: Block) -> None:
    """Projects and visits as CSV with German numbers and dates."""
    of, rng = block.contracts, block.stream("field")
    projects = np.flatnonzero(of.new & block.people.business)
    step = np.tile(np.arange(4), len(projects))
    who = projects.repeat(4)
    planned = of.start[who] + np.array([2, 9, 20, 30])[step]
    late = np.maximum.accumulate(rng.poisson(2.5, (len(projects), 4)), axis=1).ravel()
    cases = np.flatnonzero((block.cases.stops[:, 0] == TECHNOLOGY) & (rng.random(len(block.cases.customer)) < 0.3))
    visit = block.cases.days[cases, 0] + 1
    customer = np.concatenate([who, block.cases.customer[cases]])
    reached = _after_winter(np.concatenate([planned + late, visit]))
    planned = np.concatenate([planned, visit])
    n = len(customer)
    columns = {
        "Auftrag": np.concatenate([arrayed(joined("P", block.people.person[who])), block.cases.number[cases]]),
        "KundenNr": CUSTOMER + block.people.person[customer],
        "Schritt": np.concatenate([texts(MILESTONES)[step], texts(["visit"] * len(cases))]),
        "Geplant": dates(date(planned)), "Erreicht": dates(at(reached, rng, 8, 17), "%d.%m.%Y %H:%M"),
        "Stunden": numbers(rng.gamma(3, 0.9, n) + 0.25, 1), "Techniker": assigned(rng, np.full(n, TECHNOLOGY)),
    }  # fmt: skip
    kept = (reached < DAYS) & (reached >= 0)
    block.count("field", csv(block.file("field", "einsaetze.csv"), taken(columns, kept)))


def _after_winter(days: Days) -> Days:
    for first, last in WINTER:
        days = np.where((days >= day(first)) & (days < day(last)), day(last) + (days - day(first)) // 4, days)
    return days
