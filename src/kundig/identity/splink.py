"""The probabilistic model: Splink on DuckDB, its parameters estimated from the records themselves, without labels."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import splink.comparison_level_library as level
import splink.comparison_library as comparison
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import SplinkException

from kundig.identity.duckdb import answer

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from kundig.identity.linkage import Plan, Sort

LOWEST = -15.0
"""Pairs below this match weight (bits) are no evidence of anything and are not kept."""


def comparisons(sorts: Mapping[str, Sort]) -> list[Any]:
    """How each column is compared: equal (a rare value counts more), nearly equal in the steps of its sort, different."""
    return [comparison.CustomComparison(output_column_name=name, comparison_levels=[level.NullLevel(name), _equal(name), *_near(name, sort), level.ElseLevel()]) for name, sort in sorts.items()]


def _equal(name: str) -> Any:
    return level.ExactMatchLevel(name, term_frequency_adjustments=True)


def _near(name: str, sort: Sort) -> list[Any]:
    similar = [level.JaroWinklerLevel(name, 0.92), level.JaroWinklerLevel(name, 0.8)]
    match sort:
        case "name" | "words":
            return similar
        case "email":
            return [level.CustomLevel(f"split_part({name}_l, '@', 1) = split_part({name}_r, '@', 1)", "same before the @"), *similar]
        case "date" | "code":
            return [level.DamerauLevenshteinLevel(name, 1), level.DamerauLevenshteinLevel(name, 2)]
        case _:
            return []


def weights(con: DuckDBPyConnection, plan: Plan, count: int) -> pa.Table:
    """Pairs of the table `blocked` as record, other and `evidence`: log2 of how much likelier one person explains them.

    The chance that any two records are one person is not yet in it.
    """
    silent = logging.getLogger("splink")
    before, silent.level = silent.level, logging.ERROR
    try:
        return _weights(con, plan, count)
    finally:
        silent.level = before


def _weights(con: DuckDBPyConnection, plan: Plan, count: int) -> pa.Table:
    prior = 1 / max(count, 2)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="subject",
        probability_two_random_records_match=prior,
        comparisons=comparisons(plan.sorts),
        blocking_rules_to_generate_predictions=[block_on(f"on_{number}") for number in range(len(plan.rules))],
        retain_matching_columns=False,
        em_convergence=0.0001,
        max_iterations=25,
    )
    linker = Linker(DuckDBAPI(con).register("blocked"), settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in _training(plan):
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        except (SplinkException, ValueError):
            # Too few pairs agree there to learn from, or a probability runs to nothing; the other rules still teach.
            continue
    pairs = linker.inference.predict(threshold_match_weight=LOWEST)
    shift = f"log2({prior!r} / (1 - {prior!r}))"
    return answer(con, f"SELECT subject_l AS record, subject_r AS other, match_weight - {shift} AS evidence FROM {pairs.physical_name}")


def _training(plan: Plan) -> Sequence[Any]:
    """Rules to learn from: the columns alone that bring the fewest pairs together, so that most of them are matches.

    Each names its column, since the model learns nothing of a column on which it was asked to agree.
    """
    alone = sorted((pairs, rule[0]) for rule, pairs in plan.pairs.items() if len(rule) == 1)
    number = {rule: place for place, rule in enumerate(plan.rules)}
    return [block_on(name, f"on_{number[name,]}") for _, name in alone[:4]]
