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
    shown: Callable[[Rows], Rows] = field(default=list)
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
    moved = {"better": "better than the year before, beyond chance", "worse": "worse than the year before, beyond chance"}
    return f"NPS is {_interval(latest)}: {moved.get(latest['verdict'] or '', 'what it moved since the year before may be chance')}."


def _best_and_worst(rows: Rows) -> str:
    """By the end of the interval that counts: a handful of answers makes nobody the best or the worst."""
    sure = [row for row in rows if row["state"] == "ok"]
    best, worst = max(sure, key=lambda row: row["low"]), min(sure, key=lambda row: row["high"])
    said = f"Best for certain is {best['group']} with {_interval(best, ' %')}, worst {worst['group']} with {_interval(worst, ' %')}."
    only = [f"{row['group']} ({row['n']})" for row in rows if row["state"] != "ok" or row["score"] < worst["score"]]
    return said + (f" Too few answers to be called worse: {', '.join(only)}." if only else "")


def _below_two(rows: Rows) -> str:
    below = [row for row in rows if row["score"] is not None and row["score"] < 2]
    certain = [str(row["group"]) for row in below if row["high"] < 2]
    doubtful = [str(row["group"]) for row in below if row["high"] >= 2]
    said = f"Under two stars for certain: {', '.join(certain)}." if certain else "No product is under two stars for certain."
    return said + (f" Only looks so: {', '.join(doubtful)}, the interval reaches above two." if doubtful else "")


def _handovers(rows: Rows) -> Rows:
    """Flows from one desk of support to another."""
    return [row for row in rows if row["source"] != row["target"] and row["source"].startswith("support.") and row["target"].startswith("support.")]


def _there_and_back(rows: Rows) -> str:
    found = {(row["source"], row["target"]): row for row in _handovers(rows)}
    pairs = [(row, found[target, source]) for (source, target), row in found.items() if source < target and (target, source) in found]
    if not pairs:
        return "No case goes back and forth between two desks."
    there, back = max(pairs, key=lambda pair: min(pair[0]["n"], pair[1]["n"]))
    return (
        f"Cases go back and forth between {there['source']} and {there['target']}: {there['n']:,} times there and {back['n']:,} times back, "
        f"{duration(there['median_seconds'])} and {duration(back['median_seconds'])} in the middle."
    )


def _crossing(rows: Rows) -> Rows:
    """The most frequent ways that lead through more than one department."""
    return [row for row in rows if row["rank"] is not None and len(set(row["variant"].split(" → "))) > 1][:7]


def _main_way(rows: Rows) -> str:
    ways = _crossing(rows)
    if not ways:
        return "No frequent way leads through more than one department."
    return f"Of the ways through several departments the most frequent is {ways[0]['variant']}, {ways[0]['n']:,} of {sum(row['n'] for row in rows):,} cases."


def _exits(rows: Rows) -> str:
    last = [row for row in rows if row["end"] == "exit"]
    return f"Most journeys ended last at {last[0]['step']}: {100 * last[0]['share']:.0f} % ({100 * last[0]['low']:.1f} to {100 * last[0]['high']:.1f})."


def _then(rows: Rows) -> str:
    return f"A year ago the answer was {_interval(rows[0], ' %')}: nothing that became known later is in it."


TOUR = (
    Stop(
        "How likely are customers to recommend us, and is it getting better?",
        "feedback.scores", {"metric": "nps", "every": "year"}, _trend, columns=("period", "n", "score", "low", "high", "change", "verdict"),
    ),
    Stop(
        "Where does service leave them satisfied, and where not?",
        "feedback.scores", {"metric": "csat", "by": "touchpoint"}, _best_and_worst, columns=("group", "state", "n", "score", "low", "high"),
    ),
    Stop(
        "Which product belongs off the catalogue?",
        "feedback.scores", {"metric": "stars", "by": "product"}, _below_two, columns=("group", "state", "n", "score", "low", "high"),
    ),
    Stop("How easy was the start?", "feedback.scores", {"metric": "ces"}, lambda rows: f"{_interval(rows[0], ' %')} found it easy.", columns=("n", "score", "low", "high")),
    Stop(
        "Between which desks are cases handed around?",
        "journeys.flows", {"unit": "case"}, _there_and_back, lambda rows: _handovers(rows)[:8], ("source", "target", "n", "median_seconds", "p90_seconds"),
    ),
    Stop(
        "Which ways lead through several departments?",
        "journeys.variants", {"unit": "case", "level": "department", "most": 60}, _main_way, _crossing, ("variant", "n", "share"),
    ),
    Stop("Where do journeys begin and end?", "journeys.entries_exits", {"level": "stage"}, _exits, columns=("end", "step", "n", "share", "low", "high")),
    Stop("And what did we know a year ago?", "feedback.scores", {"metric": "csat"}, _then, columns=("n", "score", "low", "high"), as_of="2025-06-30"),
)  # fmt: skip
