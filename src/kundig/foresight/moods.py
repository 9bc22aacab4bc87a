"""How customers sounded: the moods of what they wrote, as each snapshot knew it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.events import SAID_BY_COMPANY
from kundig.foresight.snapshots import DAY, seen
from kundig.said import with_readings

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.foresight.snapshots import Which
    from kundig.journal import Journal


def moods(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """One row for each customer and snapshot with any text that was read: its moods, by the reader of today.

    What a text says was there when it was written, so that to read it later lets nothing later in.
    """

    def read(versions: ir.Table) -> ir.Table:
        written = versions.filter(versions.text.notnull() & (versions.text.strip() != "") & versions.kind.notin(SAID_BY_COMPANY))
        told = with_readings(journal, written.mutate(text_hash=written.text.hexdigest("sha256")))
        return told.filter(told.mood.notnull()).drop("text", "text_hash", "vector")

    texts = seen(journal, snapshots, every, read)
    texts = texts.filter((texts.age >= 0) & (texts.age < 365 * DAY))
    bad, recent = texts.mood == "negative", texts.age < 90 * DAY
    return texts.group_by(["customer_id", "snapshot"]).agg(
        negative_texts_90d=texts.count(where=bad & recent), negative_texts_365d=texts.count(where=bad), mood_365d=(texts.positive - texts.negative).mean(), last_negative=texts.age.min(where=bad)
    )
