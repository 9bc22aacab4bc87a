"""Scores and alarms as they stood at past snapshots: what a backtest judges that was not learned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.errors import ArgumentError, nearest
from kundig.foresight.learned import FEWEST, TESTS, Tested, at_the_time, trivially, why_not
from kundig.foresight.outcomes import Panel
from kundig.foresight.scored import added, places_of, weighed
from kundig.foresight.signals import NAMES

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.foresight.lasso import Numbers

_THRESHOLD = re.compile(r"\s*(?P<signal>\w+)\s*(?P<sign>>=|<=|>|<)\s*(?P<value>-?\d+(?:\.\d+)?)\s*")
SIGNS = {">=": np.greater_equal, "<=": np.less_equal, ">": np.greater, "<": np.less}


def threshold(text: str) -> tuple[str, str, float]:
    """A threshold in words as signal, sign and value.

    >>> threshold("days_since_usage >= 30")
    ('days_since_usage', '>=', 30.0)

    Raises:
        ArgumentError: it cannot be read, or there is no such signal; names the nearest.
    """
    found = _THRESHOLD.fullmatch(text)
    if not found:
        raise ArgumentError(f"--of expects churn, health, or a threshold such as 'days_since_usage >= 30', found {text!r}")
    if found["signal"] not in NAMES:
        raise ArgumentError(f"there is no signal {found['signal']!r}; {nearest(found['signal'], NAMES)}")
    return found["signal"], found["sign"], float(found["value"])


def crossed(past: Panel, of: str) -> NDArray[np.bool_]:
    """Whether each row was beyond a threshold; what is not known is not beyond it."""
    signal, sign, value = threshold(of)
    figures = past.x[:, NAMES.index(signal)]
    return np.asarray(np.isfinite(figures) & SIGNS[sign](np.nan_to_num(figures), value))


def fired(rows: pa.Table, alarms: pa.Table, days: float) -> NDArray[np.bool_]:
    """Whether an alarm of the row's customer fell into the days up to its snapshot.

    Args:
        rows: `customer_id`, `at`.
        alarms: `customer_id`, `at`, in any order.
        days: between two snapshots, so that each alarm counts once.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    names = pc.unique(pa.chunked_array([*rows["customer_id"].chunks, *alarms["customer_id"].cast(rows["customer_id"].type).chunks]))

    def keys(table: pa.Table) -> tuple[Numbers, NDArray[np.int64]]:
        second = pc.cast(pc.cast(table["at"], pa.timestamp("us", "UTC")), pa.int64()).to_numpy() / 1e6
        return np.asarray(second), pc.index_in(table["customer_id"], value_set=names).to_numpy().astype(np.int64)

    (when, who), (at, whose) = keys(rows), keys(alarms)
    stride = 1e10
    sorted_ = np.sort(whose * stride + at)
    until = np.searchsorted(sorted_, who * stride + when, side="right")
    return np.asarray(until > np.searchsorted(sorted_, who * stride + when - days * 86400, side="right"))


def alarmed(past: Panel, flag: NDArray[np.bool_], outcome: str, horizon: int, name: str) -> Tested:
    """How alarms did at all past snapshots that can be judged."""
    return _as_tested(past, np.unique(past.snapshot[past.back >= horizon]), flag.astype(np.float64), outcome, horizon, name)


def healthy(past: Panel, rows: pa.Table, outcome: str, horizon: int) -> Tested:
    """How low health did, with weights learned before the first of the snapshots kept back."""
    judged = np.unique(past.snapshot[past.back >= horizon])
    tests = judged[: max(1, min(TESTS, len(judged) // 3))]
    places = places_of(rows)
    weight = np.ones(places.shape[1]) / places.shape[1]
    if len(tests) and not why_not(learn := at_the_time(past, past.back[past.snapshot == tests[-1]][0]), outcome, horizon):
        old = past.back > past.back[past.snapshot == tests[-1]][0]
        known = learn.back >= horizon
        weight = weighed(places[old][known], lost_by(learn, outcome, horizon)[known] > 0)
    score = added(places, weight)[0]
    # About whom nothing is known, nothing is said: the middle.
    return _as_tested(past, tests, -np.where(np.isfinite(score), score, 50.0), outcome, horizon, "health")


def lost_by(past: Panel, outcome: str, horizon: int) -> Numbers:
    """1 for each row that was lost within the horizon, else 0."""
    event = np.isfinite(past.days) & (past.days <= horizon)
    return np.asarray(~event if outcome == "no order" else event, dtype=np.float64)


def _as_tested(past: Panel, tests: Any, score: Numbers, outcome: str, horizon: int, name: str) -> Tested:  # noqa: PLR0913 -- what is judged
    inside = np.isin(past.snapshot, tests)
    rows = past.rows(inside)
    y = lost_by(rows, outcome, horizon)
    gone, stayed = len(np.unique(rows.customer[y > 0])), len(np.unique(rows.customer[y == 0]))
    state = (
        "the records are too short" if not len(tests) else "no leaver" if not gone else "everybody left" if not stayed
        else "too few leavers" if gone < FEWEST else "too few who stayed" if stayed < FEWEST else "ok"
    )  # fmt: skip
    if not len(tests):
        return Tested(state, name, y, score[inside], {}, None, 0)
    learn = at_the_time(past, past.back[past.snapshot == tests[-1]][0])
    others = {} if state != "ok" or why_not(learn, outcome, horizon) else trivially(learn, rows, outcome, horizon)
    return Tested(state, name, y, score[inside], others, rows, gone)
