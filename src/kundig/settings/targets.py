"""What scores are measured against: the company's own targets, and benchmarks from outside."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from kundig.definition import Definition

Measured = Literal["nps", "csat", "ces", "stars", "enps"]


class _Measure(Definition):
    """A score for the whole company, or for one department, stage, touchpoint, product or segment."""

    metric: Measured
    score: float
    department: str | None = None
    stage: str | None = None
    touchpoint: str | None = None
    product: str | None = None
    segment: str | None = None

    @model_validator(mode="after")
    def _one(self) -> _Measure:
        named = [name for name in OF if getattr(self, name) is not None]
        if len(named) > 1:
            raise ValueError(f"expected at most one of {', '.join(OF)}, found {' and '.join(named)}")
        return self

    @property
    def of(self) -> tuple[str, str] | None:
        """The dimension and its value; None for the company as a whole."""
        return next(((name, value) for name in OF if (value := getattr(self, name)) is not None), None)


OF = ("department", "stage", "touchpoint", "product", "segment")


class ScoreTarget(_Measure):
    """What a department, a touchpoint or the whole company has set itself: the score to reach."""


class Benchmark(_Measure):
    """A score from outside, with its source: a trade survey, a public index."""

    source: str


class Surveys(Definition):
    """Which answers are about the relationship as a whole.

    An answer is relational if it was given at one of the touchpoints `relational`. Where none is named, NPS and eNPS that
    belong to no case are. The property `survey` of an answer, `relational` or `transactional`, decides before both.
    """

    relational: tuple[str, ...] = ()
