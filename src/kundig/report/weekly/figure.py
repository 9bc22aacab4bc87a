"""A figure of the report: value, interval, n, where it stood before, and whether that is more than chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from kundig.report.formats import Formats
from kundig.report.phrases import Phrase
from kundig.report.words import VERDICTS

Unit = Literal["percent", "points", "stars", "share", "money", "count", "days"]
DOMAINS: Mapping[str, tuple[float, float]] = {"percent": (0, 100), "points": (-100, 100), "stars": (1, 5), "share": (0, 1)}
DIGITS: Mapping[str, int] = {"stars": 2}
_Z = 1.959963984540054
_LEVEL = 0.05


@dataclass(frozen=True)
class Figure:
    """What was reported; its key stays the same from week to week.

    `more` tells whether more is better; None where it is neither.
    """

    key: str
    unit: Unit
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    before: float | None = None
    before_low: float | None = None
    before_high: float | None = None
    verdict: str | None = None
    more: bool | None = True

    @property
    def change(self) -> float | None:
        """The value less that before."""
        return None if self.value is None or self.before is None else self.value - self.before

    @property
    def p(self) -> float | None:
        """How often chance alone gives such a change; None where there is nothing to compare.

        The interval of the difference is made from those of both figures (MOVER; Zou and Donner 2008, Statistics in
        Medicine 27).
        """
        if self.change is None or None in {self.low, self.high, self.before_low, self.before_high}:
            return None
        value, low, high, before, below, above = (float(end or 0.0) for end in (self.value, self.low, self.high, self.before, self.before_low, self.before_high))
        toward = (value - low, above - before) if self.change > 0 else (high - value, before - below)
        error = math.hypot(*toward) / _Z
        return math.erfc(abs(self.change) / error / math.sqrt(2)) if error > 0 else None

    def record(self) -> dict[str, Any]:
        """The figure as it is kept."""
        return asdict(self)

    def written(self, formats: Formats) -> str:
        """The value as it is read."""
        return written(self.value, self.unit, formats)

    def range(self, formats: Formats) -> str:
        """The interval as it is read."""
        match self.unit:
            case "share":
                return formats.percent_interval(self.low, self.high)
            case "percent":
                return formats.percent_interval(None if self.low is None else self.low / 100, None if self.high is None else self.high / 100, 0)
        return formats.interval(self.low, self.high, DIGITS.get(self.unit, 0))

    def moved(self, formats: Formats) -> str:
        """The change and its verdict in words; empty where there is nothing to compare."""
        if self.change is None or self.verdict is None:
            return ""
        by = formats.change(self.change * (100 if self.unit == "share" else 1), 1 if self.unit in {"share", "stars"} else 0)
        return _MOVED.said(formats.language, by=by, verdict=VERDICTS[self.verdict].said(formats.language))


_MOVED = Phrase("{by}, {verdict}", "{by}, {verdict}")


def written(value: float | None, unit: Unit, formats: Formats) -> str:
    """A value in its unit."""
    match unit:
        case "percent":
            return formats.percent(None if value is None else value / 100, 0)
        case "share":
            return formats.percent(value)
        case "money":
            return formats.short_money(value)
        case "days":
            return formats.span(None if value is None else value * 86400)
    return formats.number(value, DIGITS.get(unit, 0))


def judged(figures: Sequence[Figure]) -> list[Figure]:
    """The figures with verdicts: better or worse only if the change stands among all changes told together.

    Benjamini and Hochberg's false discovery rate, at 5 %.
    """
    tested = [index for index, figure in enumerate(figures) if figure.p is not None]
    q = dict(zip(tested, false_discovery([figures[index].p or 0.0 for index in tested]), strict=True))
    return [replace(figure, verdict=_verdict(figure, q[index])) if index in q else figure for index, figure in enumerate(figures)]


def false_discovery(p: Sequence[float]) -> list[float]:
    """Each test's least rate of false discoveries, after Benjamini and Hochberg (1995).

    Written out because SciPy's `false_discovery_control`, which a test compares, takes longer to load than the report to
    be made.

    >>> false_discovery([0.04, 0.01])
    [0.04, 0.02]
    """
    found, least = [0.0] * len(p), 1.0
    for rank, index in sorted(enumerate(sorted(range(len(p)), key=p.__getitem__), 1), reverse=True):
        least = min(least, p[index] * len(p) / rank)
        found[index] = least
    return found


def _verdict(figure: Figure, q: float) -> str:
    if q > _LEVEL or figure.more is None or not figure.change:
        return "may be chance"
    return "better" if (figure.change > 0) == figure.more else "worse"
