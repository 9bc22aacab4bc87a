"""The loyalty effect: what a point of NPS goes with in retention and in money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.answered import answered, today
from kundig.value.segment_lift import chosen
from kundig.value.segments import NUMBERS, WORDS

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.journal import Journal

    Numbers = NDArray[np.float64]

PROMOTER, DETRACTOR = 9, 6
YEAR = 12
_OUTCOMES = {"retention": "kept", "repurchase": "again", "spend": "spent"}
_GROUPS = ("promoters", "passives", "detractors")
_TYPES = {
    "outcome": "string", "state": "string", "n": "int64", "point": "float64", "low": "float64", "high": "float64", "verdict": "string", "p": "float64", "customers": "int64",
    "a_year": "decimal(18, 4)", "a_year_low": "decimal(18, 4)", "a_year_high": "decimal(18, 4)", "pending": "int64", "promoters": "int64", "passives": "int64", "detractors": "int64",
    "of_promoters": "float64", "of_passives": "float64", "of_detractors": "float64", "raw_point": "float64", "raw_low": "float64", "raw_high": "float64", "answer_point": "float64",
    "answer_low": "float64", "answer_high": "float64",
}  # fmt: skip


def loyalty_effect(journal: Journal, *, days: int = 182, confounders: str = "product, tenure, age, segment", floor: int = 60, confidence: float = 0.95) -> Estimate:
    """What does a point of NPS go with in retention, repurchase and spend?

    Each customer counts once, by its latest NPS answer whose `days` afterwards are over; what it did in those days is the
    outcome. Retention: of customers with a contract who had not given notice, the share without notice or end of contract.
    Repurchase: of customers without contract who had bought before, the share who bought again. Spend: of customers who had
    spent before, what they spend a month, 0 for who left, from invoices, their corrections and orders, or from payments where none of these has an amount.

    A point of NPS is one customer in a hundred more who is a promoter and not a passive, or a passive and not a
    detractor. `point` is what it goes with for the mean customer: the slope of the outcome on 1, 0 and -1, with the confounders held
    (least squares; errors that need not be alike, HC3); `raw_point` is the same without them. `answer_point` is the slope
    on the answer itself, a point of 0 to 10. `a_year` is what a point goes with for all customers that there are now: what those
    kept pay in a year, or what more is spent in one.

    It goes with the answer. Whether customers stay because they would recommend, or both come from something
    else, this cannot show; see `effects`. All outcomes are corrected for together (Benjamini and Hochberg).

    Args:
        days: how long after the answer customers are followed.
        confounders: what is held, split by commas: product, tenure, age, segment; as it was at the answer.
        floor: with fewer customers than this there is no figure.
        confidence: of the intervals.

    Columns:
        outcome: `retention`, `repurchase`, or `spend`
        state: `ok`, `too few answers`, or `all alike` where answers or outcome do not differ, or not beside the confounders
        n: customers whose time after the answer is over
        point: what a point of NPS goes with for the mean customer, with the confounders held
        low: lower end of its interval
        high: upper end of its interval
        verdict: `goes with more`, `goes with less`, or `no difference shown`; null without a figure
        p: how often chance gives such a slope, corrected for all outcomes
        customers: to whom the outcome applies now: with contract, without who bought, or who spent within `days`
        a_year: money a year that a point of NPS goes with for all of them; null for repurchase
        a_year_low: lower end of its interval
        a_year_high: upper end of its interval
        pending: customers who answered, of whom no answer is old enough
        promoters: of `n`, who answered 9 or 10
        passives: 7 or 8
        detractors: 0 to 6
        of_promoters: mean outcome of promoters; shares from 0 to 1, spend a month in the company's currency
        of_passives: of passives
        of_detractors: of detractors
        raw_point: the same as it is, with nothing held
        raw_low: lower end of its interval
        raw_high: upper end of its interval
        answer_point: what a point of the answer goes with, confounders held
        answer_low: lower end of its interval
        answer_high: upper end of its interval

    Order:
        retention, repurchase, spend

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        There is nothing to answer from: no customer has answered to NPS (metric `nps`).

    Example:
        >>> from kundig.journal import told
        >>> answers = [{"subject": f"c{n}", "kind": "feedback", "metric": "nps", "score": float(n % 11), "occurred_at": "2025-03-01"} for n in range(220)]
        >>> held = [{"subject": f"c{n}", "kind": "contract", "outcome": "started", "amount": 20, "occurred_at": "2025-01-01"} for n in range(220)]
        >>> left = [{"subject": f"c{n}", "kind": "cancellation", "occurred_at": "2025-05-01"} for n in range(220) if n % 11 < 5 and n % 2]
        >>> table = loyalty_effect(told([*answers, *held, *left, ("eve", "visit", "2026-01-31")])).execute()
        >>> table[["outcome", "n", "of_promoters", "point", "verdict"]].round(4).to_dict("records")[0]
        {'outcome': 'retention', 'n': 220, 'of_promoters': 1.0, 'point': 0.002, 'verdict': 'goes with more'}

    Raises:
        ArgumentError: `days` is below 1, or a confounder is not known.
    """
    least(days=days, floor=floor)
    z_value(confidence)
    asked = _Asked(chosen(confounders), max(floor, 2), confidence)
    tables = {"people": answered(journal, days).order_by("customer_id"), "now": today(journal, days)}
    return Estimate(tables, _TYPES, lambda people, now: _answer(people, now, asked))


@dataclass(frozen=True)
class _Asked:
    names: list[str]
    floor: int
    confidence: float


def _answer(people: pa.Table, now: pa.Table, asked: _Asked) -> dict[str, list[Any]]:
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    [found] = now.to_pylist()
    rows = [_row(people, outcome, found, asked) for outcome in _OUTCOMES] if found["asked"] else []
    tested = [row for row in rows if row["p"] is not None]
    for row, p in zip(tested, false_discovery_control([row["p"] for row in tested]) if tested else [], strict=True):
        row["p"] = float(p)
        sure = p <= 1 - asked.confidence and not row["low"] <= 0 <= row["high"]
        row["verdict"] = "no difference shown" if not sure else "goes with more" if row["point"] > 0 else "goes with less"
    return {name: [row[name] for row in rows] for name in _TYPES}


def _row(people: pa.Table, outcome: str, now: dict[str, Any], asked: _Asked) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    from kundig.statistics.overlap import features  # noqa: PLC0415 -- needs it too
    from kundig.statistics.robust import slope  # noqa: PLC0415 -- needs it too

    of = people.filter(pc.is_valid(people[_OUTCOMES[outcome]]))
    y, score = (np.asarray(of[name].to_numpy(zero_copy_only=False), dtype=np.float64) for name in (_OUTCOMES[outcome], "score"))
    code = (score >= PROMOTER).astype(np.float64) - (score <= DETRACTOR)
    row: dict[str, Any] = dict.fromkeys(_TYPES) | {"outcome": outcome, "state": "too few answers", "n": len(y), "pending": now["asked"] - people.num_rows, "customers": now[f"{_OUTCOMES[outcome]}_n"]}
    for name, value in zip(_GROUPS, (1, 0, -1), strict=True):
        row[name] = int((code == value).sum())
    if len(y) < asked.floor:
        return row
    for name, value in zip(_GROUPS, (1, 0, -1), strict=True):
        row[f"of_{name}"] = float(y[code == value].mean()) if row[name] else None
    numbers = {name: np.asarray(of[name].to_numpy(zero_copy_only=False), dtype=np.float64) for name in asked.names if name in NUMBERS}
    words = {name: of[name].to_pylist() for name in asked.names if name in WORDS}
    held = list(features(numbers, words).values())
    raw, fitted, by_answer = slope(y, code), slope(y, code, held), slope(y, score, held)
    if raw is None or fitted is None or by_answer is None or np.ptp(y) == 0:
        return row | {"state": "all alike"}
    low, high = fitted.interval(asked.confidence)
    raw_low, raw_high = raw.interval(asked.confidence)
    answer_low, answer_high = by_answer.interval(asked.confidence)
    row |= {
        "state": "ok", "raw_point": raw.size / 100, "raw_low": raw_low / 100, "raw_high": raw_high / 100, "point": fitted.size / 100, "low": low / 100, "high": high / 100, "p": fitted.p,
        "answer_point": by_answer.size, "answer_low": answer_low, "answer_high": answer_high,
    }  # fmt: skip
    # What a point is worth for everybody: those kept pay what customers pay in the mean.
    each = {"retention": YEAR * (now["kept_money"] or 0.0), "spend": float(YEAR * row["customers"])}.get(outcome)
    if each is not None:
        row["a_year"], row["a_year_low"], row["a_year_high"] = (Decimal(f"{each * end / 100:.4f}") for end in (fitted.size, low, high))
    return row


def behind(journal: Journal, *, days: int = 182) -> ir.Table:
    """Whose time after the answer is over, by what is looked at then and by what they had answered.

    Keys: outcome
    Counts: n, promoters, passives, detractors
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = answered(journal, days)
    up, down = rows.score >= PROMOTER, rows.score <= DETRACTOR
    marks = {"n": rows.score.notnull(), "promoters": up, "passives": ~(up | down), "detractors": down}
    counts = {name: mark.cast("int64") for name, mark in marks.items()}
    return ibis.union(*(rows.filter(rows[column].notnull()).select("customer_id", outcome=ibis.literal(name), **counts) for name, column in _OUTCOMES.items()))
