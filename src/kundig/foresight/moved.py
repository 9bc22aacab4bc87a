"""Which figures moved beyond noise, and the sentence for each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from scipy.stats import false_discovery_control, t

from kundig.kinds import called

Row = dict[str, Any]
FEWEST = 4
SILENT = 20
"""A source is silent if at least so many events were usual, and none came."""


def moved(rows: list[Row], days: int, before: int, confidence: float, language: str, by: str = "customers") -> list[Row]:  # noqa: PLR0913 -- what moves are told by
    """The rows of `what_changed`, from figures by span."""
    figures: dict[tuple[str, str], dict[int, Row]] = defaultdict(dict)
    for row in rows:
        if row["of"] is not None:
            figures[row["figure"], row["of"]][row["span"]] = row
    # Spans before anything was recorded are no quiet spans.
    reach = min(before, max((row["span"] for row in rows), default=0))
    silent = {of for (figure, of), spans in figures.items() if figure == "source" and _silent(spans, reach)}
    found = [_tested(figure, of, spans, reach, confidence) for (figure, of), spans in sorted(figures.items()) if figure != "source"]
    tested = [row for row in found if row["state"] == "ok"]
    for row, q in zip(tested, false_discovery_control([row["p"] for row in tested]) if tested else (), strict=True):
        row["q"] = float(q)
        row["verdict"] = "may be chance" if q > 1 - confidence else "more" if row["value"] > row["usual"] else "less"
    for of in sorted(silent):
        usual = float(np.mean([figures["source", of].get(span, {"n": 0})["n"] for span in range(1, reach + 1)]))
        found.append({"figure": "source", "of": of, "state": "ok", "n": 0, "customers": 0, "value": 0.0, "usual": usual, "low": usual, "high": usual, "verdict": "silent"})

    def size(row: Row) -> tuple[Any, ...]:
        customers, money = -row.get("concerned", 0), -row.get("money", 0)
        return (row["verdict"] != "silent", *((money, customers) if by == "money" else (customers, money)), row["figure"], row["of"])

    moves = sorted((row for row in found if row.get("verdict") in {"more", "less", "silent"}), key=size)
    for rank, row in enumerate(moves, 1):
        row["rank"], row["sentence"] = rank, sentence(row, days, language)
    return sorted(found, key=lambda row: (row.get("rank", len(found) + 1), row["figure"], row["of"]))


def _silent(spans: dict[int, Row], reach: int) -> bool:
    usual = [spans.get(span, {"n": 0})["n"] for span in range(1, reach + 1)]
    return 0 not in spans and reach >= FEWEST and float(np.mean(usual)) >= SILENT and min(usual) > 0


def _tested(figure: str, of: str, spans: dict[int, Row], reach: int, confidence: float) -> Row:
    """A figure of the last span against a prediction interval from those before."""
    last = spans.get(0, {"n": 0, "customers": 0, "total": 0.0})
    row: Row = {"figure": figure, "of": of, "n": last["n"], "customers": last["customers"]}
    if figure == "amount":
        past = np.array([spans.get(span, {"total": 0.0})["total"] for span in range(1, reach + 1)], dtype=float)
        value = float(last["total"])
    elif figure == "score":
        past = np.array([spans[span]["total"] / spans[span]["n"] for span in range(1, reach + 1) if span in spans])
        value = last["total"] / last["n"] if last["n"] else np.nan
    else:
        past = np.array([spans.get(span, {"n": 0})["n"] for span in range(1, reach + 1)], dtype=float)
        value = float(last["n"])
    if len(past) < FEWEST or not np.isfinite(value):
        return row | {"state": "too few spans"}
    # The square root of a count varies alike whatever its size, by at least one half.
    count = figure == "count"
    scaled, there = (np.sqrt(past), np.sqrt(value)) if count else (past, value)
    spread = max(float(scaled.std(ddof=1)), 0.5) if count else float(scaled.std(ddof=1))
    error = spread * np.sqrt(1 + 1 / len(past))
    free = len(past) - 1
    p = float(2 * t.sf(abs(there - scaled.mean()) / error, free)) if error else float(there == scaled.mean())
    half = float(t.ppf((1 + confidence) / 2, free)) * error
    low, high = scaled.mean() - half, scaled.mean() + half
    usual_customers = float(np.mean([spans.get(span, {"customers": 0})["customers"] for span in range(1, reach + 1)]))
    concerned = max(abs(last["customers"] - usual_customers), 1.0)
    return row | {
        "state": "ok", "value": float(value), "usual": float(past.mean()), "low": float(max(low, 0) ** 2 if count else low), "high": float(high**2 if count else high), "p": p,
        "concerned": concerned, **({"money": abs(value - float(past.mean()))} if figure == "amount" else {}),
    }  # fmt: skip


SENTENCES = {
    "en": {
        "count": "{of}: {value} in {time}, usually {usual} ({customers}).",
        "amount": "{of}: an amount of {value} in {time}, usually {usual} ({customers}).",
        "score": "The mean of {of} was {value}, usually {usual} ({customers}).",
        "source": "Nothing came from the source {of} in {time}, usually {usual} events: check its export.",
    },
    "de": {
        "count": "{of}: {value} in {time}, sonst {usual} ({customers}).",
        "amount": "{of}: ein Betrag von {value} in {time}, sonst {usual} ({customers}).",
        "score": "Der Mittelwert von {of} lag bei {value}, sonst bei {usual} ({customers}).",
        "source": "Aus der Quelle {of} kam in {time} nichts, sonst {usual} Ereignisse: Bitte den Export prüfen.",
    },
}


GERMAN = str.maketrans(",.", ".,")


def sentence(row: Row, days: int, language: str) -> str:
    """The movement in words.

    >>> sentence({"figure": "count", "of": "call", "value": 9.0, "usual": 1.0, "customers": 4}, 7, "de")
    'Anruf: 9 in 7 Tagen, sonst 1 (4 Kunden).'
    >>> sentence({"figure": "source", "of": "shop", "value": 0.0, "usual": 40.0, "customers": 0}, 1, "en")
    'Nothing came from the source shop in a day, usually 40 events: check its export.'
    """
    customers = _number(row["customers"], language) + " " + (("Kunde" if row["customers"] == 1 else "Kunden") if language == "de" else ("customer" if row["customers"] == 1 else "customers"))
    time = ("einem Tag" if days == 1 else f"{days} Tagen") if language == "de" else ("a day" if days == 1 else f"{days} days")
    texts = SENTENCES["de" if language == "de" else "en"]
    of = row["of"] if row["figure"] == "source" else row["of"].upper() if row["figure"] == "score" else called(row["of"], language)
    return texts[row["figure"]].format(of=of, value=_number(row["value"], language), usual=_number(row["usual"], language), time=time, customers=customers)


def _number(value: float, language: str) -> str:
    text = f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:,.1f}"  # noqa: PLR2004 -- three figures are enough
    return text.translate(GERMAN) if language == "de" else text
