"""The probabilistic model: Splink on DuckDB, its parameters estimated from the records themselves, without labels."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import splink.comparison_level_library as level
import splink.comparison_library as comparison
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import SplinkException

from kundig.identity.families import GENERATION, SLIP, transposed
from kundig.identity.frequencies import looked_up

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kundig.identity.frequencies import Frequencies
    from kundig.identity.linkage import Plan, Sort

LOWEST = -15.0
"""Pairs below this match weight (bits) are no evidence of anything and are not kept."""
ENOUGH = 100
"""From so many pairs on that a key has joined, what is the same in one person is learned from them."""
SELDOM = 1e-6
"""No chance is taken to be smaller."""
RARE = 0.005
"""No level is rarer than that among records of one person, as far as a key has told."""
LESSON = 1_000_000
"""Of more pairs than that a part teaches as much."""
EXPECTED = 0.9
"""How often a column is the same in two records of one person, where nothing is there to learn it from."""


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


def _settings(plan: Plan, prior: float) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="code",
        probability_two_random_records_match=prior,
        comparisons=comparisons(plan.sorts),
        blocking_rules_to_generate_predictions=[block_on(f"on_{number}") for number in range(len(plan.rules))],
        retain_matching_columns=False,
        em_convergence=0.0001,
        max_iterations=25,
    )


@contextmanager
def _silent() -> Iterator[None]:
    logger = logging.getLogger("splink")
    before, logger.level = logger.level, logging.CRITICAL
    try:
        yield
    finally:
        logger.level = before


def learned(con: DuckDBPyConnection, plan: Plan, count: int, labelled: int = 0) -> dict[str, Any]:
    """The model of the tables `records` and `blocked`, in Splink's own notation.

    How often records of two persons agree is counted on random pairs. How often those of one do is counted on the pairs of
    the table `labelled` that keys have joined (its column `cluster`) where there are enough, else estimated by
    expectation maximisation.
    """
    con.execute("CREATE TEMP VIEW learning AS SELECT * FROM records JOIN blocked USING (code)")
    with _silent():
        linker = Linker(DuckDBAPI(con).register("learning"), _settings(plan, 1 / max(count, 2)), validate_settings=False, log_level=logging.CRITICAL)
        linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
        if labelled >= ENOUGH:
            told = Linker(DuckDBAPI(con).register("labelled"), _settings(plan, 1 / max(count, 2)), validate_settings=False, log_level=logging.CRITICAL)
            told.training.estimate_m_from_label_column("cluster")
            matches = told.misc.save_model_to_json()
            for place, (name, sort) in enumerate(plan.sorts.items()):
                label = f"cluster_{name}"
                if con.execute("SELECT 1 FROM duckdb_columns() WHERE table_name = 'labelled' AND column_name = ?", [label]).fetchall():
                    matches["comparisons"][place] = _column(con, replace(plan, sorts={name: sort}), label)
            return _whole(linker.misc.save_model_to_json(), matches, max(1 / labelled, RARE))
        for name, number in _training(plan):
            before = deepcopy(linker._settings_obj)  # noqa: SLF001 -- a lesson that fails leaves it without the column it was about
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(block_on(name, f"on_{number}"), max_pairs=LESSON if plan.pairs[name,] > LESSON else None)
            except (SplinkException, ValueError):
                # Too few pairs agree there to learn from, or a probability runs to nothing; the other rules still teach.
                linker._settings_obj = before  # noqa: SLF001
        model: dict[str, Any] = linker.misc.save_model_to_json()
        return model


def _column(con: DuckDBPyConnection, plan: Plan, label: str) -> dict[str, Any]:
    """What one column says of pairs with the same label; nothing where they are too few."""
    told = Linker(DuckDBAPI(con).register("labelled"), _settings(plan, 0.5), validate_settings=False, log_level=logging.CRITICAL)
    [(pairs,)] = con.execute(f'SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM labelled GROUP BY "{label}")').fetchall()
    if pairs >= ENOUGH:
        told.training.estimate_m_from_label_column(label)
    found: dict[str, Any] = told._settings_obj.as_dict()["comparisons"][0]  # noqa: SLF001 -- where nothing was learned, nothing else writes it
    return found


def _whole(model: dict[str, Any], matches: dict[str, Any], rare: float) -> dict[str, Any]:
    """The model with what matches say: what never happened among them is rare, and of a column that none has told the usual is taken."""
    for column, told in zip(model["comparisons"], matches["comparisons"], strict=True):
        levels = [(one, same.get("m_probability")) for one, same in zip(column["comparison_levels"], told["comparison_levels"], strict=True) if not one.get("is_null_level")]
        unknown = levels[0][1] is None
        for place, (one, chance) in enumerate(levels):
            usual = EXPECTED if place == 0 else (1 - EXPECTED) / max(len(levels) - 1, 1)
            u = one.get("u_probability")
            one["m_probability"] = usual if unknown else max(float(chance or 0), rare)
            # A level that random pairs never reached is evidence of nothing.
            one["u_probability"] = max(float(one["m_probability"] if u is None else u), SELDOM)
    return model


OWN = ("email", "phone")
"""What somebody has for himself, beside the day of birth."""


def contradictions(sorts: Mapping[str, Sort]) -> dict[str, str]:
    """What speaks against one person however much else is the same, by column: SQL over two records a and b.

    Nobody is born twice, and father and son may have all the rest in common, but are a generation apart; brothers and twins
    are not called alike. A given name that stands where the other record has the family name is no other name.
    """
    alike = " AND coalesce(jaro_winkler_similarity(a.given_name, b.given_name) < 0.8, true)" if "given_name" in sorts else ""
    said = {name: _born_apart(f'a."{name}"', f'b."{name}"', alike) for name, sort in sorts.items() if sort == "date"}
    if "given_name" in sorts:
        given = "jaro_winkler_similarity(a.given_name, b.given_name) < 0.6 AND NOT contains(a.given_name, b.given_name) AND NOT contains(b.given_name, a.given_name)"
        swapped = f" AND NOT {transposed('a.given_name', 'a.family_name', 'b.given_name', 'b.family_name')}" if "family_name" in sorts else ""
        said["given_name"] = given + swapped
    said |= _of_a_family(sorts)
    return said


def _of_a_family(sorts: Mapping[str, Sort]) -> dict[str, str]:
    """Name and address may be a father's and his son's: where mailbox or number differ and nothing of one's own agrees, they tell of no one person."""
    agree = {name: f'damerau_levenshtein(a."{name}", b."{name}") <= {SLIP if sort == "date" else 1}' for name, sort in sorts.items() if sort == "date" or name in OWN}
    none = " AND ".join(f"NOT coalesce({same}, false)" for same in agree.values())
    return {name: f'a."{name}" IS NOT NULL AND b."{name}" IS NOT NULL AND {none}' for name in OWN if name in sorts}


def _born_apart(one: str, other: str, otherwise: str) -> str:
    """Whether two days cannot be one person's: a generation apart, or more than a slip where the given names are no reason to doubt the day."""
    generation = f"coalesce(abs(try_cast(left({one}, 4) AS INTEGER) - try_cast(left({other}, 4) AS INTEGER)) >= {GENERATION}, true)"
    swapped = f"left({one}, 4) = left({other}, 4) AND {one}[5:6] = {other}[7:8] AND {one}[7:8] = {other}[5:6]"
    return f"damerau_levenshtein({one}, {other}) > {SLIP} AND NOT ({swapped}) AND ({generation} OR (true{otherwise}))"


def weights(con: DuckDBPyConnection, plan: Plan, model: dict[str, Any], shares: Frequencies) -> None:
    """The table `weighed` (join_key_l, join_key_r, evidence, contradicted) of the pairs in the table `looked`.

    Evidence is log2 of how much likelier one person explains the two; the chance that any two records are one is not yet
    in it.

    Args:
        con: the connection that holds `looked`, and `involved`: the normal forms of the records in it.
        plan: what is compared.
        model: as `learned` gives it.
        shares: how frequent values are.
    """
    if not con.execute("SELECT 1 FROM looked LIMIT 1").fetchall():
        con.execute("CREATE TEMP TABLE weighed (join_key_l BIGINT, join_key_r BIGINT, evidence DOUBLE, contradicted BOOLEAN)")
        return
    prior = model["probability_two_random_records_match"]
    shift = f"log2({prior!r} / (1 - {prior!r}))"
    with _silent():
        base = DuckDBAPI(con)
        linker = Linker(base.register("involved"), model, validate_settings=False, log_level=logging.CRITICAL)
        for name in plan.sorts:
            linker.table_management.register_term_frequency_lookup(base.register(looked_up(con, shares, name, "involved")), name)
        linker.table_management.register_blocked_pairs_for_predict(base.register("looked"))
        pairs = linker.inference.predict(threshold_match_weight=LOWEST)
        found = f"(SELECT code_l AS join_key_l, code_r AS join_key_r, match_weight - {shift} AS evidence FROM {pairs.physical_name})"
        against = contradictions(plan.sorts)
        if not against:
            con.execute(f"CREATE TEMP TABLE weighed AS SELECT *, false AS contradicted FROM {found}")
            return
        differ = " OR ".join(f"coalesce({said}, false)" for said in against.values())
        con.execute(
            f"CREATE TEMP TABLE weighed AS SELECT p.*, evidence > 0 AND ({differ}) AS contradicted FROM {found} p JOIN involved a ON a.code = p.join_key_l JOIN involved b ON b.code = p.join_key_r"
        )


def _training(plan: Plan) -> Sequence[tuple[str, int]]:
    """Columns to learn from, each with its rule: those that bring the fewest pairs together, so that most of them are matches.

    Each is named beside its rule, since the model learns nothing of a column on which it was asked to agree.
    """
    alone = sorted((pairs, rule[0]) for rule, pairs in plan.pairs.items() if len(rule) == 1)
    number = {rule: place for place, rule in enumerate(plan.rules)}
    return [(name, number[name,]) for _, name in alone[:4]]
