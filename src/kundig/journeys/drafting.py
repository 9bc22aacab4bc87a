"""Drafting: which rules the counts of journeys bear out."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from math import ceil
from typing import TYPE_CHECKING, Any

from kundig.settings.journeys import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kundig.settings.journeys import Template

TYPES = {"rule": "string", "template": "string", "n": "int64", "kept": "int64", "share": "float64", "low": "float64", "high": "float64", "support": "float64"}
ORDER: tuple[Template, ...] = ("init", "end", "exactly", "existence", "absence", "succession", "response", "precedence", "chain_response", "responded_existence", "not_coexistence")
SELDOM = 0.5
"""Steps shun each other if they meet for sure less than half as often as chance would have it."""


@dataclass(frozen=True)
class _Draft:
    """What is drafted so far, and what it takes to be.

    Attributes:
        found: the row of each rule, by its template and steps.
    """

    journeys: int
    kept: float
    support: float
    confidence: float
    found: dict[tuple[Template, str, str | None], dict[str, Any]] = field(default_factory=dict)

    def bears(self, rule: Rule, n: int, kept: int) -> bool:
        """Whether most of the journeys that a rule concerns keep it, and they are many; then it is drafted."""
        if not n or n < self.support * self.journeys or kept < self.kept * n:
            return False
        low, high = self.interval(kept, n)
        if low >= self.kept:
            self.found[rule.template, rule.step, rule.other] = {
                "rule": str(rule), "template": rule.template, "n": n, "kept": kept, "share": kept / n, "low": low, "high": high, "support": n / self.journeys,
            }  # fmt: skip
        return low >= self.kept

    def interval(self, times: int, n: int) -> tuple[float, float]:
        """Wilson's, of a share."""
        from scipy.stats import binomtest  # noqa: PLC0415 -- slow import

        ends = binomtest(times, n).proportion_ci(self.confidence, method="wilson")
        return float(ends.low), float(ends.high)


def drafted(single: pa.Table, double: pa.Table, chained: pa.Table, total: pa.Table, *, kept: float, support: float, confidence: float) -> Mapping[str, list[Any]]:  # noqa: PLR0913 -- the reduced tables
    """The answer of `target_draft` from the counts of steps, of pairs of steps, and of pairs that follow each other at once."""
    [journeys] = total["n"].to_pylist() or [0]
    draft = _Draft(journeys, kept, support, confidence)
    of = {row["step"]: row for row in single.to_pylist()}
    pairs = {(row["step"], row["other"]): row for row in double.to_pylist()}
    owed = {step for step, row in of.items() if _alone(draft, step, row)}
    _ordered(draft, of, pairs, {(row["step"], row["other"]): row["chained"] for row in chained.to_pylist()})
    _together(draft, of, pairs, owed)
    rows = sorted(draft.found.values(), key=lambda row: (ORDER.index(row["template"]), -row["share"], -row["n"], row["rule"]))
    return {name: [row[name] for row in rows] for name in TYPES}


def _alone(draft: _Draft, step: str, row: Mapping[str, Any]) -> bool:
    """Draft the rules about one step; whether one says that it has to come."""
    draft.bears(Rule(template="init", step=step), draft.journeys, row["begins"])
    draft.bears(Rule(template="end", step=step), draft.journeys, row["ends"])
    if draft.bears(Rule(template="exactly", step=step), draft.journeys, row["once"]) or draft.bears(Rule(template="existence", step=step), draft.journeys, row["n"]):
        return True
    draft.bears(Rule(template="absence", step=step, times=2), row["n"], row["once"])
    return False


def _ordered(draft: _Draft, of: Mapping[str, Any], pairs: Mapping[tuple[str, str], Any], at_once: Mapping[tuple[str, str], int]) -> None:
    """Draft the rules about the order of two steps."""
    for (step, other), row in pairs.items():
        days = ceil(row["days"]) if row["days"] is not None and row["days"] > 0 else None
        within = f"{days} day{'s' if days != 1 else ''}" if days else None
        either = of[step]["n"] + of[other]["n"] - row["together"]
        # What begins every journey comes before all others anyway.
        begins = ("init", step, None) in draft.found
        if begins or not draft.bears(Rule(template="succession", step=step, other=other, within=within), either, row["both"]):
            draft.bears(Rule(template="response", step=step, other=other, within=within), of[step]["n"], row["responded"])
            if not begins:
                draft.bears(Rule(template="precedence", step=step, other=other), of[other]["n"], row["preceded"])
        draft.bears(Rule(template="chain_response", step=step, other=other), of[step]["n"], at_once.get((step, other), 0))


def _together(draft: _Draft, of: Mapping[str, Any], pairs: Mapping[tuple[str, str], Any], owed: set[str]) -> None:
    """Draft the rules about two steps in any order."""
    for (step, other), row in pairs.items():
        keys: tuple[tuple[Template, str, str], ...] = (("succession", step, other), ("succession", other, step), ("response", step, other), ("precedence", other, step))
        if other not in owed and not any(key in draft.found for key in keys):
            draft.bears(Rule(template="responded_existence", step=step, other=other), of[step]["n"], row["together"])
    for pair in combinations(sorted(of), 2):
        rarer, more = sorted(of[step]["n"] for step in pair)
        met = pairs[pair]["together"] if pair in pairs else 0
        if more >= draft.support * draft.journeys and draft.interval(met, rarer)[1] < SELDOM * more / draft.journeys:
            draft.bears(Rule(template="not_coexistence", step=pair[0], other=pair[1]), rarer, rarer - met)
