"""Themes: what customers talk about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.feedback.writers import listed, writers
from kundig.least import least
from kundig.said import Only, by_customers, drawn, kept, with_readings

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Settings

_EXAMPLES = 3
_CAMPAIGN_SHARE, _CAMPAIGN = 0.3, 10


def themes(  # noqa: PLR0913 -- what can be asked
    journal: Journal, *, most: int = 12, only: Only = "all", floor: int = 5, sample: int = 20_000, confidence: float = 0.95
) -> Estimate:
    """What do customers talk about, how do they feel about it, and where?

    Texts are parted into themes by words and meaning together (a mixture of both), and each is named by up to three terms
    that are frequent in it and rare elsewhere. A theme without such a term is `mixed`: a leftover, no finding. One whose
    texts are mostly copies of one another is a `campaign`. Copies shape no theme more than one text does, but all count.

    Themes pinned in `kundig.yaml` (`texts: themes:`) or on their page come first, by their words and, where texts were read, by
    their examples, or by what they have learnt from their texts; `texts: renamed:` gives a theme another name, and themes of one
    name are one. Mood is the share of positive less that of negative texts, from the probabilities that `kundig read` stored: from
    -100 to 100. The trend compares the share of the later half of the time with the earlier half. Of very many texts an even draw
    is looked at.

    Args:
        most: how many themes beside those that are pinned.
        only: all texts, or those about the company: what came to it, and posts that name it or that corrections taught to be about it.
        floor: with fewer texts than this a theme has no figures.
        sample: at most so many different texts are looked at.
        confidence: of the intervals.

    Columns:
        theme: its name
        state: `ok`, `pinned`, `mixed`, `campaign`, or `too few texts`
        n: texts in it, among those looked at
        share: as a share of all texts looked at
        low: lower end of its interval (Wilson)
        high: upper end
        mood: positive less negative, in points; null if its texts were not read
        mood_low: lower end of its interval
        mood_high: upper end
        change: share of the later half of the time less that of the earlier half, in points; null if there is but one moment
        change_low: lower end of its interval
        change_high: upper end
        copies: texts whose words another text has too
        touchpoint: where it is talked about more often than elsewhere; null if nowhere clearly
        terms: the terms that tell it
        examples: typical texts, with personal data covered

    Order:
        pinned themes first, then by n, largest first, then by name

    Example:
        >>> from kundig.journal import told
        >>> late, rude = ["The parcel came late", "My parcel is late again"], ["The agent was rude", "A rude agent, never again"]
        >>> journal = told([{"subject": "ada", "kind": "post", "occurred_at": f"2026-03-0{day + 1}", "text": text} for day, text in enumerate(late + rude)])
        >>> [(row["n"], row["state"]) for row in themes(journal, most=2, floor=1).to_pyarrow().to_pylist()]
        [(2, 'ok'), (2, 'ok')]

    Raises:
        ArgumentError: a number is smaller than can be meant.
    """
    least(most=most, sample=sample, floor=floor)
    said, keys = said_of_themes(journal, only)
    return Estimate({"said": drawn(said, keys, sample)}, _TYPES, lambda said: _finished(said, journal.settings, most, floor, confidence))


def behind(journal: Journal, *, most: int = 12, only: Only = "all", sample: int = 20_000) -> Estimate:
    """Who wrote on each theme, of the texts that are looked at.

    Keys: theme
    Counts: n
    """
    said, keys = said_of_themes(journal, only)
    types = {"theme": "string", "customer_id": "string", "n": "int64"}

    def finish(said: pa.Table, wrote: pa.Table) -> dict[str, Any]:
        from kundig.texts.corpus import corpus  # noqa: PLC0415 -- slow import

        if not said.num_rows:
            return {name: [] for name in types}
        return listed(writers(corpus(said, journal.settings, most), wrote), tuple(types))

    return Estimate({"said": drawn(said, keys, sample), "wrote": drawn(said, {"customer_id": said.customer_id}, sample)}, types, finish)


def said_of_themes(journal: Journal, only: Only) -> tuple[ir.Table, dict[str, Any]]:
    """The texts, and by what they are counted."""
    said = with_readings(journal, kept(journal, by_customers(journal), only))
    keys = {
        "day": said.local_at.date(), "touchpoint": said.touchpoint, "told_language": said.language, "read_language": said.read_language,
        "negative": said.negative, "positive": said.positive, "categories": said.categories, "vector": said.vector,
    }  # fmt: skip
    return said, keys


_TYPES = {
    "theme": "string", "state": "string", "n": "int64", "share": "float64", "low": "float64", "high": "float64",
    "mood": "float64", "mood_low": "float64", "mood_high": "float64", "change": "float64", "change_low": "float64", "change_high": "float64",
    "copies": "int64", "touchpoint": "string", "terms": "array<string>", "examples": "array<string>",
}  # fmt: skip


def _finished(said: pa.Table, settings: Settings, most: int, floor: int, confidence: float) -> dict[str, Any]:
    from kundig.statistics import z_value  # noqa: PLC0415 -- with the arrays
    from kundig.texts.corpus import corpus  # noqa: PLC0415 -- slow import

    if not said.num_rows:
        return {name: [] for name in _TYPES}
    of = corpus(said, settings, most)
    z = z_value(confidence)
    rows = [_row(of, name, floor, z) for name in of.names]
    rows.sort(key=lambda row: (row["state"] != "pinned", -row["n"], row["theme"]))
    return {name: [row[name] for row in rows] for name in _TYPES}


def _row(of: Any, name: str, floor: int, z: float) -> dict[str, Any]:
    from kundig.texts.corpus import average, difference, share  # noqa: PLC0415 -- slow import

    inside = of.inside(name)
    n, total = int(of.n[inside].sum()), int(of.n.sum())
    copies = of.copies(inside)
    few = n < floor
    state = "too few texts" if few else "pinned" if name in of.pinned else "campaign" if copies[1] >= max(_CAMPAIGN, _CAMPAIGN_SHARE * n) else "mixed" if of.mixed(name) else "ok"
    row: dict[str, Any] = {"theme": name, "state": state, "n": n, "copies": copies[0], "terms": of.terms[name], "examples": [] if few else of.examples(inside, _EXAMPLES)}
    figures = dict.fromkeys(("share", "low", "high", "mood", "mood_low", "mood_high", "change", "change_low", "change_high", "touchpoint"))
    if not few:
        figures["share"], figures["low"], figures["high"] = (end / 100 for end in share(n, total, z))
        figures["mood"], figures["mood_low"], figures["mood_high"] = average(of.mood[inside], of.n[inside], z, floor)
        later, inside_later = of.later, of.later & inside
        figures["change"], figures["change_low"], figures["change_high"] = difference(
            int(of.n[inside_later].sum()), int(of.n[later].sum()), n - int(of.n[inside_later].sum()), total - int(of.n[later].sum()), z
        )
        figures["touchpoint"] = of.where(inside, floor)
    return {**row, **figures}
