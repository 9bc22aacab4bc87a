"""The health score of each row, its weights, and what each part was worth at past snapshots."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.lasso import Numbers
from kundig.foresight.learned import why_not
from kundig.foresight.measures import jackknifed
from kundig.foresight.outcomes import Meant, Panel, panel, state_column
from kundig.settings.health import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.settings.health import HealthWeights

RED, YELLOW = 33.0, 67.0
FIRST, YEAR = 90, 365
NO_CUSTOMER = ("no contract", "has left", "no order yet", "no order in a year")


def scored(  # noqa: PLR0913 -- what a score needs
    table: pa.Table, judgements: pa.Table, every: timedelta, outcome: Meant, weights: str, horizon: int, confidence: float, by_hand: Sequence[HealthWeights] = ()
) -> Mapping[str, Any]:
    """The columns of `health`."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    current = table.filter(pc.equal(table["snapshot"], 0))
    current = current.take(pc.sort_indices(current, [("customer_id", "ascending")]))
    past, rows = panel(table, every, outcome)
    stage_now, places = life_stages(current), places_of(current)
    old = places_of(rows) if rows.num_rows else np.zeros((0, len(PARTS)))
    groups = np.unique(groups_of(current, stage_now))
    of_now, of_past = groups_of(current, stage_now), groups_of(rows, life_stages(rows)) if rows.num_rows else np.zeros(0, dtype=object)
    reason, whole, common = _judged(past, old, outcome, horizon, _given(by_hand, None, "") if weights == "given" else None, confidence, learn=weights == "learned")
    weight, figures, judged_on = np.tile(common, (len(of_now), 1)), np.full((len(of_now), len(PARTS) + 1, 3), np.nan), np.full(len(of_now), "all customers", dtype=object)
    for number, name in enumerate((*PARTS, "health")):
        figures[:, number] = whole.get(name, (np.nan,) * 3)
    for group in groups:
        here, there = of_now == group, of_past == group
        segment, stage = group.split(SEPARATOR)
        own = _given(by_hand, segment or None, stage) if weights == "given" else None
        if own is not None:
            weight[here] = own
        if why_not(past.rows((past.back > 0) & there), outcome, horizon):
            continue
        # Enough leavers of their own: the segment and life stage is judged, and learns, by itself.
        _, alone, learned = _judged(past.rows(there), old[there], outcome, horizon, own, confidence, learn=weights == "learned")
        for number, name in enumerate((*PARTS, "health")):
            figures[here, number] = alone.get(name, (np.nan,) * 3)
        judged_on[here] = f"{segment}, {stage}" if segment else stage
        weight[here] = learned
    total, points, coverage = added(places, weight)
    known = np.isfinite(total)
    found: dict[str, Any] = {name: current[name] for name in ("customer_id", "segment", "n")}
    found["life_stage"] = stage_now
    found["state"] = np.where(known, reason or "ok", "nothing is known")
    found |= {"health": total, "coverage": coverage, "band": np.where(known, np.where(total < RED, "red", np.where(total < YELLOW, "yellow", "green")).astype(object), np.array(None, dtype=object))}
    for number, part in enumerate(PARTS):
        found[f"{part}_points"] = points[:, number]
    for number, name in enumerate((*PARTS, "health")):
        for place, end in enumerate(("", "_low", "_high")):
            found[f"{name}_auc{end}"] = figures[:, number, place]
    for number, name in enumerate(PARTS):
        found[f"{name}_weight"] = weight[:, number] / weight.sum(axis=1)
    found["judged_on"] = judged_on if not reason else np.full(len(total), None)
    last = dict(zip(judgements["customer_id"].to_pylist(), judgements["outcome"].to_pylist(), strict=True))
    found["judgement"] = np.array([last.get(name) for name in current["customer_id"].to_pylist()], dtype=object) if last else np.full(len(total), None)
    # Visitors, and those who have left, are no customers whom anybody could lose.
    none = pc.is_in(current[state_column(outcome)], pa.array(NO_CUSTOMER)).to_numpy().astype(bool)
    order = np.lexsort((np.where(known, total, np.inf), none))
    return {name: column.take(order) if hasattr(column, "take") and not isinstance(column, np.ndarray) else np.asarray(column)[order] for name, column in found.items()}


SEPARATOR = "\x1f"


def groups_of(table: pa.Table, stages: NDArray[Any]) -> NDArray[Any]:
    """The segment and life stage of each row, in one text."""
    return np.array([f"{segment or ''}{SEPARATOR}{stage}" for segment, stage in zip(table["segment"].to_pylist(), stages.tolist(), strict=True)], dtype=object)


def _given(by_hand: Sequence[HealthWeights], segment: str | None, stage: str) -> Numbers | None:
    """The weights settled by hand for such customers: the first that fit; None where nothing is settled."""
    found = next((one for one in by_hand if one.fits(segment, stage)), None)
    return np.array(found.shares) if found else None


def life_stages(table: pa.Table) -> NDArray[Any]:
    """How far each row's relationship has come."""
    tenure, known = (table[name].to_numpy().astype(float) for name in ("tenure_days", "days_known"))
    age = np.where(np.isfinite(tenure), tenure, known)
    return np.where(age < FIRST, "first 90 days", np.where(age < YEAR, "first year", "later"))


def places_of(table: pa.Table) -> Numbers:
    """The place of each row in each part among its segment, life stage and snapshot: 0 the worst, 1 the best; NaN where nothing is known."""

    def column(name: str) -> Numbers:
        return np.asarray(table[name].to_numpy(), dtype=np.float64)

    use = -np.where(np.isfinite(column("days_since_usage")), column("days_since_usage"), column("days_since_order"))
    trouble = column("handovers_worst_120d") + column("open_cases") + column("repeated_cases_365d")
    service = np.where((column("contacts_365d") > 0) | (trouble > 0), -trouble, np.nan)
    failures = column("failed_payments_365d") + column("credits_180d")
    payment = np.where((column("payments_365d") > 0) | (failures > 0), -failures, np.nan)
    values = np.column_stack([use, service, payment, column("score_365d"), -column("days_since_event")])
    segment = table["segment"].fill_null("").combine_chunks().dictionary_encode()
    segment = segment.combine_chunks() if hasattr(segment, "combine_chunks") else segment
    _, stage = np.unique(life_stages(table), return_inverse=True)
    group = (segment.indices.to_numpy(zero_copy_only=False) * 1000 + table["snapshot"].to_numpy()) * 10 + stage
    return np.column_stack([ranked(values[:, number], group) for number in range(len(PARTS))])


def ranked(values: Numbers, group: NDArray[np.int64]) -> Numbers:
    """The share of the group's known others who are below, ties halved; one half where nobody can be compared.

    >>> ranked(np.array([1.0, 2.0, 2.0, np.nan, 5.0]), np.array([0, 0, 0, 0, 1])).tolist()
    [0.0, 0.75, 0.75, nan, 0.5]
    """
    out = np.full(len(values), np.nan)
    there = np.flatnonzero(np.isfinite(values))
    if not len(there):
        return out
    order = there[np.lexsort((values[there], group[there]))]
    v, g = values[order], group[order]
    new_group = np.concatenate([[True], g[1:] != g[:-1]])
    new_value = new_group | np.concatenate([[True], v[1:] != v[:-1]])
    start = np.flatnonzero(new_group)[np.cumsum(new_group) - 1]
    size = np.bincount(np.cumsum(new_group) - 1)[np.cumsum(new_group) - 1]
    tie = np.cumsum(new_value) - 1
    first = np.flatnonzero(new_value)[tie] - start
    ties = np.bincount(tie)[tie]
    out[order] = np.where(size > 1, (first + (ties - 1) / 2) / np.maximum(size - 1, 1), 0.5)
    return out


def added(places: Numbers, weight: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The score, its points a part, and the share of the weight that was known."""
    there = np.isfinite(places)
    given = there * weight
    total = given.sum(axis=1)
    points = np.where(there, 100 * np.nan_to_num(places) * given / np.maximum(total, 1e-12)[:, None], np.nan)
    score = np.where(total > 0, np.nansum(points, axis=1), np.nan)
    return score, np.where(total[:, None] > 0, points, np.nan), total / weight.sum(axis=-1)


def _judged(  # noqa: PLR0913 -- what a judgement needs
    past: Panel, places: Numbers, outcome: str, horizon: int, own: Numbers | None, confidence: float, *, learn: bool
) -> tuple[str, dict[str, tuple[float, float, float]], Numbers]:
    """Why the parts could not be judged, each part's chance to be right, and the weights."""
    equal = np.full(len(PARTS), 1 / len(PARTS)) if own is None else own
    old = (past.back >= horizon) & (past.back > 0)
    rows, places = past.rows(old), places[old]
    reason = why_not(rows, outcome, horizon)
    if reason:
        return reason, {}, equal
    event = np.isfinite(rows.days) & (rows.days <= horizon)
    y = ~event if outcome == "no order" else event
    # The score is judged on the newer half of the snapshots, with weights from the older.
    newer = rows.snapshot <= np.median(np.unique(rows.snapshot))
    earlier = weighed(places[~newer], y[~newer]) if learn and (~newer).any() else equal
    score = added(places, earlier)[0]

    def figures(kept: NDArray[np.bool_]) -> dict[str, float]:
        found = {part: right(-places[kept, number], y[kept]) for number, part in enumerate(PARTS)}
        return found | {"health": right(-score[kept & newer], y[kept & newer])}

    fewer = dict.fromkeys((*PARTS, "health"), float(min(y.sum(), len(y) - y.sum())))
    return "", jackknifed(figures, rows.customer, confidence, scale=lambda _: "share", seen=fewer), weighed(places, y) if learn else equal


def weighed(places: Numbers, y: NDArray[np.bool_]) -> Numbers:
    """Weights in proportion to what each part tells beyond chance; alike where none tells anything."""
    beyond = np.array([max(np.nan_to_num(right(-places[:, number], y), nan=0.5) - 0.5, 0.0) for number in range(len(PARTS))])
    return beyond / beyond.sum() if beyond.sum() > 0 else np.full(len(PARTS), 1 / len(PARTS))


def right(score: Numbers, y: NDArray[np.bool_]) -> float:
    """The chance that a leaver has the higher score; NaN where there is nobody to compare."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 -- slow import

    there = np.isfinite(score)
    if not there.any() or y[there].all() or not y[there].any():
        return float("nan")
    return float(roc_auc_score(y[there], score[there]))
