"""Persona themes: what the customers of each segment write about, and whether it pains or drives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics import z_value
from kundig.value.depth import depths
from kundig.value.voices import told, voices, wrote

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal

_TYPES = {
    "segment": "string", "theme": "string", "aspect": "string", "state": "string", "n": "int64", "customers": "int64", "share": "float64", "share_others": "float64", "lift": "float64",
    "low": "float64", "high": "float64", "p": "float64", "mood": "float64", "mood_low": "float64", "mood_high": "float64", "verdict": "string", "example": "string",
}  # fmt: skip


def persona_themes(  # noqa: PLR0913 -- what can be asked of texts
    journal: Journal, *, days: int = 365, most: int = 12, floor: int = 10, sample: int = 20_000, confidence: float = 0.95
) -> Estimate:
    """What does each kind of customer write about more than others, and does it pain or drive them?

    The segments are those of `engagement`, the themes those of `feedback.themes`: pinned ones first, the others formed from words and
    meaning. For each segment the share of its customers who wrote about a theme, of those who wrote anything, is compared with the same share of
    all other customers; a customer counts once, however much it wrote. The lift has Katz's interval on the logarithm, and an exact
    one where fewer than ten wrote about it, in the segment or beside it; all segments and themes are corrected for together (Benjamini and Hochberg).

    A theme is a `pain` of a segment if the mood of what its customers wrote about it lies below 0 with the whole interval, a
    `driver` if above; otherwise, or where texts were not read, a `topic`. What a segment writes about goes with it, and is no reason for it. Leftovers without a telling
    word and campaigns of copies are left out.

    Args:
        days: how far back activity and texts count.
        most: how many themes beside those that are pinned.
        floor: with fewer customers than this who wrote, in the segment or beside it, there is no figure.
        sample: at most so many different texts are looked at.
        confidence: of the intervals.

    Columns:
        segment: its name
        theme: its name
        aspect: `pain`, `driver`, or `topic`
        state: `ok`, `too few customers`, or `nobody to compare with` where too few outside the segment wrote anything
        n: customers of the segment who wrote anything
        customers: of these, who wrote about the theme
        share: `customers` as a share of `n`
        share_others: the same share of all other customers
        lift: share by share_others; null where none of the others wrote about it
        low: lower end of its interval
        high: upper end of its interval; null where that has none
        p: how often chance gives such a lift, corrected for all segments and themes
        mood: positive less negative of what they wrote about it, from -100 to 100, a customer counts once; null where too little was read
        mood_low: lower end of its interval
        mood_high: upper end of its interval
        verdict: `stands out`, `seldom`, or `no difference shown`; null without a figure
        example: a typical text of theirs where it stands out, with personal data covered

    Order:
        by segment, those that stand out first, then by customers from high to low, then by theme

    Empty:
        There is nothing to answer from: no customer wrote anything within `days`.

    Example:
        >>> from kundig.journal import told
        >>> words = "ant bee cat dog eel fox gnu hen jay kiwi lark mole newt owl pig quail rat seal toad wolf".split()
        >>> wrote = [{"subject": f"c{n}", "kind": "post", "occurred_at": "2026-03-05", "text": ("The parcel came late, {}", "Great app, {}")[n % 2].format(words[n // 4])} for n in range(80)]
        >>> answers = [{"subject": f"c{n}", "kind": "feedback", "metric": "nps", "score": (2.0, 10.0)[n % 2], "occurred_at": "2026-03-04"} for n in range(80)]
        >>> table = persona_themes(told([*wrote, *answers]), most=2).execute()
        >>> table[["segment", "n", "customers", "share_others", "verdict"]].to_dict("records")[0]
        {'segment': 'engaged detractors', 'n': 40, 'customers': 40, 'share_others': 0.0, 'verdict': 'stands out'}

    Raises:
        ArgumentError: `days`, `most` or `sample` is below 1.
    """
    least(floor=floor)
    if min(days, most, sample) < 1:
        raise ArgumentError(f"--days, --most and --sample expect 1 or more, found {min(days, most, sample)}")
    z = z_value(confidence)

    def answer(**tables: pa.Table) -> dict[str, list[Any]]:
        rows = told(tables["said"], tables["writers"], journal.settings, most, z, max(floor, 2), 1 - confidence)
        rows.sort(key=lambda row: (row["segment"], row["verdict"] != "stands out", -row["customers"], row["theme"]))
        return {name: [row[name] for row in rows] for name in _TYPES}

    return Estimate(voices(journal, depths(journal, days), days, sample), _TYPES, answer)


def behind(journal: Journal, *, days: int = 365, most: int = 12, sample: int = 20_000) -> Estimate:
    """Who of each segment wrote anything, beside each theme, and who wrote about that.

    Keys: segment, theme
    Counts: n, customers
    """
    types = {"segment": "string", "theme": "string", "customer_id": "string", "n": "int64", "customers": "int64"}
    return Estimate(voices(journal, depths(journal, days), days, sample), types, lambda said, writers: wrote(said, writers, journal.settings, most))
