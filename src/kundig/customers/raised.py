"""Who raised a matter: customers who complained, rated or wrote of it; for the answer to them, once something was changed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError, nearest
from kundig.estimates import Estimate
from kundig.said import by_customers, with_readings

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Settings

KINDS = ("complaint", "feedback", "message_in", "post")
"""In which a customer raises something."""
EMPLOYEES = "enps"
_TYPES = {"customer_id": "string", "n": "int64", "last_at": "timestamp('UTC')"}


def raised(  # noqa: PLR0913 -- what narrows a matter down
    journal: Journal, *, kinds: tuple[str, ...] = KINDS, touchpoint: str | None = None, product: str | None = None, theme: str | None = None, at_most: float | None = None, since: date | None = None, until: date | None = None
) -> Estimate:
    """Customers who raised a matter, with how often and when last; events of nobody known are left out.

    Args:
        kinds: of events in which it was raised, of `KINDS`.
        touchpoint: where they had met the company.
        product: what it was about.
        theme: a pinned theme of kundig.yaml that their words belong to.
        at_most: the highest score with which they raised it; what has no score is left out then.
        since, until: local days, both included.

    Columns:
        customer_id: the customer
        n: how often it was raised
        last_at: the newest time

    Order:
        by customer_id

    >>> from kundig.journal import told
    >>> journal = told([("ada", "complaint", "2026-03-01"), ("ada", "complaint", "2026-03-04"), ("ben", "visit", "2026-03-01")])
    >>> [(row["customer_id"], row["n"]) for row in raised(journal).to_pyarrow().to_pylist()]
    [('ada', 2)]

    Raises:
        ArgumentError: there is no such kind or pinned theme; names the nearest.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise ArgumentError(f"found the kind {unknown[0]!r}; {nearest(unknown[0], KINDS)}")
    themes = journal.settings.texts.themes
    if theme is not None and theme not in themes:
        raise ArgumentError(f"{theme!r} is no pinned theme; " + (nearest(theme, themes) if themes else "kundig.yaml pins none under `texts: themes:`"))
    events = journal.events if theme is None else by_customers(journal)
    rows = events.filter(events.kind.isin(kinds) & events.customer_id.notnull() & (events.metric.isnull() | (events.metric != EMPLOYEES)))
    for name, value in (("touchpoint", touchpoint), ("product", product)):
        rows = rows.filter(rows[name] == value) if value is not None else rows
    rows = rows.filter(rows.score <= at_most) if at_most is not None else rows
    rows = rows.filter(rows.local_at >= datetime.combine(since, time())) if since is not None else rows
    rows = rows.filter(rows.local_at < datetime.combine(until + timedelta(days=1), time())) if until is not None else rows
    keys = ["customer_id"]
    if theme is not None:
        rows = with_readings(journal, rows)
        keys += ["text_hash", "text", "categories", "negative"]
    counted = rows.group_by(keys).agg(n=rows.count(), last_at=rows.occurred_at.max()).order_by(keys)
    return Estimate({"rows": counted}, _TYPES, lambda rows: _themed(rows, theme, journal.settings))


def _themed(rows: pa.Table, theme: str | None, settings: Settings) -> dict[str, list[Any]]:
    """The rows, or those whose words belong to the theme, a customer each."""
    if theme is not None and rows.num_rows:
        from kundig.texts.corpus import pinned_themes  # noqa: PLC0415 -- slow import
        from kundig.texts.normal import cleaned  # noqa: PLC0415 -- slow import

        different = {row["text_hash"]: row for row in rows.select(["text_hash", "text", "categories", "negative"]).to_pylist()}
        of = list(different.values())
        theirs = {row["text_hash"] for row, own in zip(of, pinned_themes(of, [cleaned(row["text"]) for row in of], settings), strict=True) if theme in own}
        import pyarrow as pa  # noqa: PLC0415 -- slow import
        import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

        rows = rows.filter(pc.is_in(rows["text_hash"], pa.array(sorted(theirs), pa.string())))
        rows = rows.group_by("customer_id").aggregate([("n", "sum"), ("last_at", "max")]).rename_columns(["customer_id", "n", "last_at"]).sort_by("customer_id")
    return {name: rows[name].to_pylist() for name in _TYPES}
