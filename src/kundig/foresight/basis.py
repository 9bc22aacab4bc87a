"""What a signal may do to the odds: go up or down in a line that bends, jump at a step, or matter by being unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.lasso import Numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

BENDS = (0.1, 0.25, 0.5, 0.75, 0.9)
STEPS = tuple(np.linspace(0.04, 0.96, 12))
FEW = 10
"""Up to so many different values, each may have a step of its own."""
LINE, BEND, STEP, MISSING = range(4)
RARE = 0.005


@dataclass(frozen=True)
class Basis:
    """The columns that signals are turned into, each on one scale: signal, form and place.

    Attributes:
        of: the signal of each column.
        form: LINE, BEND, STEP or MISSING.
        place: where the bend or step is.
        low: lowest value of each signal that is told apart; beyond it the line goes on flat, so that nobody is judged by a guess.
        high: its highest.
        usual: what stands for a missing value.
        mean: of each column.
        scale: its standard deviation; infinite for a constant column, which can have no part.
    """

    of: NDArray[np.int64]
    form: NDArray[np.int64]
    place: Numbers
    low: Numbers
    high: Numbers
    usual: Numbers
    mean: Numbers
    scale: Numbers

    def __len__(self) -> int:
        return len(self.of)

    def column(self, x: Any, number: int) -> Any:
        """One column for rows `x` of signals, on its scale."""
        signal, form = self.of[number], self.form[number]
        values = x[:, signal]
        if form == MISSING:
            plain = ~np.isfinite(values)
        else:
            filled = np.clip(np.where(np.isfinite(values), values, self.usual[signal]), self.low[signal], self.high[signal])
            plain = filled if form == LINE else np.maximum(filled - self.place[number], 0) if form == BEND else filled > self.place[number]
        return (plain - self.mean[number]) / self.scale[number]

    def matrix(self, x: Any) -> Any:
        """All columns, in single precision."""
        found = np.empty((len(x), len(self)), dtype=np.float32, order="F")
        for number in range(len(self)):
            found[:, number] = self.column(x, number)
        return found


def basis(x: Numbers) -> Basis:
    """The basis that rows of signals call for: it looks at no outcome.

    Args:
        x: a row for each observation, missing as NaN.
    """
    columns: list[tuple[int, int, float]] = []
    low, high, usual = (np.zeros(x.shape[1]) for _ in range(3))
    least = max(FEW, 0.0025 * len(x))
    for signal in range(x.shape[1]):
        values = x[:, signal]
        there = np.isfinite(values)
        known = np.sort(values[there])
        if not len(known):
            continue
        low[signal], high[signal] = np.quantile(known, [0.001, 0.999])
        usual[signal] = np.median(known)
        bends, steps = _places(known)
        columns.append((signal, LINE, 0.0))
        columns += [(signal, BEND, float(place)) for place in bends if low[signal] < place < high[signal]]
        above = len(known) - np.searchsorted(known, steps, side="right")
        columns += [(signal, STEP, float(place)) for place, many in zip(steps, above, strict=True) if least <= many <= len(known) - least and low[signal] <= place < high[signal]]
        if RARE < there.mean() < 1 - RARE:
            columns.append((signal, MISSING, 0.0))
    of, form = (np.array([column[part] for column in columns], dtype=np.int64) for part in (0, 1))
    place = np.array([column[2] for column in columns], dtype=np.float64)
    plain = Basis(of, form, place, low, high, usual, np.zeros(len(of)), np.ones(len(of)))
    mean, scale = np.zeros(len(of)), np.ones(len(of))
    for number in range(len(of)):
        column = np.asarray(plain.column(x, number), dtype=np.float64)
        mean[number] = column.mean()
        spread = column.std()
        scale[number] = spread if spread > 1e-9 * max(1.0, abs(mean[number])) else np.inf
    return Basis(of, form, place, low, high, usual, mean, scale)


def _places(known: Numbers) -> tuple[Any, Any]:
    """Where the line may bend, and where it may step, from sorted values."""
    different = known[np.concatenate([[True], known[1:] != known[:-1]])]
    if len(different) <= FEW:
        # A line through two values is a step.
        return (), (different[1:] + different[:-1]) / 2 if len(different) > 2 else ()  # noqa: PLR2004 -- the number is the thought
    # Many signals are mostly zero: their places lie among the others.
    usual = np.median(known)
    others = known[known != usual]
    bends, steps = np.unique(np.quantile(known, BENDS)), np.unique(np.quantile(known, STEPS))
    if len(bends) <= 2:  # noqa: PLR2004 -- nearly all values are one
        bends = np.unique(np.concatenate([bends, np.quantile(others, BENDS)]))
    if len(steps) < len(STEPS) / 2:
        steps = np.unique(np.concatenate([steps, np.quantile(others, STEPS)]))
    return bends, steps
