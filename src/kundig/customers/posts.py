"""What customers wrote and nobody has answered yet: posts, and feedback with words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.said import by_customers, with_readings

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Settings

ANSWERS = "answers"
"""The property by which an event says which other event it answers."""
WITHDRAWN = "withdrawn"
"""The kind that an answer is corrected to when it is taken back."""
MOST = 5_000
THEMES = 12
EMPLOYEES = "enps"
_SHOWN = ("event_id", "customer_id", "subject", "occurred_at", "source", "kind", "touchpoint", "department", "channel", "language", "product", "metric", "score", "text")
_TYPES = {
    "event_id": "string", "customer_id": "string", "subject": "string", "occurred_at": "timestamp('UTC')", "source": "string", "kind": "string", "touchpoint": "string", "department": "string",
    "channel": "string", "language": "string", "product": "string", "metric": "string", "score": "float64", "text": "string", "mood": "string", "reach": "float64", "address": "string", "theme": "string", "more": "int64",
}  # fmt: skip


def posts(journal: Journal, *, days: int = 30, most: int = MOST) -> Estimate:
    """Posts and feedback with words that no event answers, the newest first.

    An event answers another if its property `answers` holds the other's `event_id`, unless it was withdrawn; kundig's own replies do, and a source
    may map it. The days are those before the newest post or feedback, so that the clock is not read; one that is dated
    later than it was known does not count for that. Answers of employees are nobody's to see.

    Args:
        days: how long before the newest of them.
        most: so many are given, the newest.

    Columns:
        event_id, customer_id, subject, occurred_at, source, kind, touchpoint, department, channel, product, metric, score, text: of what was written
        language: as its source says, else as it was read
        mood: as it was read; else what the score stands for; null where neither is known
        reach: the property `reach`, else the quantity of a post: how many saw, liked or shared it, as its source counts
        address: the property `url`, where it is one of the web
        theme: its first theme among pinned ones, else among those of the texts given; null where nothing tells it from the rest
        more: how many there are that were not given

    >>> from kundig.journal import told
    >>> wrote = [{"event_id": f"p{day}", "subject": "ada", "kind": "post", "occurred_at": f"2026-03-0{day}", "text": "Why?"} for day in (1, 2)]
    >>> answer = {"subject": "ada", "kind": "message_out", "occurred_at": "2026-03-02", "properties": {"answers": "p1"}}
    >>> posts(told([*wrote, answer])).to_pyarrow()["event_id"].to_pylist()
    ['p2']
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    own = by_customers(journal)
    wrote = own.filter((own.kind == "post") | ((own.kind == "feedback") & (own.metric.isnull() | (own.metric != EMPLOYEES))))
    past = wrote.filter(wrote.occurred_at <= wrote.known_at)
    newest = past.agg(newest=past.occurred_at.max())
    wrote = wrote.cross_join(newest)
    wrote = wrote.filter(wrote.occurred_at > wrote.newest - ibis.interval(days=days))
    named = events.mutate(answered=events.properties.get(ANSWERS, None))
    named = named.filter(named.answered.notnull())
    # What has just arrived beside an older version of itself is not yet told to be a correction: the later one counts.
    last = named.group_by("event_id", "answered").agg(last=ibis.struct({"at": named.known_at, "stands": named.kind != WITHDRAWN}).max())
    answered = last.filter(last["last"]["stands"]).select("answered").distinct()
    waits = with_readings(journal, wrote.anti_join(answered, wrote.event_id == answered.answered))
    counted = waits.mutate(
        language=ibis.coalesce(waits.language, waits.read_language), told_language=waits.language, told_mood=waits.mood, day=waits.local_at.date(),
        reach=ibis.coalesce(waits.properties.get("reach", None).try_cast("float64"), ibis.ifelse(waits.kind == "post", waits.quantity, ibis.null("float64"))), address=waits.properties.get("url", None),
    )  # fmt: skip
    counted = counted.mutate(total=counted.count().over(ibis.window()))
    names = (*_SHOWN, "told_mood", "reach", "address", "total", "text_hash", "day", "told_language", "read_language", "negative", "positive", "categories", "vector")
    first = counted.select(*names).order_by(ibis.desc("occurred_at"), "event_id").limit(most)
    return Estimate({"first": first.order_by(ibis.desc("occurred_at"), "event_id")}, _TYPES, lambda first: _finished(first, journal.settings))


def _finished(first: pa.Table, settings: Settings) -> dict[str, Any]:
    from kundig.texts.moods import rated  # noqa: PLC0415 -- slow import

    rows = first.to_pylist()
    of = _themes(rows, settings)
    for row in rows:
        row["theme"] = of.get(row["text_hash"])
        row["mood"] = row["told_mood"] or (rated(row["metric"], row["score"]) if row["metric"] and row["score"] is not None else None)
        # Whoever clicks it must come to the web, whatever a source holds.
        row["address"] = row["address"] if str(row["address"]).startswith(("https://", "http://")) else None
        row["more"] = row["total"] - len(rows)
    return {name: [row[name] for row in rows] for name in _TYPES}


def _themes(rows: list[dict[str, Any]], settings: Settings) -> dict[str, str]:
    """The theme of each different text, by its hash."""
    if not rows:
        return {}
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    from kundig.texts.corpus import corpus  # noqa: PLC0415 -- slow import

    different: dict[str, dict[str, Any]] = {}
    for row in rows:
        same = different.setdefault(row["text_hash"], {**row, "n": 0, "day": date(2000, 1, 1), "touchpoint": None})
        same["n"] += 1
    found = corpus(pa.Table.from_pylist(list(different.values())), settings, THEMES)
    chosen = {}
    # A corpus has its rows in the order of their hashes.
    for hash_, own in zip(sorted(different), found.memberships, strict=True):
        clear = sorted(own & found.pinned) or sorted(name for name in own if not found.mixed(name))
        if clear:
            chosen[hash_] = clear[0]
    return chosen
