"""Probable links: records that share no key but resemble each other as only records of one person do."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from kundig.identity.blocking import every_pair, fresh_pairs
from kundig.identity.doubts import believable, believed
from kundig.identity.duckdb import answer, engine
from kundig.identity.frequencies import Frequencies, frequencies
from kundig.identity.fresh import Compared, compared, everything, fresh
from kundig.identity.linkage import Plan, coded, formed, labelled_pairs, planned
from kundig.identity.splink import learned, weights

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

OUTGROWN = 1.5
"""From so many times the records on that a model was learned from, it is learned anew."""
LEAST = 2
"""How many columns must tell something: from one alone nothing can be learned about it."""


@dataclass(frozen=True)
class Model:
    """What was learned: what is compared and where pairs are looked for, the parameters, and what a pair must reach.

    Attributes:
        plan: what is compared.
        parameters: as Splink writes them.
        prior: log2 odds that any two records are one person.
        threshold: the probability from which a pair is a link.
        records: how many it was learned from.
        frequencies: how frequent values were then.
        believed: how probable it is at most that two are one of whom something speaks against it, as `doubts` counts them.
        settled: what of the configuration it was learned by.
    """

    plan: Plan
    parameters: Mapping[str, Any]
    prior: float
    threshold: float
    records: int
    frequencies: Frequencies
    believed: Sequence[float]
    settled: str = ""

    def fits(self, columns: Iterable[str], records: int, settled: str = "") -> bool:
        """Whether it can serve: the same is compared by the same settings, and not so much has come or gone that it should be learned anew."""
        return set(self.plan.sorts) == set(columns) and settled == self.settled and self.records / OUTGROWN <= records <= OUTGROWN * self.records

    @cached_property
    def floor(self) -> float:
        """The probability up to which a pair bears on nothing."""
        return min(LOW, self.threshold) / 100

    @cached_property
    def name(self) -> str:
        """A hash of all that the weight of a pair follows from, with the versions of what computes it."""
        import duckdb  # noqa: PLC0415 -- slow import

        told = [version("kundig"), duckdb.__version__, dict(self.plan.sorts), list(self.plan.rules), list(self.plan.largest), dict(self.parameters), self.prior, self.threshold, list(self.believed), dict(self.frequencies.known)]
        table = self.frequencies.times
        return sha256(json.dumps(told, default=str).encode() + b"".join(table.column(name).combine_chunks().to_numpy(zero_copy_only=False).tobytes() for name in ("value", "times"))).hexdigest()


@dataclass(frozen=True)
class Probable:
    """Pairs of records and how probable it is that they are one person.

    Attributes:
        pairs: subject, other, probability; every pair that was compared and is not hopeless, most probable first.
        threshold: the probability from which a pair is a link: where the expected F1 is greatest.
        precision: the share of links that are expected to be right.
        recall: the share of true pairs among those compared that are expected to be linked.
        warnings: a sentence for each column that helps nobody.
        model: what was learned; None where there was nothing to learn from.
        compared: what was compared; hand it to the next run.
        fresh: how many records had to be compared.
    """

    pairs: pa.Table
    threshold: float
    precision: float
    recall: float
    warnings: tuple[str, ...]
    model: Model | None = None
    compared: Compared | None = None
    fresh: int = 0


def probable(  # noqa: PLR0913 -- all that bears on a link
    records: Any, columns: Sequence[str] | None = None, *, labelled: Any = None, least: float | None = None, precision: float = 0.0, model: Model | None = None, before: Compared | None = None, settled: str = ""
) -> Probable:
    """Which records may be one person.

    Args:
        records: one row a subject: `subject` and what is known of it. Anything that gives Arrow.
        columns: those to compare; all but `subject` by default.
        labelled: records with `cluster`, of which keys have told that they are one; what one person's records have in
            common is learned from them where they are enough, else from the records themselves.
        least: the probability from which a pair is a link; by default the expected error decides.
        precision: the share of links that must be expected to be right.
        model: what was learned before; learned anew by default.
        before: what the run before has compared; where it was by this model, only what has come or changed is compared.
        settled: what of the configuration a model is learned by.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    table = pa.table(records)
    names = list(columns if columns is not None else (name for name in table.column_names if name != "subject"))
    with engine(raw=table) as con:
        coded(con, list(model.plan.sorts) if model else names)
        known = model is not None and before is not None and before.model == model.name
        if not known:
            formed(con, list(model.plan.sorts) if model else names, "records")
        plan = model.plan if model else planned(con, names)
        if not plan.rules or len(plan.sorts) < LEAST:
            return Probable(_nothing(), 1.0, 1.0, 1.0, plan.warnings)
        if known and before is not None:
            count = fresh(con, plan, before)
            fresh_pairs(con, plan)
            con.execute("CREATE TEMP TABLE concerned AS SELECT join_key_l AS code FROM looked UNION SELECT join_key_r FROM looked")
            formed(con, list(plan.sorts), "involved", "concerned")
        else:
            count = table.num_rows
            everything(con, plan)
            every_pair(con, plan)
            con.execute("CREATE TEMP VIEW involved AS FROM records")
        shares = model.frequencies if model else frequencies(con, list(plan.sorts))
        parameters = model.parameters if model else learned(con, plan, table.num_rows, labelled_pairs(con, labelled, plan))
        weights(con, plan, dict(parameters), shares)
        if model is None:
            found = answer(con, "SELECT evidence, contradicted, standing FROM weighed")
            evidence = found.column("evidence").to_numpy()
            prior = _prior(evidence, table.num_rows, parameters["probability_two_random_records_match"])
            most = believed(plan.sorts, found.column("standing").to_numpy()[evidence + prior > 0])
            probability = _probability(found, prior, most)
            threshold = best_threshold(probability, precision)[0]
            model = Model(plan, parameters, prior, _lasting(probability, threshold), table.num_rows, shares, most, settled)
        else:
            threshold = model.threshold
        odds = math.log2(model.floor / (1 - model.floor)) - model.prior
        con.execute(
            "CREATE TEMP TABLE found AS SELECT a.subject, b.subject AS other, evidence, contradicted, standing FROM (FROM held UNION ALL FROM weighed) p "
            f"JOIN hashed a ON a.code = p.join_key_l JOIN hashed b ON b.code = p.join_key_r WHERE evidence > {odds!r}"
        )
        kept = compared(con, model.name, "found")
    probability = _probability(kept.pairs, model.prior, model.believed)
    if threshold >= 1:
        # Where an earlier run was sure of nothing, this one may be.
        threshold = best_threshold(probability, precision)[0]
    if least is not None:
        threshold = least
    right, recall = _expected(probability, threshold)
    pairs = kept.pairs.select(["subject", "other"]).append_column("probability", pa.array(probability)).sort_by([("probability", "descending"), ("subject", "ascending"), ("other", "ascending")])
    return Probable(pairs, threshold, right, recall, plan.warnings, model, kept, count)


def _probability(pairs: pa.Table, prior: float, most: Sequence[float]) -> Numbers:
    """What is believed of pairs with evidence, contradicted and standing."""
    import numpy as np  # noqa: PLC0415 -- slow import

    chance = 1 / (1 + np.exp2(-(pairs.column("evidence").to_numpy() + prior)))
    return believable(chance, pairs.column("contradicted").to_numpy(), pairs.column("standing").to_numpy(), most)


SLACK = 2.0
"""By so many bits a link may weaken as others come before it is given up."""
LOW = 0.1
"""The probability from which a pair may bear on whether two clusters are one."""


def _nothing() -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.table({"subject": pa.array([], pa.string()), "other": pa.array([], pa.string()), "probability": pa.array([], pa.float64())})


def _prior(evidence: Numbers, count: int, share: float) -> float:
    """The log2 odds that any two records are one person: the share of matches among all pairs that the pairs themselves imply.

    Starts from the share that the model was learned with, and is repeated until the expected number of matches stays.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    every = max(count * (count - 1) / 2, 1)
    for _ in range(200):
        expected = float((1 / (1 + np.exp2(-(evidence + np.log2(share / (1 - share)))))).sum())
        following = min(max(expected, 0.5) / every, 0.5)
        if abs(following - share) <= 1e-6 * share:
            break
        share = following
    return float(np.log2(share / (1 - share)))


def best_threshold(probability: Numbers, precision: float = 0.0) -> tuple[float, float, float]:
    """The probability from which links give the greatest expected F1, and the expected precision and recall there.

    The data's own estimated error decides: the sum of the probabilities is how many pairs are expected to be true. Where
    fewer than the share `precision` of the links would be expected to be right, only more probable pairs are links.

    >>> import numpy as np
    >>> best_threshold(np.array([0.99, 0.9, 0.2]))[0]
    0.9
    >>> best_threshold(np.array([0.99, 0.9, 0.2]), 0.95)[0]
    0.99
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    if not len(probability):
        return 1.0, 1.0, 1.0
    falling = np.sort(probability)[::-1]
    right = np.cumsum(falling)
    links = np.arange(1, len(falling) + 1)
    sure = right / links >= precision
    if not sure.any():
        return 1.0, 1.0, 0.0
    best = int(np.argmax(np.where(sure, 2 * right / (links + right[-1]), -1)))
    return float(falling[best]), float(right[best] / links[best]), float(right[best] / right[-1])


def _lasting(probability: Numbers, threshold: float) -> float:
    """The threshold for later runs: between the least probable link and the next pair, so that a few more records undo no link.

    Not more than SLACK below the least probable link, and never where a pair is as likely two persons as one.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    if threshold >= 1:
        return 1.0

    def odds(chance: float) -> float:
        return float(np.log2(max(chance, 1e-12) / max(1 - chance, 1e-12)))

    below = probability[probability < threshold]
    lowest = odds(threshold)
    following = odds(float(below.max())) if len(below) else lowest - 2 * SLACK
    chosen = max((lowest + following) / 2, lowest - SLACK, min(lowest, 0.0))
    return min(float(1 / (1 + 2.0**-chosen)), threshold)


def _expected(probability: Numbers, threshold: float) -> tuple[float, float]:
    """The expected precision and recall at a threshold."""
    there = probability[probability >= threshold]
    return (float(there.mean()) if len(there) else 1.0, float(there.sum() / max(probability.sum(), 1e-12)))
