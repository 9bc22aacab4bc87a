"""What is unusual in daily figures of groups: the statistics behind anomalies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kundig.journeys.scales import Kind, Scale, scale
from kundig.statistics import z_value
from kundig.statistics.scanning import FEWEST, Noise, Stretch, expected, noise, stretch

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.settings import Calendar

TYPES = {
    "group": "string",
    "state": "string",
    "n": "int64",
    "since": "date",
    "until": "date",
    "periods": "int64",
    "direction": "string",
    "value": "float64",
    "expected": "float64",
    "low": "float64",
    "high": "float64",
    "times": "float64",
    "z": "float64",
    "p": "float64",
    "q": "float64",
    "concentrated_in": "string",
    "concentrated_share": "float64",
    "usual_share": "float64",
}
STATES = ("anomaly", "every year", "as expected", "too little data")
MOST = 5
"""Stretches that are looked for in one group."""
LEAST = 2
"""Where half of the periods have fewer events, a volume is too thin to tell a pause from chance."""
AS_ODD = 0.5
"""A season is at least half as odd in the other year."""


@dataclass(frozen=True)
class Series:
    """One group's figures: the first day of each period, events, sum and sum of squares by part (rows) and period (columns)."""

    group: str | None
    starts: list[date]
    length: int
    parts: list[str | None]
    n: NDArray[np.float64]
    total: NDArray[np.float64]
    squares: NDArray[np.float64]


def unusual(days: pa.Table, last: date | None, *, kind: Kind, every: str, calendar: Calendar, false_alarms: float, confidence: float) -> Mapping[str, list[Any]]:  # noqa: PLR0913 -- what was asked
    """The answer of `anomalies` from daily counts, sums and sums of squares of each group and part; numbers of events on the scale of roots."""
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    by_group: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for row in days.to_pylist():
        by_group[row["group"]].append(row)
    rows: list[dict[str, Any]] = []
    for group, of in by_group.items():
        series = _series(group, of, last, 7 if every == "week" else 1) if last is not None else None
        rows += _found(series, kind, calendar=calendar, z=z_value(confidence)) if series else [{"group": group, "n": sum(row["n"] for row in of)}]
    tested = [row for row in rows if row.get("p") is not None]
    for row, q in zip(tested, false_discovery_control([row["p"] for row in tested]) if tested else [], strict=True):
        row["q"] = float(q)
    answer: list[dict[str, Any]] = []
    for group in by_group:
        of_group = [row for row in rows if row["group"] == group]
        odd = [row for row in of_group if row.get("q") is not None and row["q"] <= false_alarms]
        answer += [{**row, "state": "every year" if row["seasonal"] else "anomaly"} for row in odd]
        if not odd:
            first = of_group[0]
            answer.append({"group": group, "n": first.get("all", first["n"]), "state": "as expected" if first.get("p") is not None else "too little data"} | {name: first.get(name) for name in ("p", "q")})
    whole = [{name: row.get(name) for name in TYPES} for row in answer]
    whole.sort(key=lambda row: (STATES.index(row["state"]), row["p"] if row["p"] is not None else 2.0, row["group"] is None, row["group"] or "", row["since"] or date.min))
    return {name: [row[name] for row in whole] for name in TYPES}


def _series(group: str | None, rows: list[dict[str, Any]], last: date, length: int) -> Series | None:
    """The group's whole periods: from the first after its first event to the last before now; None if there are none."""
    import numpy as np  # noqa: PLC0415 -- slow import

    begin = min(row["day"] for row in rows)
    if length > 1:
        # Weeks begin on Monday; the one in which the group began may not be whole.
        begin += timedelta(days=-begin.weekday() % 7)
    periods = ((last - begin).days + 1) // length
    if periods < 1:
        return None
    parts = sorted({row["part"] for row in rows}, key=lambda part: (part is None, part or ""))
    place = {part: number for number, part in enumerate(parts)}
    shape = (len(parts), periods)
    sums = {name: np.zeros(shape) for name in ("n", "total", "squares")}
    for row in rows:
        period = (row["day"] - begin).days // length
        if 0 <= period < periods:
            for name, values in sums.items():
                values[place[row["part"]], period] += row[name]
    return Series(group, [begin + timedelta(days=length * number) for number in range(periods)], length, parts, **sums)


def _found(series: Series, kind: Kind, *, calendar: Calendar, z: float) -> list[dict[str, Any]]:
    """The stretches of one series, the oddest first; without p where it is too short."""
    import numpy as np  # noqa: PLC0415 -- slow import

    n, total = series.n.sum(axis=0), series.total.sum(axis=0)
    everything = {"group": series.group, "n": int(n.sum())}
    on, volume = scale(n, total, kind), kind == "roots"
    y, weight = on.y, on.weight
    if np.isfinite(y).sum() < FEWEST or (volume and np.median(n) < LEAST):
        return [everything]
    features = _features(series, calendar, curved=volume)
    left = np.ones(len(n), dtype=bool)
    rows: list[dict[str, Any]] = []
    for _ in range(MOST):
        usual = expected(np.where(left, y, np.nan), features, weight)
        residuals = np.where(left, (y - usual) * weight, np.nan)
        odd = stretch(residuals, features, weight)
        if odd is None:
            break
        outside = np.where(left, residuals, np.nan)
        outside[odd.first : odd.after] = np.nan
        # Without the stretch itself, what is expected and its noise come out cleaner.
        clean = left.copy()
        clean[odd.first : odd.after] = False
        if np.isfinite(y[clean]).sum() >= FEWEST:
            usual = expected(np.where(clean, y, np.nan), features, weight)
            outside = np.where(clean, (y - usual) * weight, np.nan)
        rows.append(everything | {"all": everything["n"]} | _row(series, odd, on, usual, noise(outside, features.shape[1]), z=z))
        if odd.p > 0.05:  # noqa: PLR2004 -- no correction makes a finding of it
            break
        left = clean
        if np.isfinite(y[left]).sum() < FEWEST:
            break
    return rows or [everything]


def _features(series: Series, calendar: Calendar, *, curved: bool) -> NDArray[np.float64]:
    """What is to be expected goes by: level, trend, two waves of the year, weekday, days off."""
    import numpy as np  # noqa: PLC0415 -- slow import

    count = len(series.starts)
    time = np.arange(count) - (count - 1) / 2
    columns = [np.ones(count), time, *([time**2] if curved else [])]
    if count * series.length >= 548:  # noqa: PLR2004 -- a year and a half of days
        turn = 2 * np.pi * np.array([start.timetuple().tm_yday for start in series.starts]) / 365.25
        columns += [function(wave * turn) for wave in (1, 2) for function in (np.sin, np.cos)]
    if series.length == 1:
        weekdays = np.array([start.weekday() for start in series.starts])
        columns += [(weekdays == day).astype(float) for day in range(1, 7)]
    off = calendar.days_off(series.starts[0].year, series.starts[-1].year + 1)
    free = np.array([sum(start <= day < start + timedelta(days=series.length) and day.weekday() < 5 for day in off) for start in series.starts], dtype=float)  # noqa: PLR2004 -- Saturday
    if free.any():
        columns.append(free)
    return np.column_stack(columns)


def _row(series: Series, odd: Stretch, on: Scale, usual: NDArray[np.float64], of: Noise, *, z: float) -> dict[str, Any]:  # noqa: PLR0913 -- the pieces of one row
    import numpy as np  # noqa: PLC0415 -- slow import

    inside, weight, volume = slice(odd.first, odd.after), on.weight, on.kind == "roots"
    known = np.isfinite(on.y[inside])
    length, n = odd.after - odd.first, series.n.sum(axis=0)
    events = n[inside].sum()
    if volume:
        level, error, value = float(usual[inside].mean()), of.error(length), float(events / length)
    else:
        others = np.ones(len(n), dtype=bool)
        others[inside] = False
        share = weight[inside] ** 2 / (weight[inside] ** 2).sum()
        value, level = float(series.total[:, inside].sum() / events), float(share @ usual[inside]) + on.smeared(usual, n, others)
        error = of.error(int(known.sum())) / float(np.sqrt((weight[inside][known] ** 2).mean()))
    middle, low, high = (on.back(each) for each in (level, level - z * error, level + z * error))
    return {
        "n": int(events),
        "since": series.starts[odd.first],
        "until": None if odd.after == len(series.starts) else series.starts[odd.after] - timedelta(days=1),
        "periods": length,
        "direction": "higher" if odd.z > 0 else "lower",
        "value": value,
        "expected": middle,
        "low": low,
        "high": high,
        "times": value / middle if middle > 0 else None,
        "z": odd.z,
        "p": odd.p,
        "seasonal": _seasonal(series, odd, (on.y - usual) * weight),
        **_concentrated(series, odd, volume=volume),
    }


def _seasonal(series: Series, odd: Stretch, residuals: NDArray[np.float64]) -> bool:
    """Whether the same stretch of the year before or after is odd in the same direction, at least half as much."""
    import numpy as np  # noqa: PLC0415 -- slow import

    year, about = round(364 / series.length), max(7 // series.length, 1)
    here = float(np.nanmean(residuals[odd.first : odd.after]))
    for shift in (-year, year):
        for by in range(-about, about + 1):
            first, after = odd.first + shift + by, odd.after + shift + by
            there = residuals[max(first, 0) : after] if first >= 0 and after <= len(residuals) else residuals[:0]
            if np.isfinite(there).any() and float(np.nanmean(there)) * np.sign(here) >= AS_ODD * abs(here):
                return True
    return False


def _concentrated(series: Series, odd: Stretch, *, volume: bool) -> dict[str, Any]:
    """The part that holds most of what is too much or too little."""
    import numpy as np  # noqa: PLC0415 -- slow import

    inside = np.zeros(len(series.starts), dtype=bool)
    inside[odd.first : odd.after] = True
    n_in, n_out = series.n[:, inside].sum(axis=1), series.n[:, ~inside].sum(axis=1)
    if volume:
        excess = n_in - n_out * inside.sum() / max((~inside).sum(), 1)
    else:
        with np.errstate(invalid="ignore", divide="ignore"):
            before = np.where(n_out > 0, series.total[:, ~inside].sum(axis=1) / n_out, series.total[:, ~inside].sum() / max(n_out.sum(), 1))
        excess = series.total[:, inside].sum(axis=1) - n_in * before
    excess *= np.sign(odd.z)
    too_much = np.clip(excess, 0, None)
    if too_much.sum() <= 0:
        return {}
    most = int(too_much.argmax())
    return {
        "concentrated_in": series.parts[most],
        "concentrated_share": float(too_much[most] / too_much.sum()),
        "usual_share": float(n_out[most] / n_out.sum()) if n_out.sum() else None,
    }
