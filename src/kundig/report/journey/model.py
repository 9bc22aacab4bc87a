"""What the journey map shows: stages, touchpoints, flows; made from the rows of analyses and the catalogue."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kundig.settings.satisfaction import Satisfaction
from kundig.touchpoints import Catalogue

METRICS = ("csat", "ces", "stars", "nps")
"""A touchpoint or stage is coloured by the first of these that has enough answers there."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """A figure with its interval, the step it stands for, and how high that is between 0 and 5."""

    metric: str
    value: float
    low: float
    high: float
    n: int
    step: int
    height: float
    height_low: float
    height_high: float


@dataclass(frozen=True)
class Touchpoint:
    """Where customers meet the company: how often they did, how it went, and for how many it was the last step so far."""

    name: str
    title: str
    stage: str
    department: str | None
    owner: str | None
    contacts: int
    score: Score | None
    exits: int
    moment: int | None = None


@dataclass(frozen=True)
class Flow:
    """Customers who went on from one touchpoint to another."""

    source: str
    target: str
    customers: int
    n: int
    median_seconds: float | None


@dataclass(frozen=True)
class Stage:
    """A stage as a whole: contacts, score now and before, journeys whose last step so far it holds."""

    name: str
    contacts: int
    score: Score | None
    before: Score | None
    exits: int
    exit_share: float
    reason: str | None = None


@dataclass(frozen=True)
class Handover:
    """What one department hands to another."""

    source: str
    target: str
    n: int
    median_seconds: float | None
    sent_back: float | None


@dataclass(frozen=True)
class Deviation:
    """A rule of the target journey between touchpoints, and how it is kept."""

    rule: str
    step: str
    other: str | None
    violated: int
    share: float | None


@dataclass(frozen=True)
class Journey:
    """All that a map shows.

    Attributes:
        stages: in their order, those that hold a touchpoint.
        departments: from top to bottom; None is for touchpoints without one.
        touchpoints: in the order of the catalogue.
        flows: the largest first.
        left_out: touchpoints with events that the map cannot place: the catalogue gives them no stage.
    """

    stages: tuple[Stage, ...]
    departments: tuple[str | None, ...]
    touchpoints: tuple[Touchpoint, ...]
    flows: tuple[Flow, ...]
    handovers: tuple[Handover, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    left_out: tuple[str, ...] = ()

    def touchpoint(self, name: str) -> Touchpoint | None:
        """The touchpoint of that name."""
        return next((one for one in self.touchpoints if one.name == name), None)


@dataclass(frozen=True)
class Answers:
    """Rows of analyses that a journey is made from.

    Attributes:
        flows: of `journeys.flows` between touchpoints.
        ends: of `journeys.entries_exits` at touchpoints.
        scores: of `feedback.scores` by touchpoint, all metrics together.
        stage_scores: of `feedback.scores` by stage.
        stage_before: the same for the time before.
        moments: touchpoints that matter most, the first one first.
        reasons: why journeys end in a stage.
        interlocks: of `journeys.interlocks`.
        deviations: of `journeys.deviations` between touchpoints.
    """

    flows: Sequence[Row]
    ends: Sequence[Row]
    scores: Sequence[Row] = ()
    stage_scores: Sequence[Row] = ()
    stage_before: Sequence[Row] = ()
    moments: Sequence[str] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    interlocks: Sequence[Row] = ()
    deviations: Sequence[Row] = ()


def journey(catalogue: Catalogue, stages: Sequence[str], answers: Answers, steps: Satisfaction | None = None) -> Journey:
    """The journey from what analyses answered; touchpoints where nothing happened are left out.

    Args:
        catalogue: the touchpoints in a steady order.
        stages: in the order in which customers pass them.
        answers: rows of analyses.
        steps: where satisfaction begins.
    """
    steps = steps or Satisfaction()
    order = list(dict.fromkeys([*stages, *(entry.stage for entry in catalogue.values() if entry.stage)]))
    contacts = _contacts(answers)
    exits = {row["step"]: int(row["n"]) for row in answers.ends if row["end"] == "exit"}
    journeys = sum(exits.values()) or 1
    scored = _scored(answers.scores, steps)
    ranks = {name: rank for rank, name in enumerate(answers.moments, 1)}
    touchpoints = tuple(
        Touchpoint(name, entry.title or name, entry.stage, entry.department, entry.owner, contacts[name], scored.get(name), exits.get(name, 0), ranks.get(name))
        for name, entry in catalogue.items()
        if entry.stage and contacts[name]
    )
    placed = {one.name for one in touchpoints}
    by_stage, before = _scored(answers.stage_scores, steps), _scored(answers.stage_before, steps)
    sums = []
    for name in order:
        within = [one for one in touchpoints if one.stage == name]
        if within:
            now = by_stage.get(name)
            then = before.get(name)
            left = sum(one.exits for one in within)
            comparable = then if now and then and now.metric == then.metric else None
            sums.append(Stage(name, sum(one.contacts for one in within), now, comparable, left, left / journeys, answers.reasons.get(name)))
    flows = sorted(
        (
            Flow(row["source"], row["target"], int(row["customers"]), int(row["n"]), row.get("median_seconds"))
            for row in answers.flows
            if row["source"] != row["target"] and row["source"] in placed and row["target"] in placed
        ),
        key=lambda flow: (-flow.customers, flow.source, flow.target),
    )
    return Journey(
        tuple(sums),
        _departments(touchpoints, [stage.name for stage in sums]),
        touchpoints,
        tuple(flows),
        tuple(
            Handover(row["source"], row["target"], int(row["n"]), row.get("median_seconds"), row.get("sent_back_share"))
            for row in answers.interlocks
            if row["source"] is not None and row["target"] is not None
        ),
        _deviations(answers.deviations, placed),
        tuple(sorted(name for name, count in contacts.items() if count and name not in placed)),
    )


def _contacts(answers: Answers) -> Mapping[str, int]:
    """Events at each touchpoint: those that followed another, and those that began a journey."""
    contacts: dict[str, int] = defaultdict(int)
    for row in answers.flows:
        contacts[row["target"]] += int(row["n"])
    for row in answers.ends:
        if row["end"] == "entry":
            contacts[row["step"]] += int(row["n"])
    return contacts


def _scored(rows: Iterable[Row], steps: Satisfaction) -> dict[str, Score]:
    """For each group the score of the first metric that has enough answers there."""
    found: dict[str, Score] = {}
    for row in sorted((row for row in rows if row["state"] == "ok" and row["group"] is not None and row["metric"] in METRICS), key=lambda row: METRICS.index(row["metric"])):
        metric, value, low, high = row["metric"], float(row["score"]), float(row["low"]), float(row["high"])
        heights = (steps.height(metric, end) for end in (value, low, high))
        found.setdefault(row["group"], Score(metric, value, low, high, int(row["n"]), steps.step(metric, value), *heights))
    return found


def _departments(touchpoints: Sequence[Touchpoint], stages: Sequence[str]) -> tuple[str | None, ...]:
    """By the stages in which they work, on average: so the picture reads from top left to bottom right, and stays so."""
    places: dict[str | None, list[int]] = defaultdict(list)
    for one in touchpoints:
        places[one.department].append(stages.index(one.stage))
    return tuple(sorted(places, key=lambda name: (name is None, sum(places[name]) / len(places[name]), name or "")))


_STEPS = re.compile(r"""\(\s*("[^"]*"|'[^']*'|[^,()]+)\s*(?:,\s*("[^"]*"|'[^']*'|[^,()]+)\s*)?""")
"""The steps in a rule such as `response(order, delivery) within 3 days`."""


def _deviations(rows: Iterable[Row], placed: set[str]) -> tuple[Deviation, ...]:
    found = []
    for row in rows:
        match = _STEPS.search(row["rule"])
        step, other = ((name or "").strip().strip("\"'") or None for name in match.groups()) if match else (None, None)
        other = None if other is None or other.isdecimal() else other
        if row["violated"] and step in placed and (other is None or other in placed):
            found.append(Deviation(row["rule"], str(step), other, int(row["violated"]), row["share"]))
    return tuple(found)
