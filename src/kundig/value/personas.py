"""Personas: the kinds of customers in words, with what pains and what drives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.depth import depths
from kundig.value.portraits import portrait
from kundig.value.profiles import profiles
from kundig.value.voices import told, voices

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

ASPECTS = ("pain", "driver", "topic")
TOLD = 3
"""So many themes of each aspect are told at most."""
_TYPES = {
    "segment": "string", "state": "string", "n": "int64", "share": "float64", "low": "float64", "high": "float64", "depth": "float64", "wrote": "int64",
    "portrait": "string", "pains": "array<string>", "drivers": "array<string>", "topics": "array<string>", "quotes": "array<string>",
}  # fmt: skip


def personas(  # noqa: PLR0913 -- what can be asked of texts
    journal: Journal, *, days: int = 365, most: int = 12, floor: int = 10, sample: int = 20_000, confidence: float = 0.95
) -> Estimate:
    """Who are our customers: which kinds are there, what pains them, and what drives them?

    The segments of `engagement`, each described in words, in the company's language: by readiness to recommend, or by satisfaction where nobody
    asked that, and depth of relationship, by the features in which it lies half a standard deviation or more from all customers, and by what its customers write about
    more than others. `persona_themes` holds the figures behind: only themes that stand out after correction are told, at most three of an
    aspect, those most written about first.

    Segments are always the same, and a customer moves only if its own events or its rank move. Formed themes may be named
    anew as texts are added; pinned ones keep their names. A persona describes; it does not say why its customers recommend or not.

    Args:
        days: how far back activity and texts count.
        most: how many themes beside those that are pinned.
        floor: with fewer customers than this a segment is not described.
        sample: at most so many different texts are looked at.
        confidence: of the intervals, and of what stands out.

    Columns:
        segment: its name
        state: `ok`, or `too few customers`
        n: customers in it
        share: of all customers
        low: lower end of its interval
        high: upper end of its interval
        depth: mean depth of relationship, from 0 to 1
        wrote: customers in it who wrote anything
        portrait: the segment in words; null if there are too few
        pains: themes that pain it more than others
        drivers: themes that it praises more than others
        topics: other themes that it writes about more than others
        quotes: a typical text of each of these themes, with personal data covered

    Order:
        by n from high to low, then by segment

    Empty:
        There is nothing to answer from: no customer did anything that is on record; contracts, invoices, payments and what the company
        writes are not its own deeds.

    Example:
        >>> from kundig.journal import told
        >>> events = [(f"c{n}", "visit", f"2026-01-{1 + day:02}") for n in range(20) for day in range(1 + n)]
        >>> personas(told(events)).to_pyarrow().to_pylist()[0]["portrait"]
        'Loosely tied customers who were not asked whether they recommend: not seen for long, seldom there.'

    Raises:
        ArgumentError: `days`, `most` or `sample` is below 1.
    """
    least(floor=floor)
    if min(days, most, sample) < 1:
        raise ArgumentError(f"--days, --most and --sample expect 1 or more, found {min(days, most, sample)}")
    z = z_value(confidence)
    members = depths(journal, days)

    def answer(profiles: pa.Table, said: pa.Table, writers: pa.Table) -> dict[str, list[Any]]:
        themes = told(said, writers, journal.settings, most, z, max(floor, 2), 1 - confidence)
        language = journal.settings.company.language
        rows = [_row(profile, [row for row in themes if row["segment"] == profile["segment"]], floor, z, language) for profile in profiles.to_pylist()]
        return {name: [row[name] for row in rows] for name in _TYPES}

    counted = profiles(members)
    return Estimate({"profiles": counted.order_by(counted.n.desc(), "segment"), **voices(journal, members, days, sample)}, _TYPES, answer)


def _row(profile: dict[str, Any], themes: list[dict[str, Any]], floor: int, z: float, language: str) -> dict[str, Any]:
    from kundig.texts.corpus import share  # noqa: PLC0415 -- slow import

    part, low, high = (end / 100 for end in share(profile["n"], profile["everybody"], z))
    enough = profile["n"] >= max(floor, 2)
    by_share = sorted((row for row in themes if row["verdict"] == "stands out" and enough), key=lambda row: (-row["share"], row["theme"]))
    found = {aspect: [row for row in by_share if row["aspect"] == aspect][:TOLD] for aspect in ASPECTS}
    return {
        "segment": profile["segment"], "state": "ok" if enough else "too few customers", "n": profile["n"], "share": part, "low": low, "high": high,
        "depth": profile["depth"] if enough else None, "wrote": max((row["n"] for row in themes), default=0),
        "portrait": portrait(profile, found, language) if enough else None, **{f"{aspect}s": [row["theme"] for row in found[aspect]] for aspect in ASPECTS},
        "quotes": [row["example"] for aspect in ASPECTS for row in found[aspect] if row["example"]],
    }  # fmt: skip


def behind(journal: Journal, *, days: int = 365) -> ir.Table:
    """Who belongs to each segment.

    Keys: segment
    Counts: n
    """
    rows = depths(journal, days)
    return rows.select("segment", "customer_id", n=rows.depth.notnull().cast("int64"))
