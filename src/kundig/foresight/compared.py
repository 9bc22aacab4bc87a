"""Leavers against those alike: rate ratios, dose, timing, shares, and what was said beside it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import false_discovery_control, norm, t

from kundig.foresight.adjusted import standing
from kundig.foresight.conditional import conditional
from kundig.foresight.lasso import Numbers
from kundig.foresight.stated import group

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Row = dict[str, Any]
PARTS = 20
NOTHING = "nothing that stands out"
WHO, EXPOSED = "_who", "_exposed"
"""Beside the columns of a row: the numbers of the leavers whom it counts, in the order of their names."""


def compared(members: pa.Table, happened: pa.Table, said: pa.Table, within: int, floor: int, z: float, of_what: str = "leaving") -> list[Row]:  # noqa: PLR0913 -- what is compared
    """The rows of `reasons`."""
    coming = of_what == "joining"
    with_, against = ("goes with joining", "goes with not joining") if coming else ("goes with leaving", "goes with staying")
    leavers = sorted(set(members["leaver"].to_pylist()))
    if not leavers:
        return [{"part": "revealed", "state": "nobody came" if coming else "no leaver", "n": 0}]
    sets = {name: number for number, name in enumerate(leavers)}
    of = np.array([sets[name] for name in members["leaver"].to_pylist()])
    case = np.array([a == b for a, b in zip(members["leaver"].to_pylist(), members["customer_id"].to_pylist(), strict=True)])
    money = np.zeros(len(leavers))
    money[of[case]] = [12 * float(amount or 0) for amount in np.array(members["amount"].to_pylist(), dtype=object)[case]]
    alone = np.bincount(of, minlength=len(leavers))[of] < 2  # noqa: PLR2004 -- without anyone alike
    state = "nobody alike" if alone.all() else ("too few who came" if coming else "too few leavers") if len(leavers) < floor else "ok"
    if state != "ok":
        return [{"part": "revealed", "state": state, "n": len(leavers), WHO: of[case]}, *_said(said, sets, money, floor)]
    place = {pair: row for row, pair in enumerate(zip(members["leaver"].to_pylist(), members["customer_id"].to_pylist(), strict=True))}
    names = sorted(set(happened["incident"].to_pylist()))
    if not names:
        return [{"part": "revealed", "state": "too few incidents", "n": len(leavers), "exposed": 0, "controls": int((~case).sum()), "exposed_controls": 0, WHO: of[case]}, *_said(said, sets, money, floor)]
    dose, days = np.zeros((len(of), len(names))), np.full((len(of), len(names)), np.inf)
    column = {name: number for number, name in enumerate(names)}
    for leaver, customer, name, times, ago in zip(*(happened[key].to_pylist() for key in ("leaver", "customer_id", "incident", "dose", "days")), strict=True):
        dose[place[leaver, customer], column[name]], days[place[leaver, customer], column[name]] = times, ago
    rows = [_alone(name, dose[:, number], days[:, number], case, of, within, z) for number, name in enumerate(names)]
    tested = [row for row in rows if row["state"] == "ok"]
    for one, q in zip(tested, false_discovery_control([row["p"] for row in tested]) if tested else (), strict=True):
        one["q"] = float(q)
        one["verdict"] = "may be chance" if q > 2 * norm.sf(z) else with_ if one["rate_ratio"] > 1 else against
    found = [row for row in tested if row["verdict"] == with_]
    kept, ratios = standing(_exposed(found, dose, column), case, of, z) if found else ([], [])
    for number, (row, (ratio, error)) in enumerate(zip(found, ratios, strict=True)):
        row |= {"adjusted": np.exp(ratio), "adjusted_low": np.exp(ratio - z * error), "adjusted_high": np.exp(ratio + z * error)}
        row["verdict"] = with_ if number in kept else "goes with the others"
    # What only comes along with others takes no share from them.
    found = [row for row in found if row["verdict"] == with_]
    exposed = _exposed(found, dose, column)
    for number, row in enumerate(found):
        row.update(_shared(exposed, [number], case, of, money, z))
    # The price is set against the process even where it may be chance: its range is asked for.
    priced = [row for row in tested if row["reason"].startswith("contract: ") and row not in found]
    levers = [] if coming else _levers(found + priced, _exposed(found + priced, dose, column), case, of, money, z)
    revealed = _revealed(found, exposed, case, of)
    order = sorted(rows, key=lambda row: (row.get("q", 2.0), row["reason"]))
    return [*order, *_said(said, sets, money, floor), *_crossed(said, sets, revealed, money), *levers]


def _alone(name: str, dose: Numbers, days: Numbers, case: NDArray[np.bool_], of: NDArray[np.int64], within: int, z: float) -> Row:  # noqa: PLR0913 -- what one incident is compared by
    there = dose > 0
    row: Row = {"part": "revealed", "reason": name, "n": int(case.sum()), "exposed": int(there[case].sum()), "controls": int((~case).sum()), "exposed_controls": int(there[~case].sum()), WHO: of[case], EXPOSED: of[case & there]}
    if there.sum() < FEWEST_EXPOSED:
        return {**row, "state": "too few incidents"}
    fitted = conditional(there[:, None].astype(float), case, of)
    ratio, error = float(fitted.log_ratio[0]), float(fitted.error[0])
    row |= {"state": "ok", "rate_ratio": np.exp(ratio), "low": np.exp(ratio - z * error), "high": np.exp(ratio + z * error), "p": float(2 * norm.sf(abs(ratio) / error))}
    near, far = there & (days <= within / 2), there & (days > within / 2)
    for names, parts in ((("once", "often"), (dose == 1, dose > 1)), (("recent", "earlier"), (near, far))):
        if min(part.sum() for part in parts) >= FEWEST_EXPOSED:
            row |= _apart(names, np.column_stack(parts).astype(float), case, of, z)
    return row


FEWEST_EXPOSED = 10


def _apart(names: tuple[str, ...], x: Numbers, case: NDArray[np.bool_], of: NDArray[np.int64], z: float) -> Row:
    """Rate ratios of exposures that exclude each other, with their intervals."""
    fitted = conditional(x, case, of)
    row: Row = {}
    for name, ratio, error in zip(names, fitted.log_ratio.tolist(), fitted.error.tolist(), strict=True):
        row |= {name: np.exp(ratio), f"{name}_low": np.exp(ratio - z * error), f"{name}_high": np.exp(ratio + z * error)}
    return row


def _exposed(found: list[Row], dose: Numbers, column: dict[str, int]) -> Numbers:
    return np.column_stack([dose[:, column[row["reason"]]] > 0 for row in found]).astype(float) if found else np.zeros((len(dose), 0))


def _shared(exposed: Numbers, which: list[int], case: NDArray[np.bool_], of: NDArray[np.int64], money: Numbers, z: float) -> Row:  # noqa: PLR0913 -- what is shared
    """The share of leavings, and of their money, above what there would be without these exposures; jackknife over risk sets."""

    def shares(kept: NDArray[np.bool_]) -> tuple[float, float]:
        rows = kept[of]
        _, numbers = np.unique(of[rows], return_inverse=True)
        ratio = conditional(exposed[rows], case[rows], numbers).log_ratio
        lost = 1 - np.exp(-(exposed[rows & case][:, which] @ ratio[which]))
        value = money[of[rows & case]]
        return float(lost.mean()), float(lost @ value / value.sum()) if value.sum() else 0.0

    part = np.random.default_rng(20260301).permutation(len(money)) % PARTS
    # Where fewer leave than else, nothing of the loss goes with it.
    whole = np.clip(shares(np.ones(len(money), dtype=bool)), 0, 1)
    each = np.array([shares(part != number) for number in range(PARTS)])
    half = t.ppf(norm.cdf(z), PARTS - 1) * np.sqrt((PARTS - 1) / PARTS * ((each - each.mean(axis=0)) ** 2).sum(axis=0))
    total = money.sum()
    low, high = np.maximum(whole - half, 0), np.minimum(whole + half, 1)
    return {
        "share": float(whole[0]), "share_low": float(low[0]), "share_high": float(high[0]),
        "amount": _euros(whole[1] * total), "amount_low": _euros(low[1] * total), "amount_high": _euros(high[1] * total),
    }  # fmt: skip


def _levers(found: list[Row], exposed: Numbers, case: NDArray[np.bool_], of: NDArray[np.int64], money: Numbers, z: float) -> list[Row]:  # noqa: PLR0913 -- what is summed
    price = [number for number, row in enumerate(found) if row["reason"].startswith("contract: ")]
    process = [number for number in range(len(found)) if number not in price]
    rows = []
    for lever, which in (("cut the price", price), ("repair the process", process)):
        met = case & (exposed[:, which].sum(axis=1) > 0)
        row: Row = {"part": "lever", "reason": lever, "state": "ok", "n": int(case.sum()), "exposed": int(met.sum()), WHO: of[case], EXPOSED: of[met]}
        if not which:
            rows.append(row | {"state": "too few incidents", "verdict": "may be chance"})
            continue
        shared = _shared(exposed, which, case, of, money, z)
        rows.append(row | shared | {"verdict": "goes with leaving" if shared["share_low"] > 0 else "may be chance"})
    return rows


def _revealed(found: list[Row], exposed: Numbers, case: NDArray[np.bool_], of: NDArray[np.int64]) -> dict[int, str]:
    """For each risk set the incident with the highest adjusted rate ratio that the leaver had."""
    ratios = {row["reason"]: row["adjusted"] for row in found}
    best: dict[int, str] = {}
    for row in np.flatnonzero(case):
        had = [entry["reason"] for number, entry in enumerate(found) if exposed[row, number]]
        best[int(of[row])] = max(had, key=lambda name: (ratios[name], name)) if had else NOTHING
    return best


def _notes(said: pa.Table, sets: dict[str, int]) -> dict[int, tuple[str, str]]:
    """The last reason noted of each leaver, and who typed it."""
    notes = {}
    for customer, text, staff in zip(*(said[key].to_pylist() for key in ("customer_id", "text", "staff")), strict=True):
        if customer in sets:
            notes[sets[customer]] = (group(text), "staff" if staff else "customer")
    return notes


def _said(said: pa.Table, sets: dict[str, int], money: Numbers, floor: int) -> list[Row]:
    from scipy.stats import binomtest  # noqa: PLC0415 -- beside its only use

    notes = _notes(said, sets)
    counts = Counter(notes.values())
    rows = []
    for (name, typed), n in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        row: Row = {"part": "stated", "stated": name, "typed_by": typed, "n": n, "state": "ok" if len(notes) >= floor else "too few leavers", WHO: [number for number, note in notes.items() if note == (name, typed)]}
        if len(notes) >= floor:
            interval = binomtest(n, len(notes)).proportion_ci(method="wilson")
            row |= {"share": n / len(notes), "share_low": interval.low, "share_high": interval.high, "amount": _euros(sum(money[number] for number, note in notes.items() if note == (name, typed)))}
        rows.append(row)
    return rows


def _crossed(said: pa.Table, sets: dict[str, int], revealed: dict[int, str], money: Numbers) -> list[Row]:
    notes = _notes(said, sets)
    counts: Counter[tuple[str, str]] = Counter()
    sums: Counter[tuple[str, str]] = Counter()
    for number, (name, _) in notes.items():
        counts[name, revealed[number]] += 1
        sums[name, revealed[number]] += money[number]
    of = Counter(name for name, _ in notes.values())
    from scipy.stats import binomtest  # noqa: PLC0415 -- beside its only use

    def interval(n: int, whole: int) -> Row:
        ends = binomtest(n, whole).proportion_ci(method="wilson")
        return {"share_low": ends.low, "share_high": ends.high}

    whose = {pair: [number for number, (name, _) in notes.items() if (name, revealed[number]) == pair] for pair in counts}
    return [
        {"part": "stated × revealed", "stated": name, "reason": reason, "state": "ok", "n": n, WHO: whose[name, reason], "share": n / of[name], **interval(n, of[name]), "amount": _euros(sums[name, reason])}
        for (name, reason), n in sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    ]


def _euros(value: float) -> Decimal:
    return Decimal(str(round(float(value), 2)))
