"""Which texts belong to a theme: what a theme that is pinned learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.feedback.themes import said_of_themes
from kundig.said import Only, drawn

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Settings

EACH = 1_000
"""So many texts of the theme are given, and twice as many others: more make no better classifier, but a slow one."""


def membership(journal: Journal, *, theme: str, most: int = 12, only: Only = "all", sample: int = 20_000) -> Estimate:
    """Texts of a theme as `feedback.themes` forms them with these arguments, and texts of none or of another, drawn evenly by their hash.

    Columns:
        text_hash: of the text
        belongs: 1 in the theme, 0 outside

    Example:
        >>> from kundig.journal import told
        >>> late, rude = ["The parcel came late", "My parcel is late again"], ["The agent was rude", "A rude agent, never again"]
        >>> journal = told([{"subject": "ada", "kind": "post", "occurred_at": f"2026-03-0{day + 1}", "text": text} for day, text in enumerate(late + rude)])
        >>> membership(journal, theme="agent rude", most=2).to_pyarrow()["belongs"].to_pylist()
        [0, 0, 0, 0]
    """
    said, keys = said_of_themes(journal, only)
    return Estimate({"said": drawn(said, keys, sample)}, {"text_hash": "string", "belongs": "int64"}, lambda said: _drawn(said, journal.settings, theme, most))


def _drawn(said: pa.Table, settings: Settings, theme: str, most: int) -> dict[str, Any]:
    from kundig.texts.corpus import corpus  # noqa: PLC0415 -- slow import
    from kundig.texts.readings import text_hash  # noqa: PLC0415 -- with the corpus

    if not said.num_rows:
        return {"text_hash": [], "belongs": []}
    of = corpus(said, settings, most)
    belongs = {text_hash(text): theme in own for text, own in zip(of.texts, of.memberships, strict=True)}
    inside, outside = ([one for one in sorted(belongs) if belongs[one] is which] for which in (True, False))
    chosen = sorted([*inside[:EACH], *outside[: 2 * EACH]])
    return {"text_hash": chosen, "belongs": [int(belongs[one]) for one in chosen]}
