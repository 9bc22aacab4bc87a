"""Probable links: records that share no key but resemble each other as only records of one person do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.identity.duckdb import answer, engine
from kundig.identity.linkage import prepared
from kundig.identity.splink import weights

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

LEAST = 2
"""How many columns must tell something: from one alone nothing can be learned about it."""
GREY = 0.1
"""The probability from which a pair that is not linked is shown to somebody."""


@dataclass(frozen=True)
class Probable:
    """Pairs of records and how probable it is that they are one person.

    Attributes:
        pairs: subject, other, probability; every pair that was compared and is not hopeless, most probable first.
        threshold: the probability from which a pair is a link: where the expected F1 is greatest.
        precision: the share of links that are expected to be right.
        recall: the share of true pairs among those compared that are expected to be linked.
        warnings: a sentence for each column that helps nobody.
    """

    pairs: pa.Table
    threshold: float
    precision: float
    recall: float
    warnings: tuple[str, ...]


def probable(records: Any, columns: Sequence[str] | None = None) -> Probable:
    """Which records may be one person.

    Args:
        records: one row a subject: `subject` and what is known of it. Anything that gives Arrow.
        columns: those to compare; all but `subject` by default.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415

    table = pa.table(records)
    names = list(columns if columns is not None else (name for name in table.column_names if name != "subject"))
    nothing = pa.table({"subject": pa.array([], pa.string()), "other": pa.array([], pa.string()), "probability": pa.array([], pa.float64())})
    with engine(raw=table) as con:
        plan = prepared(con, names)
        if not plan.rules or len(plan.sorts) < LEAST:
            return Probable(nothing, 1.0, 1.0, 1.0, plan.warnings)
        found = weights(con, plan, table.num_rows)
        odds = _with_prior(found.column("evidence").to_numpy(), table.num_rows)
        probability = 1 / (1 + np.exp2(-odds))
        threshold, precision, recall = best_threshold(probability)
        con.register("found", found.select(["record", "other"]).append_column("probability", pa.array(probability)))
        low = min(GREY, threshold) / 100
        pairs = answer(con, f"SELECT least(record, other) AS subject, greatest(record, other) AS other, probability FROM found WHERE probability > {low} ORDER BY probability DESC, 1, 2")
    return Probable(pairs, threshold, precision, recall, plan.warnings)


def _with_prior(evidence: Numbers, count: int) -> Numbers:
    """The log2 odds of each pair, with the share of matches among all pairs that the pairs themselves imply.

    Starts from one match a record and is repeated until the expected number of matches no longer moves.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    every = max(count * (count - 1) / 2, 1)
    share = 1 / max(count, 2)
    for _ in range(200):
        expected = float((1 / (1 + np.exp2(-(evidence + np.log2(share / (1 - share)))))).sum())
        following = min(max(expected, 0.5) / every, 0.5)
        if abs(following - share) <= 1e-6 * share:
            break
        share = following
    odds: Numbers = evidence + np.log2(share / (1 - share))
    return odds


def best_threshold(probability: Numbers) -> tuple[float, float, float]:
    """The probability from which links give the greatest expected F1, and the expected precision and recall there.

    The data's own estimated error decides: the sum of the probabilities is how many pairs are expected to be true.

    >>> import numpy as np
    >>> best_threshold(np.array([0.99, 0.9, 0.2]))[0]
    0.9
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    if not len(probability):
        return 1.0, 1.0, 1.0
    falling = np.sort(probability)[::-1]
    right = np.cumsum(falling)
    links = np.arange(1, len(falling) + 1)
    best = int(np.argmax(2 * right / (links + right[-1])))
    return float(falling[best]), float(right[best] / links[best]), float(right[best] / right[-1])
