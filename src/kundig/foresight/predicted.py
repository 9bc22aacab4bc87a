"""Predictions for today's customers: probability, interval, reasons, what has changed, and the money in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.hazard import STRETCHES, Hazard, hazard
from kundig.foresight.learned import lost, tested, verdict, why_not
from kundig.foresight.outcomes import Meant, Panel, panel, state_column
from kundig.foresight.phrases import WORTH, hooks, leading, phrases, plays
from kundig.foresight.signals import NAMES
from kundig.foresight.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


def predicted(  # noqa: PLR0913 -- what a prediction needs
    past: Panel, now: pa.Table, week: timedelta, outcome: Meant, horizon: int, confidence: float, language: str
) -> Mapping[str, Any]:
    """The columns of `churn`."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    current = now.filter(pc.equal(now["snapshot"], 0))
    state = state_column(outcome)
    at_risk, risky = panel(current, week, outcome)
    earlier, before = panel(now.filter(pc.equal(now["snapshot"], 1)), week, outcome)
    reason, model = _model(past, outcome, horizon, confidence)
    others = current.filter(pc.not_equal(current[state], "ok"))
    rows = len(at_risk)
    told = {"state": pa.array([reason] * rows, pa.string())}
    told |= _at_stake(risky, outcome)
    if model is not None and rows:
        told |= said(model, at_risk, outcome, horizon, confidence, language)
        told |= _changed(model, at_risk, risky, earlier, before, outcome, horizon, language, told["probability"])
        told["expected_loss"] = _money(np.asarray(told["probability"]) * np.asarray(pc.fill_null(pc.cast(told["at_stake"], pa.float64()), 0.0)))
        told["model"] = pa.array([model.model.name] * rows)
    whole = pa.table({**{name: risky[name] for name in ("customer_id", "segment", "product", "n")}, **told})
    rest = pa.table({**{name: others[name] for name in ("customer_id", "segment", "product", "n")}, "state": others[state], **_at_stake(others, outcome)})
    both = pa.concat_tables([whole, rest], promote_options="permissive")
    if "probability" not in both.column_names:
        both = both.append_column("probability", pa.nulls(both.num_rows, pa.float64()))
    both = both.take(pc.sort_indices(both, [("probability", "descending"), ("customer_id", "ascending")]))
    from kundig.foresight.churn import TYPES  # noqa: PLC0415 -- churn loads this module late

    filled = {name: both[name] if name in both.column_names else [None] * both.num_rows for name in TYPES}
    return filled | {"outcome": [outcome] * both.num_rows, "horizon_days": [horizon] * both.num_rows}


def _model(past: Panel, outcome: str, horizon: int, confidence: float) -> tuple[str, Hazard | None]:
    """Why there is no probability, or `ok` and the model learned from everything."""
    learn = past.rows(past.back > 0)
    reason = why_not(learn, outcome, horizon)
    if reason:
        return reason, None
    test = tested(learn, outcome, horizon, trivial=False)
    reason, _ = verdict(test, confidence, outcome)
    if reason != "ok":
        return reason, None
    model = hazard(learn.x, learn.days, learn.back, learn.customer, when=learn.snapshot, only=test.model)
    return ("ok", model) if model is not None and model.stretches > STRETCHES.index(horizon) else ("the records are too short", None)


def said(model: Hazard, at_risk: Panel, outcome: str, horizon: int, confidence: float, language: str) -> dict[str, Any]:  # noqa: PLR0913 -- what a prediction needs
    """What the model says of customers at risk: probabilities, interval, reasons, and what helps."""
    stretch, buyers = STRETCHES.index(horizon), outcome == "no order"
    each = model.probabilities(at_risk.x)
    each = 1 - each if buyers else each
    low, high = model.interval(at_risk.x, stretch, confidence)
    low, high = (1 - high, 1 - low) if buyers else (low, high)
    parts = model.parts(at_risk.x) * (-1 if buyers else 1)
    found: dict[str, Any] = {"probability": each[:, stretch], "low": low, "high": high}
    found |= {f"probability_{days}": each[:, number] for number, days in enumerate(STRETCHES) if number < model.stretches}
    first = leading(parts, 3)
    for rank in range(3):
        signal = first[:, rank]
        size = np.take_along_axis(parts, np.maximum(signal, 0)[:, None], axis=1)[:, 0]
        found[f"reason_{rank + 1}"] = phrases(signal, at_risk.x, language)
        found[f"times_{rank + 1}"] = np.where(signal >= 0, np.exp(size), np.nan)
    can = np.array([bool(WORDS[name].play) for name in NAMES])
    strongest = leading(np.where(can, parts, 0.0), 1)[:, 0]
    found["play"], found["playbook"] = plays(strongest, language), hooks(strongest)
    return found


def _changed(  # noqa: PLR0913 -- what a comparison needs
    model: Hazard, at_risk: Panel, risky: pa.Table, earlier: Panel, before: pa.Table, outcome: str, horizon: int, language: str, p: Any
) -> dict[str, Any]:
    """What moved since a week ago, of customers who were at risk then as well."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    place = pc.index_in(risky["customer_id"], value_set=before["customer_id"]).to_numpy(zero_copy_only=False)
    there = np.isfinite(place.astype(np.float64))
    index = np.where(there, place, 0).astype(np.int64)
    if not there.any():
        return {"change": np.full(len(p), np.nan)}
    then = lost(model, earlier.x, STRETCHES.index(horizon), outcome)[index]
    change = np.where(there, p - then, np.nan)
    moved = model.parts(at_risk.x) - model.parts(earlier.x)[index]
    moved = moved * (-1 if outcome == "no order" else 1) * np.sign(np.nan_to_num(change))[:, None]
    strongest = np.argmax(moved, axis=1)
    worth = there & (np.take_along_axis(moved, strongest[:, None], axis=1)[:, 0] > WORTH)
    return {"change": change, "changed_by": phrases(np.where(worth, strongest, -1), at_risk.x, language)}


def _at_stake(rows: pa.Table, outcome: str) -> dict[str, Any]:
    """A year's money."""
    value = rows["spent_365d"].to_numpy().astype(np.float64) if outcome == "no order" else 12 * rows["price"].to_numpy().astype(np.float64)
    return {"at_stake": _money(value)}


def _money(value: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    # Signals are single precision: beyond the cent there is nothing to round.
    array = pa.array(np.round(np.asarray(value, dtype=np.float64), 2), from_pandas=True)
    return pc.cast(pc.round(array, 2), pa.decimal128(18, 4))
