"""How customers move over the map: ribbons between circles, and which of them are drawn."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kundig.report.journey.layout import Layout
from kundig.report.journey.model import Flow
from kundig.report.svg import number

MANY = 90
ENOUGH = 0.85
LEAST = 45
WIDEST, THINNEST = 15.0, 0.9


@dataclass(frozen=True)
class Ribbon:
    """A flow as a line: its path, its width, and its ends for the gradient."""

    flow: Flow
    path: str
    width: float
    start: tuple[float, float]
    end: tuple[float, float]
    index: int


def drawn_flows(flows: Sequence[Flow], selected: str | None = None) -> tuple[Flow, ...]:
    """All flows while they can be told apart; of more than 90 the largest that make 85 % of all movement,
    but never fewer than 45 nor more than 90.

    Those of a selected touchpoint are always drawn.
    """
    if len(flows) <= MANY:
        return tuple(flows)
    total, sum_ = sum(flow.customers for flow in flows), 0
    kept: list[Flow] = []
    for flow in flows:
        if ((sum_ < ENOUGH * total or len(kept) < LEAST) and len(kept) < MANY) or selected in {flow.source, flow.target}:
            kept.append(flow)
        sum_ += flow.customers
    return tuple(kept)


def ribbons(flows: Sequence[Flow], laid: Layout) -> list[Ribbon]:
    """Each flow from its source to its target, side by side at the circles in the order in which they turn away."""
    places = {place.touchpoint.name: place for place in laid.places}
    largest = max((flow.customers for flow in flows), default=1)
    widths = {flow: max(THINNEST, WIDEST * flow.customers / largest) for flow in flows}
    sides: dict[tuple[str, int], list[tuple[float, Flow, str]]] = defaultdict(list)
    for flow in flows:
        source, target = places[flow.source], places[flow.target]
        way = _way(target.x - source.x)
        for name, side, other in ((flow.source, way, target), (flow.target, -way, source)):
            here = places[name]
            angle = math.atan2(other.y - here.y, abs(other.x - here.x) + 1)
            sides[name, side].append((angle, flow, name))
    ports: dict[tuple[Flow, str], float] = {}
    for (name, _), ends in sides.items():
        ends.sort(key=lambda end: (end[0], end[1].source, end[1].target))
        total = sum(widths[flow] for _, flow, _ in ends)
        # A small circle cannot hold all; there they overlap.
        squeeze = min(1.0, 1.7 * places[name].radius / total)
        at = -total * squeeze / 2
        for _, flow, _ in ends:
            ports[flow, name] = at + widths[flow] * squeeze / 2
            at += widths[flow] * squeeze
    made = []
    for index, flow in enumerate(flows):
        source, target = places[flow.source], places[flow.target]
        way = _way(target.x - source.x)
        x1, y1, x2, y2 = source.x, source.y + ports[flow, flow.source], target.x, target.y + ports[flow, flow.target]
        reach = _reach(x2 - x1, y2 - y1, source.radius, target.radius)
        path = f"M{number(x1)} {number(y1)} C{number(x1 + way * reach)} {number(y1)} {number(x2 - way * reach)} {number(y2)} {number(x2)} {number(y2)}"
        made.append(Ribbon(flow, path, widths[flow], (x1, y1), (x2, y2), index))
    return sorted(made, key=lambda ribbon: (-ribbon.width, ribbon.flow.source, ribbon.flow.target))


def _way(across: float) -> int:
    """Leaving to the right, or to the left where the target stands clearly before."""
    return -1 if across < -30 else 1


def _reach(across: float, down: float, one: float, other: float) -> float:
    """How far a ribbon goes straight before it turns; one that only climbs swings out past both circles."""
    if abs(across) <= 60:
        return max(one, other) * 1.6 + 26 + min(abs(down) * 0.12, 40)
    return max(abs(across) * 0.5, min(one, other) + 22)
