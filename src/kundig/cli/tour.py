"""The demo's questions: each is asked of the journal as anybody could, and its answer read aloud in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kundig.cli.output import duration

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Stop:
    """One question of the tour: what is asked, how, which rows are shown, and what they say."""

    question: str
    analysis: str
    arguments: dict[str, Any]
    verdict: Callable[[Rows], str]
    shown: Callable[[Rows], Rows] = field(default=lambda rows: rows)
    columns: tuple[str, ...] = ()
    as_of: str | None = None

    @property
    def command(self) -> str:
        """The question as a command."""
        words = [f"--{name} {value}" for name, value in self.arguments.items()] + ([f"--as-of {self.as_of}"] if self.as_of else [])
        return " ".join(["kundig ask", self.analysis, *words])


def _interval(row: dict[str, Any], unit: str = "") -> str:
    return f"{row['score']:.1f}{unit} ({row['low']:.1f} to {row['high']:.1f}, {row['n']:,} answers)"


def _trend(rows: Rows) -> str:
    latest = rows[-1]
    moved = {"better": "better than the quarter before, beyond chance", "worse": "worse than the quarter before, beyond chance"}
    return f"NPS is {_interval(latest)}: {moved.get(latest['verdict'] or '', 'a change against the quarter before may be chance')}."


def _best_and_worst(rows: Rows) -> str:
    sure = sorted((row for row in rows if row["state"] == "ok"), key=lambda row: row["score"])
    few = [row["group"] for row in rows if row["state"] != "ok"]
    said = f"Best is {sure[-1]['group']} with {_interval(sure[-1], ' %')}, worst {sure[0]['group']} with {_interval(sure[0], ' %')}."
    return said + (f" {', '.join(map(str, few))}: too few answers to say." if few else "")


def _below_two(rows: Rows) -> str:
    below = [row for row in rows if row["score"] is not None and row["score"] < 2]
    certain = [str(row["group"]) for row in below if row["high"] < 2]
    doubtful = [str(row["group"]) for row in below if row["high"] >= 2]
    said = f"Under two stars for certain: {', '.join(certain)}." if certain else "No product is under two stars for certain."
    return said + (f" Only looks so: {', '.join(doubtful)}, the interval reaches above two." if doubtful else "")


def _there_and_back(rows: Rows) -> str:
    found = {(row["source"], row["target"]): row for row in rows}
    pairs = [(row, found[target, source]) for (source, target), row in found.items() if source < target and (target, source) in found]
    if not pairs:
        return "No case goes back and forth between two departments."
    one, other = max(pairs, key=lambda pair: min(pair[0]["n"], pair[1]["n"]))
    return (
        f"Cases go back and forth between {one['source']} and {one['target']}: {one['n']:,} times there, {other['n']:,} times back; "
        f"the way back takes {duration(other['median_seconds'])} in the middle."
    )


def _main_way(rows: Rows) -> str:
    return f"The most frequent way is taken by {100 * rows[0]['share']:.0f} % of {sum(row['n'] for row in rows):,}; {100 * rows[-1]['share']:.0f} % take one that is not listed."


def _exits(rows: Rows) -> str:
    last = [row for row in rows if row["end"] == "exit"]
    return f"Most journeys ended last at {last[0]['step']}: {100 * last[0]['share']:.0f} % ({100 * last[0]['low']:.1f} to {100 * last[0]['high']:.1f})."


def _then(rows: Rows) -> str:
    return f"A year ago the answer was {_interval(rows[0], ' %')}: nothing that became known later is in it."


TOUR = (
    Stop("How likely are customers to recommend us, and is it getting better?", "feedback.scores", {"metric": "nps", "every": "quarter"}, _trend, lambda rows: rows[-6:], ("period", "n", "score", "low", "high", "verdict")),
    Stop("Where does service leave them satisfied, and where not?", "feedback.scores", {"metric": "csat", "by": "touchpoint"}, _best_and_worst, columns=("group", "state", "n", "score", "low", "high")),
    Stop("Which product belongs off the catalogue?", "feedback.scores", {"metric": "stars", "by": "product"}, _below_two, columns=("group", "state", "n", "score", "low", "high")),
    Stop("How easy was the start?", "feedback.scores", {"metric": "ces"}, lambda rows: f"{_interval(rows[0], ' %')} found it easy.", columns=("n", "score", "low", "high")),
    Stop("Between which departments do cases travel?", "journeys.flows", {"unit": "case", "level": "department"}, _there_and_back, lambda rows: rows[:8], ("source", "target", "n", "median_seconds", "p90_seconds")),
    Stop("Which ways do customers take through the departments?", "journeys.variants", {"unit": "case", "level": "department", "most": 6}, _main_way, columns=("variant", "n", "share")),
    Stop("Where do journeys end?", "journeys.entries_exits", {"level": "stage"}, _exits, columns=("end", "step", "n", "share", "low", "high")),
    Stop("And what did we know a year ago?", "feedback.scores", {"metric": "csat"}, _then, columns=("n", "score", "low", "high"), as_of="2025-06-30"),
)
