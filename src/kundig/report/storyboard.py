"""The storyboard of a playbook in the language of the journey map: circles are steps, ribbons are customers who go on, dark tails leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import sqrt

from kundig.playbooks.playbook import Playbook
from kundig.playbooks.steps import Step
from kundig.report.formats import Formats
from kundig.report.phrases import Phrase
from kundig.report.svg import Markup, link, number, picture, tag, words
from kundig.report.text_width import wrapped

COLUMN, ROW, LEFT, TOP = 156.0, 128.0, 84.0, 64.0
SMALL, LARGE = 9.0, 27.0
WIDEST = 22.0
"""Of a ribbon, in pixels, for all who came in."""

KINDS: Mapping[str, Phrase] = {
    "task": Phrase("Task", "Aufgabe"), "email": Phrase("Letter", "Brief"), "survey": Phrase("Survey", "Umfrage"), "webhook": Phrase("Other system", "Anderes System"), "chat": Phrase("Colleagues", "Kollegen"),
    "escalate": Phrase("Higher up", "Nach oben"), "points": Phrase("Points", "Punkte"), "offer": Phrase("Offer", "Angebot"), "set": Phrase("Trait", "Merkmal"), "wait": Phrase("Wait", "Warten"),
    "wait_until": Phrase("Wait until", "Warten auf"), "branch": Phrase("Branch", "Weiche"), "split": Phrase("By chance", "Zufall"), "end": Phrase("End", "Ende"),
}  # fmt: skip
WAYS: Mapping[str, Phrase] = {"then": Phrase("yes", "ja"), "otherwise": Phrase("no", "nein")}
STOPS: Mapping[str, Phrase] = {"goal": Phrase("goal {n}", "Ziel {n}"), "taken back": Phrase("taken back {n}", "zurückgenommen {n}")}
_TITLE = Phrase("Storyboard", "Drehbuch")
_WHAT = Phrase("Steps from left to right; {came} came in, {here} are on the way. The same numbers stand in the table.", "Schritte von links nach rechts; {came} kamen hinein, {here} sind unterwegs. Dieselben Zahlen stehen in der Tabelle.")
_CAME = Phrase("Came in", "Hineingekommen")
_HERE = Phrase("{n} here now", "{n} jetzt hier")
_SPOKEN = Phrase("{kind}: {what}. {reached} came to it, {here} are here now", "{kind}: {what}. {reached} kamen an, {here} sind jetzt hier")
_THROUGH = Phrase("Through", "Durch")
_ALONE = Phrase("{n} left alone", "{n} in Ruhe gelassen")


@dataclass(frozen=True)
class Counts:
    """How many are where; see `state.standing`.

    Attributes:
        came, alone, through: in all.
        reached, here: by step.
        flows, stopped: by step and outcome.
    """

    came: int = 0
    alone: int = 0
    through: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    here: Mapping[str, int] = field(default_factory=dict)
    flows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    stopped: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass
class _Circle:
    path: str
    column: float
    row: float
    step: Step | None


@dataclass
class _Ribbon:
    source: _Circle
    target: _Circle
    n: int
    way: str


@dataclass
class _Board:
    counts: Counts
    circles: list[_Circle] = field(default_factory=list)
    ribbons: list[_Ribbon] = field(default_factory=list)


Tail = tuple[_Circle, str]
"""A circle from which one goes on, and by which outcome."""


def storyboard(playbook: Playbook, counts: Counts, formats: Formats, *, href: Callable[[str], str | None] = lambda _: None, told: Callable[[Step], str] = lambda _: "") -> Markup:
    """The picture. A circle's area follows how many came to the step, a ribbon's width how many went on.

    Args:
        playbook: whose steps.
        counts: how many are where.
        formats: of the reader.
        href: the address behind a step, by its path.
        told: what a step says of itself, beside its kind.
    """
    board = _Board(counts)
    start = _Circle("", 0, 0, None)
    board.circles.append(start)
    column, rows, tails = _placed(playbook.steps, "", 1, 0, [(start, "")], board)
    through = _Circle("through", column, 0, None)
    if tails:
        board.circles.append(through)
        _joined(tails, through, board)
    width, height = LEFT + COLUMN * (column if tails else column - 1) + 96, TOP + ROW * rows + 8
    drawn = [tag("rect", x=0, y=0, width=width, height=height, fill="var(--surface)")]
    drawn.append(tag("g", [_ribbon(one, counts) for one in board.ribbons], fill="none"))
    drawn += [_way(one, formats) for one in board.ribbons if one.way]
    for circle in board.circles:
        drawn += _exits(circle, counts, formats)
        drawn.append(_circle(circle, counts, formats, href, told))
    here = sum(counts.here.values())
    described = _WHAT.said(formats.language, came=formats.number(counts.came), here=formats.number(here))
    return picture(drawn, width=width, height=height, title=_TITLE.said(formats.language), description=described, class_="storyboard", links=True)


def _placed(steps: tuple[Step, ...], before: str, column: float, row: float, tails: list[Tail], board: _Board) -> tuple[float, int, list[Tail]]:
    """Place a list of steps; the column after it, how many rows it takes, and from where one goes on."""
    rows = 1
    for index, step in enumerate(steps, start=1):
        path = f"{before}{index}"
        circle = _Circle(path, column, row, step)
        board.circles.append(circle)
        _joined(tails, circle, board)
        column += 1
        if step.kind == "end":
            return column, rows, []
        if not step.ways:
            tails = [(circle, "")]
            continue
        tails, below, widest = [], 0, column
        for name, way in step.ways.items():
            end, takes, left = _placed(way, f"{path}.{name}.", column, row + below, [(circle, name)], board)
            widest, below, tails = max(widest, end), below + (takes if way else 0), tails + left
        column, rows = widest, max(rows, below)
    return column, rows, tails


def _joined(tails: list[Tail], circle: _Circle, board: _Board) -> None:
    counts = board.counts
    for source, way in tails:
        if source.step is None:
            n = counts.reached.get("1", 0)
        else:
            outcomes = [n for (path, outcome), n in counts.flows.items() if path == source.path and (not way or outcome == way)]
            n = sum(outcomes)
        board.ribbons.append(_Ribbon(source, circle, n, way))


def _at(circle: _Circle) -> tuple[float, float]:
    return LEFT + COLUMN * circle.column, TOP + ROW * circle.row


def _n(circle: _Circle, counts: Counts) -> int:
    if circle.path == "through":
        return counts.through
    return counts.came if circle.step is None else counts.reached.get(circle.path, 0)


def _radius(circle: _Circle, counts: Counts) -> float:
    return max(LARGE * sqrt(_n(circle, counts) / max(counts.came, 1)), SMALL)


def _ribbon(one: _Ribbon, counts: Counts) -> Markup:
    (x, y), (to_x, to_y) = _at(one.source), _at(one.target)
    bend = (to_x - x) / 2
    width = max(WIDEST * one.n / max(counts.came, 1), 1.0)
    path = f"M{number(x)} {number(y)} C{number(x + bend)} {number(y)} {number(to_x - bend)} {number(to_y)} {number(to_x)} {number(to_y)}"
    return tag("path", d=path, stroke="var(--brand)" if one.n else "var(--rule-2)", stroke_width=width, stroke_opacity=0.3 if one.n else 0.9, stroke_dasharray=None if one.n else "3 4")


def _way(one: _Ribbon, formats: Formats) -> Markup:
    """The name of a way, above its ribbon; where the ribbon bends, near its end, where it is level again."""
    (x, y), (to_x, to_y) = _at(one.source), _at(one.target)
    name = WAYS[one.way].said(formats.language) if one.way in WAYS else one.way
    return words(f"{name} {formats.number(one.n)}", (x + to_x) / 2 if y == to_y else to_x - COLUMN * 0.27, to_y - (7 if y == to_y else 12), size=11.5, fill="ink-2", anchor="middle", halo="surface")


def _exits(circle: _Circle, counts: Counts, formats: Formats) -> list[Markup]:
    """Who left the playbook before a step: a dark tail that fades, with the number."""
    x, y = _at(circle)
    drawn: list[Markup] = []
    said = [STOPS[how].said(formats.language, n=formats.number(n)) for how in STOPS if (n := counts.stopped.get((circle.path, how), 0))]
    if circle.step is None and circle.path == "" and counts.alone:
        said.append(_ALONE.said(formats.language, n=formats.number(counts.alone)))
    if not said:
        return drawn
    radius = _radius(circle, counts)
    left = x - radius - 14
    drawn.append(tag("path", d=f"M{number(x)} {number(y)} C{number(left)} {number(y)} {number(left)} {number(y)} {number(left)} {number(y - radius - 12)}", fill="none", stroke="var(--leave)", stroke_width=3, stroke_opacity=0.55))
    drawn += [words(line, max(left, 4), y - radius - 16 - 13 * place, size=11, fill="ink-2", anchor="start", halo="surface") for place, line in enumerate(reversed(said))]
    return drawn


def _circle(circle: _Circle, counts: Counts, formats: Formats, href: Callable[[str], str | None], told: Callable[[Step], str]) -> Markup:
    (x, y), radius, n = _at(circle), _radius(circle, counts), _n(circle, counts)
    here = counts.here.get(circle.path, 0) if circle.step is not None else 0
    kind = KINDS[circle.step.kind].said(formats.language) if circle.step else (_THROUGH if circle.path == "through" else _CAME).said(formats.language)
    what = told(circle.step) if circle.step else ""
    drawn = []
    if here:
        drawn.append(tag("circle", cx=x, cy=y, r=radius + 6, fill="var(--brand-soft)", stroke="var(--brand)", stroke_width=1.75))
    drawn.append(tag("circle", cx=x, cy=y, r=radius, fill="var(--surface)", stroke="var(--ink-2)", stroke_width=1.5))
    inside = radius >= 13
    drawn.append(words(formats.number(n), x, y + 4.2 if inside else y - radius - 5, size=12, weight=700, anchor="middle", **({} if inside else {"halo": "surface"})))
    below = y + radius + (6 if here else 2)
    lines = [(kind, 12.0, 600, "ink"), *((line, 11.5, 400, "ink-2") for line in wrapped(what, COLUMN - 22, 11.5, most=2) if what), *([(_HERE.said(formats.language, n=formats.number(here)), 11.5, 600, "brand")] if here else [])]
    drawn += [words(text, x, below + 15 * (place + 1), size=size, weight=weight, fill=fill, anchor="middle", halo="surface") for place, (text, size, weight, fill) in enumerate(lines)]
    if circle.step is None:
        return tag("g", drawn)
    spoken = _SPOKEN.said(formats.language, kind=kind, what=what, reached=formats.number(n), here=formats.number(here))
    return link(drawn, href(circle.path), spoken, class_="step")
