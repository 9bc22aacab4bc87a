"""The measures of a backtest as rows: of probabilities, of scores, and of alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kundig.foresight.learned import FEWEST, Tested, too_few, verdict
from kundig.foresight.measures import alerted, jackknifed, measures, scale, seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Row = dict[str, Any]
Kind = Literal["probability", "score", "alarm"]
OF_PROBABILITIES = ("brier", "calibration_slope", "calibration_error", "expected_per_observed")
AT_CAPACITY = ("recall_at_capacity", "precision_at_capacity", "average_precision")


def as_rows(test: Tested, segment: NDArray[Any], kind: Kind, capacity: int, confidence: float) -> list[Row]:
    """The rows of `backtest`; `segment` is that of each judged row."""
    state = verdict(test, confidence)[0] if kind == "probability" else _tells(test, kind, confidence)
    if test.rows is None:
        return [{"group": None, "measure": "verdict", "state": state, "n": len(test.y), "leavers": int(test.y.sum())}]
    about = {"n": len(test.y), "leavers": int(test.y.sum()), "model": test.model}
    rows: list[Row] = [{"group": None, "measure": "verdict", "state": state, **about}]
    rows += _rows(None, test, np.ones(len(test.y), dtype=bool), kind, capacity, confidence)
    for name in sorted({name for name in segment if name is not None}):
        rows += _rows(name, test, segment == name, kind, capacity, confidence)
    return rows


def _tells(test: Tested, kind: Kind, confidence: float) -> str:
    """Whether a score or alarm tells leavers apart beyond chance: a score by its ranking, an alarm by how much oftener those leave for whom it fires."""
    if test.state != "ok" or test.rows is None:
        return test.state
    if few := too_few(test):
        return few

    def figures(kept: NDArray[np.bool_]) -> Mapping[str, float]:
        if kind == "alarm":
            return {"times as often": _of_alarms(test.y[kept], test.p[kept] > 0)["times as often"]}
        return {"auc": measures(test.y[kept], test.p[kept], np.zeros(int(kept.sum())), 1)["auc"]}

    [(_, low, _)] = jackknifed(figures, test.rows.customer, confidence, scale=scale, seen=seen(test.y)).values()
    return "ok" if low > (1 if kind == "alarm" else 0.5) else "no better than chance"


def _rows(group: str | None, test: Tested, which: NDArray[np.bool_], kind: Kind, capacity: int, confidence: float) -> list[Row]:  # noqa: PLR0913 -- what a group is
    assert test.rows is not None  # noqa: S101 -- for the type checker
    y, p, days, day, back = test.y[which], test.p[which], test.rows.days[which], test.rows.snapshot[which], test.rows.back[which]
    customer, trivial = test.rows.customer[which], {name: other[which] for name, other in test.trivial.items()}
    about = {"group": group, "n": len(y), "leavers": int(y.sum()), "model": test.model}
    if min(y.sum(), len(y) - y.sum()) < FEWEST:
        return [{**about, "measure": "auc", "state": "too few leavers" if y.sum() < FEWEST else "too few who stayed"}]

    def warned(kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return alerted(p[kept], day[kept], capacity) if kind != "alarm" else p[kept] > 0

    def weeks(kept: NDArray[np.bool_]) -> float:
        return float(max((back[kept].max() - back[kept].min() + 30) / 7, 1))

    def figures(kept: NDArray[np.bool_]) -> Mapping[str, float]:
        found = measures(y[kept], p[kept], day[kept], capacity)
        if kind != "probability":
            found = {name: value for name, value in found.items() if name not in OF_PROBABILITIES}
        picked = warned(kept)
        hit = picked & (y[kept] > 0)
        if kind == "alarm":
            found = {name: value for name, value in found.items() if name not in AT_CAPACITY} | _of_alarms(y[kept], picked)
        found["false_alarms_per_week"] = float((picked & (y[kept] == 0)).sum() / weeks(kept))
        lead = days[kept][hit]
        lead = lead[np.isfinite(lead)]
        found["lead_days"] = float(np.median(lead)) if len(lead) else np.nan
        for name, other in trivial.items():
            found[f"auc over {name}"] = found["auc"] - measures(y[kept], other[kept], day[kept], capacity)["auc"]
        if kind == "probability" and group is None:
            order = np.array_split(np.argsort(p[kept], kind="stable"), 10)
            for number, tenth in enumerate(order, 1):
                found[f"expected tenth {number:02}"] = float(p[kept][tenth].mean())
                found[f"observed tenth {number:02}"] = float(y[kept][tenth].mean())
        return found

    every = np.ones(len(y), dtype=bool)
    alarms = int(warned(every).sum())
    of = seen(y) | {"precision_at_capacity": alarms, "precision": alarms, "times as often": alarms * y.mean(), "false_alarms_per_week": weeks(every), **{f"observed tenth {number:02}": len(y) // 10 for number in range(1, 11)}}
    measured = jackknifed(figures, customer, confidence, scale=scale, seen=of)
    return [_row(name, found, about) for name, found in sorted(measured.items())]


def _row(name: str, found: tuple[float, float, float], about: Row) -> Row:
    """A measure with its interval; without one it is no figure."""
    known = bool(np.isfinite(found).all())
    value, low, high = found if known else (None, None, None)
    return {**about, "measure": name, "state": "ok" if known else "too few leavers", "value": value, "low": low, "high": high}


def _of_alarms(y: Any, picked: NDArray[np.bool_]) -> dict[str, float]:
    base = float(y.mean())
    precision = float(y[picked].mean()) if picked.any() else np.nan
    return {"alarmed": float(picked.mean()), "recall": float(y[picked].sum() / y.sum()), "precision": precision, "lost anyway": base, "times as often": precision / base}
