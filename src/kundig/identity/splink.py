"""The probabilistic model: Splink on DuckDB, its parameters estimated from the records themselves, without labels."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import splink.comparison_level_library as level
import splink.comparison_library as comparison
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import SplinkException

from kundig.identity.doubts import contradictions, standing
from kundig.identity.frequencies import looked_up
from kundig.identity.linkage import IN_COMMON
from kundig.identity.moving import ADDRESS, moved

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
PARTICLE = 3
"""Words of up to so many letters, "von" and "de la", are no name."""
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
        case "names":
            return [level.CustomLevel(_in_common(f"{name}_l", f"{name}_r"), IN_COMMON), *similar]
        case "email":
            return [level.CustomLevel(f"split_part({name}_l, '@', 1) = split_part({name}_r, '@', 1)", "same before the @"), *similar]
        case "date" | "code":
            return [level.DamerauLevenshteinLevel(name, 1), level.DamerauLevenshteinLevel(name, 2)]
        case _:
            return []


def _in_common(one: str, other: str) -> str:
    """Whether two family names, of which one has several words, have one of them in common: who marries keeps a part, or tells the name at birth."""
    words = [f"list_filter(string_split({name}, ' '), lambda word: length(word) > {PARTICLE})" for name in (one, other)]
    return f"(contains({one}, ' ') OR contains({other}, ' ')) AND list_has_any({words[0]}, {words[1]})"


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
        lessons = []
        for name, number in _training(plan):
            rule = f"l.on_{number} = r.on_{number}" + "".join(f' AND coalesce(l."{other}" = r."{other}", true) IS NOT NULL' for other in _told_along(plan, name))
            before = deepcopy(linker._settings_obj)  # noqa: SLF001 -- a lesson that fails leaves it without the column it was about
            try:
                session = linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=LESSON if plan.pairs[name,] > LESSON else None)
            except (SplinkException, ValueError):
                # Too few pairs agree there to learn from, or a probability runs to nothing; the other rules still teach.
                linker._settings_obj = before  # noqa: SLF001 -- as above
                continue
            lessons.append(_lesson(session, name, min(plan.pairs[name,], LESSON)))
        return _taught(linker.misc.save_model_to_json(), lessons)


@dataclass(frozen=True)
class _Lesson:
    """What pairs that agree on one column have taught.

    Attributes:
        shared: whether all who live together agree on that column.
        pure: the share of these pairs that are one person.
        matches: how many that are.
        chances: for each column, how often records of one person reach each level.
    """

    shared: bool
    pure: float
    matches: float
    chances: Mapping[str, Sequence[float | None]]


def _lesson(session: Any, name: str, pairs: float) -> _Lesson:
    learned = session.core_model_settings
    pure = float(learned.probability_two_random_records_match)
    chances = {one.output_column_name: [level.m_probability for level in one._comparison_levels_excluding_null] for one in learned.comparisons}  # noqa: SLF001 -- where a lesson is told nowhere else
    return _Lesson(name in ADDRESS or name == "phone", pure, pure * pairs, chances)


def _taught(model: dict[str, Any], lessons: Sequence[_Lesson]) -> dict[str, Any]:
    """The model with each column from the lesson that was surest who is one person: not from an address where there is another, and of others the purest.

    Where few of the pairs of a lesson are one person, it takes those for two who differ in anything else, and those who moved most of all.
    """
    for column in model["comparisons"]:
        name = column["output_column_name"]
        able = [lesson for lesson in lessons if lesson.matches >= ENOUGH and name in lesson.chances and None not in lesson.chances[name]]
        if not able:
            continue
        best = max(able, key=lambda lesson: (not lesson.shared, lesson.pure))
        levels = [one for one in column["comparison_levels"] if not one.get("is_null_level")]
        for one, chance in zip(levels, best.chances[name], strict=True):
            one["m_probability"] = max(float(chance or 0), 1 / best.matches)
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


def weights(con: DuckDBPyConnection, plan: Plan, model: dict[str, Any], shares: Frequencies) -> None:
    """The table `weighed` (join_key_l, join_key_r, evidence, contradicted, standing) of the pairs in the table `looked`.

    Evidence is log2 of how much likelier one person explains the two; the chance that any two records are one is not yet
    in it.

    Args:
        con: the connection that holds `looked`, and `involved`: the normal forms of the records in it.
        plan: what is compared.
        model: as `learned` gives it.
        shares: how frequent values are.
    """
    if not con.execute("SELECT 1 FROM looked LIMIT 1").fetchall():
        con.execute("CREATE TEMP TABLE weighed (join_key_l BIGINT, join_key_r BIGINT, evidence DOUBLE, contradicted BOOLEAN, standing TINYINT)")
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
        differ = " OR ".join(f"coalesce({said}, false)" for said in contradictions(plan.sorts).values()) or "false"
        con.execute(
            f"CREATE TEMP TABLE weighed AS SELECT join_key_l, join_key_r, p.evidence + {moved(plan.sorts, model)} AS evidence, p.evidence > 0 AND ({differ}) AS contradicted, {standing(plan.sorts)} AS standing "
            f"FROM {found} p JOIN involved a ON a.code = p.join_key_l JOIN involved b ON b.code = p.join_key_r"
        )


def _training(plan: Plan) -> Sequence[tuple[str, int]]:
    """Columns to learn from, each with its rule: those that bring the fewest pairs together, so that most of them are matches.

    Columns of the address come last, as those who share one may be a family.
    """
    alone = sorted((rule[0] in ADDRESS, pairs, rule[0]) for rule, pairs in plan.pairs.items() if len(rule) == 1)
    number = {rule: place for place, rule in enumerate(plan.rules)}
    return [(name, number[name,]) for *_, name in alone[:4]]


def _told_along(plan: Plan, name: str) -> Sequence[str]:
    """The columns of which nothing can be learned among pairs that agree on this one: itself, and of an address the rest of it.

    They are named in a condition that always holds, since the model learns nothing of what a rule names.
    """
    return [name, *(other for other in plan.sorts if name in ADDRESS and other in ADDRESS and other != name)]
