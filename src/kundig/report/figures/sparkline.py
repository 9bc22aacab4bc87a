"""A line as small as a word, with its band."""

from __future__ import annotations

from collections.abc import Sequence

from kundig.report.scale import Scale, around
from kundig.report.svg import Markup, number, picture, tag

Triple = tuple[float, float, float]
"""Low, value, high."""


def sparkline(points: Sequence[Triple | None], *, title: str, width: float = 120, height: float = 28) -> Markup:
    """Values with their intervals, evenly spaced; None leaves a gap, and the last value is a dot."""
    known = [point for point in points if point is not None]
    if not known:
        return picture([tag("line", x1=0, x2=width, y1=height / 2, y2=height / 2, stroke="var(--rule-2)", stroke_dasharray="2 3")], width=width, height=height, title=title, class_="sparkline")
    y = Scale(*around([end for point in known for end in (point[0], point[2])], least=1e-6), height - 2, 2)
    x = Scale(0, max(len(points) - 1, 1), 3, width - 3)
    drawn: list[Markup] = []
    for run in runs(points):
        places = [(x.at(index), point) for index, point in run]
        upper = [f"{number(at)},{number(y.at(point[2]))}" for at, point in places]
        lower = [f"{number(at)},{number(y.at(point[0]))}" for at, point in reversed(places)]
        line = " ".join(f"{number(at)},{number(y.at(point[1]))}" for at, point in places)
        drawn.append(tag("polygon", points=" ".join([*upper, *lower]), fill="var(--band)"))
        drawn.append(tag("polyline", points=line, fill="none", stroke="var(--brand)", stroke_width=1.5, stroke_linejoin="round"))
    last, point = [(index, point) for index, point in enumerate(points) if point is not None][-1]
    drawn.append(tag("circle", cx=x.at(last), cy=y.at(point[1]), r=2.5, fill="var(--brand)"))
    return picture(drawn, width=width, height=height, title=title, class_="sparkline")


def runs(points: Sequence[Triple | None]) -> list[list[tuple[int, Triple]]]:
    """The points without a gap between them, with their positions.

    >>> runs([(0, 1, 2), None, (3, 4, 5)])
    [[(0, (0, 1, 2))], [(2, (3, 4, 5))]]
    """
    found: list[list[tuple[int, Triple]]] = [[]]
    for index, point in enumerate(points):
        if point is not None:
            found[-1].append((index, point))
        elif found[-1]:
            found.append([])
    return [run for run in found if run]
