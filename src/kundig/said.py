"""What customers said, counted in the engine and drawn evenly, for analyses that must look at texts themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kundig.events import SAID_BY_COMPANY

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


Only = Literal["all", "about us"]
LETTERS = 4
"""Shorter words are articles and the like."""


def by_customers(journal: Journal) -> ir.Table:
    """Events in which a customer wrote something, with `text_hash`."""
    events = journal.events
    own = events.filter(events.text.notnull() & (events.text.strip() != "") & events.kind.notin(SAID_BY_COMPANY))
    return own.mutate(text_hash=own.text.hexdigest("sha256"))


def by_company(journal: Journal) -> ir.Table:
    """Events in which the company wrote something."""
    events = journal.events
    return events.filter(events.text.notnull() & (events.text.strip() != "") & events.kind.isin(SAID_BY_COMPANY))


def with_readings(journal: Journal, said: ir.Table) -> ir.Table:
    """What was said, with what was read of it; null where it was not read."""
    read = journal.readings.select(
        "text_hash", "mood", "negative", "neutral", "positive", "categories", "gist_hash", "vector", "names_us", "about_us", read_language="language", embedder="embedder"
    )  # fmt: skip
    return said.left_join(read, "text_hash").drop("text_hash_right")


def untaught(journal: Journal) -> ir.Table:
    """How many texts were read by a model that no label of the company has taught: `n`."""
    read = journal.readings
    return read.agg(n=read.classifier.startswith("seed@").sum().fill_null(0))


def words(texts: ir.Table, *keys: str) -> ir.Table:
    """A row for each text (`event_id`, `text`) and each different word of four letters and more in it, as it is written."""
    spread = texts.select("event_id", *keys, word=texts.text.re_replace(r"<[^>]*>", " ").re_split(r"[^\p{L}]+").unnest())
    return spread.filter(spread.word.length() >= LETTERS).distinct()


def drawn(said: ir.Table, keys: dict[str, Any], most: int) -> ir.Table:
    """Counts of texts by text and keys: of at most so many different texts, drawn evenly by their hash."""
    import ibis  # noqa: PLC0415 -- slow import

    counted = said.group_by(text_hash=said.text_hash, text=said.text, **keys).agg(n=said.count())
    place = ibis.dense_rank().over(ibis.window(order_by=counted.text_hash))
    return counted.mutate(place=place).filter(lambda table: table.place < most).drop("place")


def kept(journal: Journal, said: ir.Table, only: Only) -> ir.Table:
    """What was said; or of it only what is about the company: what came to it, names it, or is so to what corrections taught.

    A post that was not read counts as one that is.
    """
    import ibis  # noqa: PLC0415 -- slow import

    if only == "all":
        return said
    read = with_readings(journal, said)
    about = (read.kind != "post") | ibis.coalesce(read.about_us >= 0.5, read.names_us == 1, ibis.literal(True))  # noqa: FBT003, PLR2004 -- the value of a column; more likely than not
    return read.filter(about).select(*said.columns)
