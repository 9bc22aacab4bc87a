"""Who wrote on which theme: the texts of a corpus, each with its themes, beside those who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.texts.corpus import Corpus


def writers(of: Corpus, wrote: pa.Table) -> pa.Table:
    """The rows of `wrote` (text_hash and others) with `theme`, once for each theme of the text."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    from kundig.texts.readings import text_hash  # noqa: PLC0415 -- with the corpus

    themes = dict(zip(of.texts, of.memberships, strict=True))
    pairs = [(text_hash(text), name) for text, own in themes.items() for name in sorted(own)]
    table = pa.table({"text_hash": pa.array([one for one, _ in pairs], pa.string()), "theme": pa.array([name for _, name in pairs], pa.string())})
    return wrote.join(table, "text_hash", join_type="inner")


def listed(rows: pa.Table, columns: tuple[str, ...]) -> dict[str, Any]:
    """Some columns of a table, by their names."""
    return {name: rows[name] for name in columns}
