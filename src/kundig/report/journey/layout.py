"""Where everything stands on the journey map. Pure geometry: the same journey always gives the same places.

Columns are stages, rows are departments. In each cell, touchpoints stand in boxes that hold circle, label, badge and
exit; boxes never overlap, so neither do labels. Sizes follow the figures, but the order inside a cell is that of the
catalogue, so that the picture stays learnable from week to week.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from kundig.report.formats import Formats
from kundig.report.journey.model import Journey, Score, Stage, Touchpoint
from kundig.report.text_width import text_width, wrapped

LABEL = 11.5
LINE = 13.0
GUTTER = 118.0
HEAD = 156.0
FOOT = 104.0
GAP = 9.0
LEAST, MOST = 8.0, 31.0
LEAST_SLOT = 98.0
"""What a touchpoint needs beside others, in pixels."""
INSIDE = 13.0
"""From this radius on the number stands inside the circle."""


@dataclass(frozen=True)
class Box:
    """What belongs to one touchpoint."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether both cover a place."""
        return self.left < other.right - 1e-6 and other.left < self.right - 1e-6 and self.top < other.bottom - 1e-6 and other.top < self.bottom - 1e-6


@dataclass(frozen=True)
class Place:
    """A touchpoint on the map; `beside` tells whether the number of its exits stands beside the tail, or below it."""

    touchpoint: Touchpoint
    x: float
    y: float
    radius: float
    label: tuple[str, ...]
    number: str
    exit_width: float
    exit_number: str
    beside: bool
    box: Box

    @property
    def inside(self) -> bool:
        """Whether the number stands inside the circle."""
        return _inside(self.touchpoint, self.radius)


@dataclass(frozen=True)
class Column:
    """A stage on the map."""

    stage: Stage
    left: float
    right: float

    @property
    def middle(self) -> float:
        """Its middle."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Lane:
    """A department on the map."""

    department: str | None
    top: float
    bottom: float


@dataclass(frozen=True)
class Layout:
    """The whole map."""

    width: float
    height: float
    columns: tuple[Column, ...]
    lanes: tuple[Lane, ...]
    places: tuple[Place, ...]

    def place(self, name: str) -> Place:
        """Where a touchpoint stands."""
        return next(place for place in self.places if place.touchpoint.name == name)


@dataclass(frozen=True)
class _Shape:
    """A touchpoint before it has a place: how far it reaches from the middle of its circle."""

    touchpoint: Touchpoint
    radius: float
    label: tuple[str, ...]
    number: str
    exit_width: float
    exit_number: str
    beside: bool
    left: float
    right: float
    up: float
    down: float


def score_text(touchpoint: Touchpoint, formats: Formats) -> str:
    """The score as the map prints it: per cent as a bare number, all else with its scale."""
    if touchpoint.score is None:
        return ""
    return bare(touchpoint.score, formats)


def bare(score: Score, formats: Formats) -> str:
    """A score in as few signs as tell its scale.

    >>> bare(Score("stars", 3.61, 3.5, 3.7, 90, 3, 2.6, 2.5, 2.7), Formats("de"))
    '3,6/5'
    """
    match score.metric:
        case "stars":
            return f"{formats.number(score.value, 1)}/5"
        case "nps" | "enps":
            return f"NPS\u00a0{formats.number(score.value)}"
    return formats.number(score.value)


def _inside(touchpoint: Touchpoint, radius: float) -> bool:
    return radius >= INSIDE and touchpoint.score is not None and touchpoint.score.metric in {"csat", "ces"}


def layout(journey: Journey, formats: Formats, width: float = 1304, *, notes: int = 0) -> Layout:
    """Columns, lanes and places.

    Args:
        journey: what the map shows.
        formats: of the reader; how long numbers are.
        width: of the map, in pixels; a map of many stages is wider where its labels would not fit.
        notes: lines below each department's name.
    """
    counts: dict[tuple[str, str | None], int] = defaultdict(int)
    for one in journey.touchpoints:
        counts[one.stage, one.department] += 1
    fullest = {stage.name: max((count for (name, _), count in counts.items() if name == stage.name), default=1) for stage in journey.stages}
    # A cell with many touchpoints has room for two beside each other.
    weights = {name: 1.9 if count > 3 else 1.0 for name, count in fullest.items()}
    room = max(width - GUTTER, LEAST_SLOT * sum(weights.values()))
    columns, at = [], GUTTER
    for stage in journey.stages:
        wide = room * weights[stage.name] / sum(weights.values())
        columns.append(Column(stage, at, at + wide))
        at += wide
    across = {(stage, department): max(1, min(count, int(_wide(columns, stage) // LEAST_SLOT))) for (stage, department), count in counts.items()}
    # Circle, ring, badge and tail together never fill more than the narrowest slot.
    largest = min(MOST, 0.28 * min((_wide(columns, stage) / beside for (stage, _), beside in across.items()), default=room))
    busiest = max((one.contacts for one in journey.touchpoints), default=1)
    most_exits = max((one.exits for one in journey.touchpoints), default=0)
    rows = {}
    for number, column in enumerate(columns):
        for department in journey.departments:
            within = [one for one in journey.touchpoints if one.stage == column.stage.name and one.department == department]
            beside = across.get((column.stage.name, department), 1)
            slot = (column.right - column.left) / beside
            shapes = [_shape(one, formats, slot - 6, largest, busiest, most_exits) for one in within]
            rows[number, department] = [shapes[start : start + beside] for start in range(0, len(shapes), beside)]
    lanes, top = [], HEAD
    for department in journey.departments:
        tallest = max((_stacked(rows[number, department]) for number in range(len(columns))), default=0.0)
        lanes.append(Lane(department, top, top + max(tallest + 2 * GAP, 64.0, 30.0 + 14 * notes)))
        top = lanes[-1].bottom
    places: dict[str, Place] = {}
    for index, lane in enumerate(lanes):
        for number, column in enumerate(columns):
            _placed(rows[number, lane.department], column, lane, number + index, places)
    return Layout(at, top + FOOT, tuple(columns), tuple(lanes), tuple(places[one.name] for one in journey.touchpoints))


def _wide(columns: list[Column], stage: str) -> float:
    return next(column.right - column.left for column in columns if column.stage.name == stage)


def _shape(one: Touchpoint, formats: Formats, slot: float, largest: float, busiest: int, most_exits: int) -> _Shape:
    radius = LEAST + (largest - LEAST) * math.sqrt(one.contacts / busiest)
    number = score_text(one, formats)
    bold = 600 if one.moment else 500
    ring = 6.0 if one.moment else 2.0
    badge = 5.0 if one.moment else 0.0
    exit_width = 13.0 * one.exits / most_exits if most_exits else 0.0
    shown = exit_width >= 1.0
    tail = radius + ring + 4 + exit_width if shown else radius + ring
    # A label stands in the middle of its circle: what the tail takes on the left is missing on the right.
    room = min(slot, 2 * (slot - tail))
    label = wrapped(one.title, room, LABEL, bold)
    below = "" if not number or _inside(one, radius) else number
    if below and text_width(f"{label[-1]} ", LABEL, bold) + text_width(below, LABEL, 700) > room:
        label.append("")
    wide = max(text_width(line, LABEL, bold) for line in label)
    wide = max(wide, text_width(f"{label[-1]} ".lstrip(), LABEL, bold) + text_width(below, LABEL, 700))
    right = max(radius + ring + badge, wide / 2)
    exit_number = formats.number(one.exits) if shown and one.exits >= most_exits * 0.02 else ""
    long = text_width(exit_number, 11, 500)
    beside = bool(exit_number) and tail + 4 + long + right <= slot
    under = max(tail, tail - exit_width / 2 + long / 2)
    if exit_number and not beside and under + right > slot:
        # The number gives way; the foot of the map and the table still have it.
        exit_number = ""
    left = tail + 4 + long if beside else under if exit_number else tail
    up = radius + ring + (4 if one.moment else 0)
    down = max(radius + ring + LINE * len(label) + 4, radius + 20 if shown else 0) + (0 if beside or not exit_number else 13)
    return _Shape(one, radius, tuple(label), number, exit_width if shown else 0.0, exit_number, beside, max(left, wide / 2), right, up, down)


def _stacked(rows: list[list[_Shape]]) -> float:
    return sum(_tall(row) for row in rows) + GAP * max(len(rows) - 1, 0)


def _tall(row: list[_Shape]) -> float:
    return max(shape.up for shape in row) + max(shape.down for shape in row) + _step(row)


def _step(row: list[_Shape]) -> float:
    """Neighbours in a row stand a step lower, so that a path from left to right does not cross them all."""
    return 16.0 if len(row) > 1 else 0.0


def _placed(rows: list[list[_Shape]], column: Column, lane: Lane, parity: int, places: dict[str, Place]) -> None:
    spare = lane.bottom - lane.top - _stacked(rows) - 2 * GAP
    # Neighbouring columns sink by turns into a lane that is higher than they need.
    top = lane.top + GAP + spare * (0.3 if parity % 2 else 0.7 if len(rows) == 1 else 0.5)
    for number, row in enumerate(rows):
        slot = (column.right - column.left) / len(row)
        middle = top + max(shape.up for shape in row)
        for index, shape in enumerate(row):
            left = column.left + slot * index
            slack = max(slot - shape.left - shape.right, 0.0)
            lean = 0.5 if len(row) > 1 else (0.28, 0.72)[(number + parity) % 2] if slack > 20 else 0.5
            x = min(max(left + slack * lean + shape.left, left + shape.left), left + slot - shape.right)
            y = middle + (_step(row) if index % 2 else 0.0)
            box = Box(x - shape.left, y - shape.up, x + shape.right, y + shape.down)
            one = shape.touchpoint
            places[one.name] = Place(one, x, y, shape.radius, shape.label, shape.number, shape.exit_width, shape.exit_number, shape.beside, box)
        top += _tall(row) + GAP
