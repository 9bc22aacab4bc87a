"""What was learned from past snapshots, and how it did on later ones that it had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kundig.foresight.hazard import STRETCHES, Hazard, hazard
from kundig.foresight.lasso import Numbers
from kundig.foresight.measures import jackknifed, measures, scale, seen
from kundig.foresight.outcomes import Panel
from kundig.foresight.signals import NAMES

FEWEST = 30
"""With fewer leavings than this nothing is learned."""
TESTS = 4
"""So many of the latest snapshots that can be judged are kept back."""
TRIVIAL = {"last renewal": "days_since_renewal", "recency": "days_since_event"}
TRIVIAL_BUYERS = {"last order": "days_since_order", "recency": "days_since_event"}
FIT = (0.5, 2.0)
"""Expected leavings per observed ones must be able to lie between these."""


@dataclass(frozen=True)
class Tested:
    """Predictions at past snapshots, by a model that knew only what was known before the first of them.

    Attributes:
        state: `ok`, or why there is nothing.
        y: whether the row was lost within the horizon.
        p: what was predicted; `trivial` the same by one signal alone.
        rows: the tested rows.
    """

    state: str
    model: str
    y: Numbers
    p: Numbers
    trivial: dict[str, Numbers]
    rows: Panel | None
    leavings: int


def tested(past: Panel, outcome: str, horizon: int, *, trivial: bool = True) -> Tested:  # noqa: PT028 -- no test function
    """How predictions did, out of time: learned before the first test, judged after each."""
    stretch = STRETCHES.index(horizon)
    nothing = Tested("", "", np.zeros(0), np.zeros(0), {}, None, 0)
    judged = np.unique(past.snapshot[past.back >= horizon])
    if not len(judged):
        return _because("the records are too short", nothing)
    tests = judged[: max(1, min(TESTS, len(judged) // 3))]
    learn = at_the_time(past, past.back[past.snapshot == tests[-1]][0])
    rows = past.rows(np.isin(past.snapshot, tests))
    event = np.isfinite(rows.days) & (rows.days <= horizon)
    y = (~event if outcome == "no order" else event).astype(np.float64)
    followed = learn.back
    reason = why_not(learn, outcome, horizon)
    if reason:
        return _because(reason, nothing)
    model = hazard(learn.x, learn.days, followed, learn.customer, when=learn.snapshot)
    if model is None or model.stretches <= stretch:
        return _because("the records are too short", nothing)
    p = lost(model, rows.x, stretch, outcome)
    others = trivially(learn, rows, outcome, horizon) if trivial else {}
    return Tested("ok", model.model.name, y, p, others, rows, model.leavings)


def trivially(learn: Panel, rows: Panel, outcome: str, horizon: int) -> dict[str, Numbers]:
    """What rules of thumb would have predicted: models of one signal alone, by name."""
    found = {}
    for name, signal in (TRIVIAL_BUYERS if outcome == "no order" else TRIVIAL).items():
        column = [NAMES.index(signal)]
        alone = hazard(learn.x[:, column], learn.days, learn.back, learn.customer, when=learn.snapshot, only="logistic 0.3")
        if alone and alone.stretches > STRETCHES.index(horizon):
            found[name] = lost(alone, rows.x[:, column], STRETCHES.index(horizon), outcome)
    return found


def at_the_time(past: Panel, back: float) -> Panel:
    """The rows that could be learned from `back` days ago, with only those outcomes that were known then."""
    rows = past.rows(past.back > back)
    since = rows.back - back
    known = np.isfinite(rows.days) & (rows.days <= since) & (rows.known <= since)
    return Panel(rows.x, rows.customer, rows.snapshot, since, np.where(known, rows.days, np.nan), rows.known)


def why_not(past: Panel, outcome: str, horizon: int) -> str:
    """Why nothing can be learned from these rows; empty if it can."""
    judged = past.back >= horizon
    if not judged.any():
        return "the records are too short"
    event = np.isfinite(past.days) & (past.days <= horizon)
    gone = (~event if outcome == "no order" else event) & judged
    leavers, stayers = len(np.unique(past.customer[gone])), len(np.unique(past.customer[judged & ~gone]))
    if outcome == "expansion" and min(leavers, stayers) < FEWEST:
        return "nobody bought more" if not leavers else "too few who bought more" if leavers < FEWEST else "too few who did not"
    if not leavers:
        return "no leaver"
    if not stayers:
        return "everybody left"
    return "too few leavers" if leavers < FEWEST else "too few who stayed" if stayers < FEWEST else ""


def lost(model: Hazard, x: Numbers, stretch: int, outcome: str) -> Numbers:
    """The probability to be lost within a horizon: to have left, or not to have come again."""
    p = model.probabilities(x)[:, stretch]
    return 1 - p if outcome == "no order" else p


def verdict(test: Tested, confidence: float, outcome_of: str = "") -> tuple[str, dict[str, tuple[float, float, float]]]:
    """`ok` where a probability may be shown, and the measures behind it.

    It may not where too few were judged, where the ranking could be chance, or where the number of leavings was not met.
    """
    if test.rows is None:
        return test.state, {}
    rows = test.rows

    def figures(kept: Any) -> dict[str, float]:
        return measures(test.y[kept], test.p[kept], rows.snapshot[kept], max(1, len(rows) // 100))

    found = jackknifed(figures, rows.customer, confidence, scale=scale, seen=seen(test.y))
    if few := too_few(test, outcome_of):
        return few, found
    if not found["auc"][1] > 0.5:  # noqa: PLR2004 -- chance
        return "no better than chance", found
    _, low, high = found["expected_per_observed"]
    return ("ok" if high >= FIT[0] and low <= FIT[1] else "not calibrated"), found


def too_few(test: Tested, outcome_of: str = "") -> str:
    """Why the judged rows are too few to judge by; empty if they are not."""
    more, leavers = outcome_of == "expansion", int(test.y.sum())
    if not leavers:
        return "nobody bought more" if more else "no leaver"
    if leavers < FEWEST:
        return "too few who bought more" if more else "too few leavers"
    return ("too few who did not" if more else "too few who stayed") if len(test.y) - leavers < FEWEST else ""


def _because(reason: str, nothing: Tested) -> Tested:
    return Tested(reason, nothing.model, nothing.y, nothing.p, nothing.trivial, nothing.rows, nothing.leavings)

