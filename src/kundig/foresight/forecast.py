"""The rows of the renewal forecast."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from kundig.foresight.hazard import STRETCHES, hazard
from kundig.foresight.lasso import Numbers
from kundig.foresight.learned import at_the_time, tested, verdict, why_not
from kundig.foresight.measures import jackknifed
from kundig.foresight.outcomes import Panel

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Row = dict[str, Any]
SPANS = ((0, 90), (90, 180))
FEW = 10
"""Of fewer leavers, or fewer who stayed, not even a mean is known: an interval from so few would look like knowledge."""


def forecast(past: Panel, rows: pa.Table, everyone: pa.Table, confidence: float, z: float) -> list[Row]:
    """The rows, from snapshots of customers at risk (`past`, `rows` beside it) and of everyone."""
    price = np.nan_to_num(rows["price"].to_numpy().astype(np.float64))
    now = past.snapshot == 0
    at = pc.max(everyone["at"]).as_py()
    noticed = everyone.filter(pc.and_(pc.equal(everyone["snapshot"], 0), pc.equal(everyone["contract_state"], "notice was given")))
    about: Row = {"part": "coming", "made_at": at, "n": int(now.sum()), "amount": _euros(price[now].sum()), "noticed": _euros(np.nansum(noticed["price"].to_numpy()))}
    if not now.any():
        return [{**about, "state": "no contract"}]
    learn, worth = past.rows(past.back > 0), price[past.back > 0]
    probabilities, basis = _probabilities(learn, past.rows(now), confidence)
    found = [_span(start, end, probabilities, learn, worth, price[now], about | {"basis": basis}, confidence, z) for start, end in SPANS]
    coming = [row | ({} if number == 0 else {"noticed": None}) for number, row in enumerate(found) if row["state"] == "ok" or number == 0]
    return coming + _earlier(learn, worth, at, confidence, z)


def _probabilities(learn: Panel, now: Panel, confidence: float) -> tuple[tuple[Numbers, Numbers] | None, str]:
    """The probability of each customer to have left by the end of each stretch, and by each fold's model; none where it does not hold."""
    if why_not(learn, "end", 90):
        return None, "mean of the past"
    test = tested(learn, "end", 90, trivial=False)
    if verdict(test, confidence)[0] != "ok":
        return None, "mean of the past"
    model = hazard(learn.x, learn.days, learn.back, learn.customer, when=learn.snapshot, only=test.model)
    if model is None or model.stretches < len(STRETCHES):
        return None, "mean of the past"
    stays = np.zeros(len(now))
    each = []
    for stretch in range(model.stretches):
        odds = model.model.each(np.column_stack([now.x, np.full(len(now), float(stretch))]))
        stays = stays - np.logaddexp(0, odds)
        each.append(-np.expm1(stays))
    return (model.probabilities(now.x), np.array(each)), "customers"


def _span(  # noqa: PLR0913 -- what a span needs
    start: int, end: int, known: tuple[Numbers, Numbers] | None, learn: Panel, worth: Numbers, price: Numbers, about: Row, confidence: float, z: float
) -> Row:
    row = {**about, "from_day": start + 1, "to_day": end}
    if state := _unknown(learn, end):
        return {**row, "state": state}
    amount = price.sum()
    if known:
        p, folds = known
        first, last = (STRETCHES.index(start) if start else None), STRETCHES.index(end)
        within = p[:, last] - (p[:, first] if first is not None else 0)
        each = (folds[last] - (folds[first] if first is not None else 0)) @ price
        doubt = (len(each) - 1) / len(each) * ((each - each.mean()) ** 2).sum()
        lost, variance = within @ price, doubt + (within * (1 - within)) @ price**2
    else:
        share, error = _mean(learn, worth, start, end, confidence, z, "lost") or (0.0, 0.0)
        lost, variance = share * amount, (error * amount) ** 2 + share * (1 - share) * (price**2).sum()
    half = z * np.sqrt(variance)
    values = {"lost": lost, "lost_low": max(lost - half, 0.0), "lost_high": min(lost + half, amount)}
    extra, doubt = 0.0, 0.0
    if (grown := _mean(learn, worth, start, end, confidence, z, "grown")) is not None:
        extra, doubt = (part * amount for part in grown)
        values |= {"expanded": extra, "expanded_low": extra - z * doubt, "expanded_high": extra + z * doubt}
    both = np.sqrt(variance + doubt**2) * z
    values |= {"kept": amount - lost + extra, "kept_low": amount - lost + extra - both, "kept_high": amount - lost + extra + both}
    return {**row, "state": "ok", **{name: _euros(value) for name, value in values.items()}}


def _unknown(learn: Panel, end: int) -> str:
    """Why not even the mean of the past says what will be lost; empty if it does."""
    judged = learn.back >= end
    if not judged.any():
        return "the records are too short"
    gone = judged & np.nan_to_num(learn.days <= end)
    leavers, stayers = len(np.unique(learn.customer[gone])), len(np.unique(learn.customer[judged & ~gone]))
    if not leavers or not stayers:
        return "everybody left" if leavers else "no leaver"
    return "too few leavers" if leavers < FEW else "too few who stayed" if stayers < FEW else ""


def _mean(learn: Panel, worth: Numbers, start: int, end: int, confidence: float, z: float, what: str) -> tuple[float, float] | None:  # noqa: PLR0913 -- what a mean is of
    """The share of the amount that was lost, or added by those who stayed, from `start` to `end` days after a snapshot, and its standard error; none where too few customers say so."""
    judged = learn.back >= end
    gone = np.nan_to_num((learn.days > start) & (learn.days <= end))
    if what == "lost":
        over = gone
        gain = worth * over
    else:
        gain = np.nan_to_num(_later(learn, worth, end) - _later(learn, worth, start)) * ~(np.nan_to_num(learn.days, nan=np.inf) <= end)

    if what == "grown" and len(np.unique(learn.customer[judged & (gain != 0)])) < FEW:
        return None

    def figures(kept: NDArray[np.bool_]) -> dict[str, float]:
        rows = kept & judged
        return {"share": float(gain[rows].sum() / max(worth[rows].sum(), 1e-9))}

    value, low, high = jackknifed(figures, learn.customer, confidence)["share"]
    return value, float((high - low) / 2 / z) if np.isfinite(high - low) else 0.0


def _later(learn: Panel, worth: Numbers, days: int) -> Numbers:
    """The price of the same customer so many days after each row; NaN where there is no such snapshot."""
    if days == 0:
        return worth
    spacing = np.diff(np.unique(learn.back))
    steps = round(days / spacing.min()) if len(spacing) else 1
    key = learn.customer.astype(np.int64) * 1000 + learn.snapshot
    order = np.argsort(key)
    wanted = key - steps
    place = np.clip(np.searchsorted(key[order], wanted), 0, max(len(key) - 1, 0))
    return np.where(key[order][place] == wanted, worth[order][place], np.nan)


def _earlier(learn: Panel, worth: Numbers, at: Any, confidence: float, z: float) -> list[Row]:
    """What would have been forecast at past snapshots for the 90 days after, and what came."""
    test = tested(learn, "end", 90, trivial=False) if not why_not(learn, "end", 90) else None
    if test is None or test.rows is None:
        return []
    holds = verdict(test, confidence)[0] == "ok"
    chosen = np.isin(learn.snapshot, np.unique(test.rows.snapshot))
    rows = []
    for snapshot in np.unique(test.rows.snapshot):
        inside, value = test.rows.snapshot == snapshot, worth[chosen][test.rows.snapshot == snapshot]
        p, y, back = test.p[inside], test.y[inside], float(test.rows.back[inside][0])
        doubt = 0.0
        if not holds:
            before = at_the_time(learn, back)
            mean = None if _unknown(before, 90) else _mean(before, worth[learn.back > back], 0, 90, confidence, z, "lost")
            if mean is None:
                continue
            p, doubt = np.full(len(value), mean[0]), mean[1] * value.sum()
        half = z * np.sqrt(doubt**2 + (p * (1 - p)) @ value**2)
        rows.append({
            "part": "earlier", "made_at": at - timedelta(days=back), "from_day": 1, "to_day": 90, "state": "ok", "basis": "customers" if holds else "mean of the past", "n": int(inside.sum()),
            "amount": _euros(value.sum()), "forecast": _euros(p @ value), "forecast_low": _euros(max(p @ value - half, 0)), "forecast_high": _euros(p @ value + half), "happened": _euros(y @ value),
        })  # fmt: skip
    return rows


def _euros(value: float) -> Decimal:
    return Decimal(str(round(float(value), 2)))
