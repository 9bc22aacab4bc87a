"""Segment lift: what belonging to a segment goes with, in spend or in retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError, nearest
from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.segments import NUMBERS, WORDS, Outcome, belonging, people, segments

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

BALANCED = 0.1
"""Standard deviations below which groups count as alike."""
_TYPES = {
    "segment": "string", "outcome": "string", "state": "string", "n": "int64", "lift": "float64", "low": "float64", "high": "float64", "verdict": "string", "members": "int64",
    "member_mean": "float64", "other_mean": "float64", "raw_lift": "float64", "raw_low": "float64", "raw_high": "float64", "p": "float64", "explained": "float64", "e_value": "float64",
    "e_value_low": "float64", "imbalance": "float64",
}  # fmt: skip


def segment_lift(  # noqa: PLR0913 -- what can be asked of a segment
    journal: Journal, *, segment: str | None = None, outcome: Outcome = "spend", days: int = 365, confounders: str = "product, tenure, age, segment", floor: int = 30, confidence: float = 0.95
) -> Estimate:
    """What does belonging to a segment go with: more spend, or more loyalty?

    The raw lift is the mean of members by that of others, less 1. Members differ in other things too; the lift is what
    remains when both groups are weighted to be alike in the confounders, by overlap weights from a logistic propensity (Li, Morgan and
    Zaslavsky 2018). `segment_balance` shows how alike they became. The interval takes the weights as given. What is not among the
    confounders is not taken out: the E-value says how strongly such a thing would have to go with both membership and outcome,
    as a ratio, to explain the lift away (VanderWeele and Ding 2017); near 1, little would do.

    A lift goes with belonging to the segment. That it comes from it, this cannot show; see `effects`. Several segments are
    corrected for (Benjamini and Hochberg).

    Args:
        segment: `advocates` (latest NPS answer 9 or 10, against all others who answered), `fans` (wrote in public), `app users` (any event by app), `trained`; all of them where nothing is said.
        outcome: mean spend of a month with spend, from invoices, their corrections and orders, or from payments where none of these has an amount; or being kept, of customers with a contract.
        days: how far back spend counts; or how long ago customers were looked at, to see who was kept.
        confounders: what is taken out, split by commas: product, tenure, age, segment.
        floor: with fewer members or others than this there is no figure.
        confidence: of the intervals.

    Columns:
        segment: its name
        outcome: as asked
        state: `ok`, `too few customers`, or `not alike` if a difference of more than 0.1 standard deviations remains
        n: customers whose outcome is known
        lift: mean outcome of members by that of others, less 1, both groups weighted alike
        low: lower end of its interval
        high: upper end of its interval
        verdict: `goes with more`, `goes with less`, or `no difference shown`; null without a figure
        members: of these, in the segment
        member_mean: mean outcome of members
        other_mean: mean outcome of the others
        raw_lift: member_mean by other_mean, less 1, as they are
        raw_low: lower end of its interval
        raw_high: upper end of its interval
        p: how often chance alone gives such a lift, corrected for all segments
        explained: raw_lift less lift: what the confounders go with
        e_value: of the lift
        e_value_low: of the end of its interval that is nearer to none; 1 where the interval holds none
        imbalance: the largest difference that remains between both groups, in standard deviations

    Order:
        by segment

    Settings:
        company.currency, rates, contracts.end, contracts.pauses, contracts.comeback_days, contracts.moved_to

    Empty:
        There is nothing to answer from: of no customer the outcome is known: spend from events of kind `invoice`, `order` or `payment`,
        being kept from contracts.

    Example:
        >>> from kundig.journal import told
        >>> bought = [{"subject": f"c{n}", "kind": "invoice", "occurred_at": "2026-01-05", "amount": 20 + n % 5 + 5 * (n % 2)} for n in range(80)]
        >>> app = [{"subject": f"c{n}", "kind": "visit", "channel": "app", "occurred_at": "2026-01-04"} for n in range(1, 80, 2)]
        >>> table = segment_lift(told([*bought, *app]), segment="app users").execute()
        >>> table[["n", "members", "raw_lift", "verdict"]].round(2).to_dict("records")
        [{'n': 80, 'members': 40, 'raw_lift': 0.23, 'verdict': 'goes with more'}]

    Raises:
        ArgumentError: there is no such segment or confounder.
    """
    least(floor=floor)
    names, columns = segments(segment), chosen(confounders)
    z = z_value(confidence)
    rows = people(journal, outcome, days).order_by("customer_id")
    return Estimate({"people": rows}, _TYPES, lambda people: _answer(people, names, columns, outcome, max(floor, 2), z, 1 - confidence))


def chosen(confounders: str) -> list[str]:
    """The confounders by name.

    Raises:
        ArgumentError: one of them is not known.
    """
    names = [name.strip() for name in confounders.split(",") if name.strip()]
    for name in names:
        if name not in (*NUMBERS, *WORDS):
            raise ArgumentError(f"--confounders does not know {name!r}; {nearest(name, (*NUMBERS, *WORDS))}")
    return names


def compared(people: pa.Table, name: str, columns: list[str]) -> tuple[Any, Any, dict[str, Any]]:
    """Of those who can belong to a segment: the outcome, who is a member, and the columns that a propensity is modelled from."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    from kundig.statistics.overlap import features  # noqa: PLC0415 -- needs it too

    mark = f"in_{name.replace(' ', '_')}"
    able = people.filter(pc.is_valid(people[mark]))
    numbers = {column: np.asarray(able[column].to_numpy(zero_copy_only=False), dtype=np.float64) for column in columns if column in NUMBERS}
    words = {column: able[column].to_pylist() for column in columns if column in WORDS}
    return able["y"].to_numpy().astype(np.float64), able[mark].to_numpy().astype(np.float64), features(numbers, words) if able.num_rows else {}


def _answer(people: pa.Table, names: list[str], columns: list[str], outcome: str, floor: int, z: float, alpha: float) -> dict[str, list[Any]]:  # noqa: PLR0913 -- what was asked
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    from kundig.statistics.overlap import differences, e_value, overlap_weights, ratio_of_means  # noqa: PLC0415 -- needs it too

    rows = []
    for name in sorted(names) if people.num_rows else []:
        y, member, of = compared(people, name, columns)
        row: dict[str, Any] = dict.fromkeys(_TYPES) | {"segment": name, "outcome": outcome, "state": "too few customers", "n": len(y), "members": int(member.sum())}
        rows.append(row)
        if min(member.sum(), len(y) - member.sum()) < floor:
            continue
        weight = overlap_weights(member, of)
        raw, like = ratio_of_means(y, member, np.ones_like(y), z), ratio_of_means(y, member, weight, z)
        rest = max((abs(differences(member, column, weight)[2]) for column in of.values()), default=0.0)
        nearer = 1.0 if like.low <= 0 <= like.high else e_value(1 + (like.low if like.lift > 0 else like.high))
        row |= {
            "state": "ok" if rest <= BALANCED else "not alike", "member_mean": raw.members, "other_mean": raw.others, "raw_lift": raw.lift, "raw_low": raw.low, "raw_high": raw.high,
            "lift": like.lift, "low": like.low, "high": like.high, "p": like.p, "explained": raw.lift - like.lift, "e_value": e_value(1 + like.lift), "e_value_low": nearer, "imbalance": rest,
        }  # fmt: skip
    tested = [row for row in rows if row["p"] is not None]
    for row, p in zip(tested, false_discovery_control([row["p"] for row in tested]) if tested else [], strict=True):
        row["p"] = float(p)
        sure = p <= alpha and not row["low"] <= 0 <= row["high"]
        row["verdict"] = "no difference shown" if not sure else "goes with more" if row["lift"] > 0 else "goes with less"
    return {name: [row[name] for row in rows] for name in _TYPES}


def behind(journal: Journal, *, segment: str | None = None, outcome: Outcome = "spend", days: int = 365) -> ir.Table:
    """Whose outcome is known, and who of them belongs to the segment.

    Keys: segment
    Counts: n, members
    """
    return belonging(journal, segments(segment), outcome, days)
