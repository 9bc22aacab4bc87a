"""The measures of a backtest as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.learned import FEWEST, Tested, tested, verdict
from kundig.foresight.measures import alerted, jackknifed, measures
from kundig.foresight.outcomes import Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row = dict[str, Any]


def judged(past: Panel, segment: NDArray[Any], outcome: str, horizon: int, capacity: int, confidence: float) -> list[Row]:  # noqa: PLR0913 -- what can be asked
    """The rows of `backtest`."""
    learn = past.rows(past.back > 0)
    segment = segment[past.back > 0]
    test = tested(learn, outcome, horizon)
    state, _ = verdict(test, confidence)
    if test.rows is None:
        return [{"group": None, "measure": "verdict", "state": state, "n": len(learn), "leavers": 0}]
    of = segment[np.isin(learn.snapshot, np.unique(test.rows.snapshot))]
    about = {"n": len(test.y), "leavers": int(test.y.sum()), "model": test.model}
    rows: list[Row] = [{"group": None, "measure": "verdict", "state": state, **about}]
    rows += _rows(None, test, np.ones(len(test.y), dtype=bool), capacity, confidence, curve=True)
    for name in sorted({name for name in of if name is not None}):
        rows += _rows(name, test, of == name, capacity, confidence, curve=False)
    return rows


def _rows(group: str | None, test: Tested, which: NDArray[np.bool_], capacity: int, confidence: float, *, curve: bool) -> list[Row]:  # noqa: PLR0913 -- what a group is
    assert test.rows is not None  # noqa: S101 -- for the type checker
    y, p, days, day, back = test.y[which], test.p[which], test.rows.days[which], test.rows.snapshot[which], test.rows.back[which]
    customer, trivial = test.rows.customer[which], {name: other[which] for name, other in test.trivial.items()}
    about = {"group": group, "n": len(y), "leavers": int(y.sum()), "model": test.model}
    if min(y.sum(), len(y) - y.sum()) < FEWEST:
        return [{**about, "measure": "auc", "state": "too few leavers" if y.sum() < FEWEST else "too few who stayed"}]

    def figures(kept: NDArray[np.bool_]) -> Mapping[str, float]:
        found = measures(y[kept], p[kept], day[kept], capacity)
        picked = alerted(p[kept], day[kept], capacity)
        weeks = max((back[kept].max() - back[kept].min() + 30) / 7, 1)
        hit = picked & (y[kept] > 0)
        found["false_alarms_per_week"] = float((picked & (y[kept] == 0)).sum() / weeks)
        lead = days[kept][hit]
        lead = lead[np.isfinite(lead)]
        found["lead_days"] = float(np.median(lead)) if len(lead) else np.nan
        for name, other in trivial.items():
            found[f"auc over {name}"] = found["auc"] - measures(y[kept], other[kept], day[kept], capacity)["auc"]
        if curve:
            order = np.array_split(np.argsort(p[kept], kind="stable"), 10)
            for number, tenth in enumerate(order, 1):
                found[f"expected tenth {number:02}"] = float(p[kept][tenth].mean())
                found[f"observed tenth {number:02}"] = float(y[kept][tenth].mean())
        return found

    measured = jackknifed(figures, customer, confidence)
    return [
        {**about, "measure": name, "state": "ok" if np.isfinite(value) else "too few leavers", "value": _number(value), "low": _number(low), "high": _number(high)}
        for name, (value, low, high) in sorted(measured.items())
    ]


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
