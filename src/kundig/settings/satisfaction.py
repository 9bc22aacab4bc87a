"""From which score on customers count as satisfied: the bounds of the five steps, for each metric."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from kundig.definition import Definition


def _rising(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    if list(bounds) != sorted(set(bounds)):
        raise ValueError(f"expected four rising bounds such as [40, 55, 70, 80], found {list(bounds)}")
    return bounds


Bounds = Annotated[tuple[float, float, float, float], AfterValidator(_rising)]

SCALES = {"csat": (0.0, 100.0), "ces": (0.0, 100.0), "nps": (-100.0, 100.0), "enps": (-100.0, 100.0), "stars": (1.0, 5.0)}
"""The lowest and highest figure of each metric."""


class Satisfaction(Definition):
    """Where low, middling, good and very good begin, for each metric; below the first bound is very low.

    The five steps give pictures their colours. They change no figure.
    """

    csat: Bounds = (40, 55, 70, 80)
    ces: Bounds = (40, 55, 70, 80)
    nps: Bounds = (-20, 0, 30, 50)
    enps: Bounds = (-20, 0, 30, 50)
    stars: Bounds = (2.5, 3.2, 3.9, 4.4)

    def step(self, metric: str, score: float) -> int:
        """The step from 1, very low, to 5, very good.

        >>> Satisfaction().step("csat", 55), Satisfaction().step("nps", -30.0)
        (3, 1)
        """
        bounds: tuple[float, ...] = getattr(self, metric)
        return 1 + sum(score >= bound for bound in bounds)

    def height(self, metric: str, score: float) -> float:
        """How far up a score stands between 0 and 5, such that scores of different metrics in one step stand alike.

        >>> Satisfaction().height("csat", 55), Satisfaction().height("stars", 5), Satisfaction().height("nps", -60)
        (2.0, 5.0, 0.5)
        """
        lowest, highest = SCALES[metric]
        marks = (lowest, *getattr(self, metric), highest)
        step = self.step(metric, score)
        below, above = marks[step - 1], marks[step]
        return step - 1 + min(max((score - below) / (above - below), 0.0), 1.0) if above > below else float(step)
