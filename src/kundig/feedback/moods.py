"""Moods: how customers sound, where, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kundig.journal import split
from kundig.least import least
from kundig.said import Only, by_customers, kept, with_readings
from kundig.statistics import wilson, z_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Period = Literal["day", "week", "month", "quarter", "year"]
_TRUNCATED = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


def moods(  # noqa: PLR0913 -- what can be asked
    journal: Journal, *, by: str | None = None, every: Period | None = None, only: Only = "all", floor: int = 5, confidence: float = 0.95
) -> ir.Table:
    """How do customers sound in what they write, where, and since when?

    Each text has calibrated probabilities of being negative, neutral or positive, as `kundig read` stored them. Shares are
    the mean probabilities: counting the likeliest mood of each text would hide rare moods. Texts of which no mood has an
    even chance are `unclear`; they are counted beside. Copies of one post count as often as they were posted, and how many
    texts are copies is said.

    Args:
        by: what to split by, such as touchpoint, channel, department, language, product or properties.NAME.
        every: the length of a period, on the company's clock; none for all time together.
        only: all texts, or those about the company: what came to it, and posts that name it or that corrections taught to be about it.
        floor: with fewer texts than this that were read there are no shares.
        confidence: of the interval.

    Columns:
        group: the value of `by`; null where an event has none, or without `by`
        period: first day of the period; null without `every`
        state: `ok`, `too few texts`, or `not read` if `kundig read` was not run
        n: texts
        read: texts that were read
        negative: share of negative texts, in per cent
        low: lower end of its interval (Wilson)
        high: upper end
        positive: share of positive texts, in per cent
        unclear: texts without a clear mood
        different: different texts by their words; the rest are copies

    Order:
        by period, then by group, null last

    Example:
        >>> from kundig.journal import told
        >>> moods(told([{"subject": "ada", "kind": "post", "occurred_at": "2026-03-01", "text": "Danke!"}])).select("n", "state").to_pyarrow().to_pylist()
        [{'n': 1, 'state': 'not read'}]

    Raises:
        ArgumentError: `floor` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(floor=floor)
    z = z_value(confidence)
    rows = _texts(journal, by, every, only)
    summed = rows.group_by("group", "period").agg(
        n=rows.count(), read=rows.mood.count(), bad=rows.negative.sum(), good=rows.positive.sum(),
        unclear=(rows.mood == "unclear").cast("int64").sum(), different=ibis.coalesce(rows.gist_hash, rows.text_hash).nunique(),
    )  # fmt: skip
    low, high = wilson(summed.bad, summed.read.nullif(0), z)
    enough = summed.read >= max(floor, 1)

    def shown(value: ir.Value) -> ir.Value:
        return ibis.ifelse(enough, 100.0 * value, ibis.null("float64"))

    return summed.select(
        "group",
        "period",
        state=ibis.cases((summed.read == 0, "not read"), (~enough, "too few texts"), else_="ok"),
        n="n",
        read="read",
        negative=shown(summed.bad / summed.read.nullif(0)),
        low=shown(low),
        high=shown(high),
        positive=shown(summed.good / summed.read.nullif(0)),
        unclear=summed.unclear.fill_null(0),
        different="different",
    ).order_by(ibis.asc("period", nulls_first=False), ibis.asc("group", nulls_first=False))


def behind(journal: Journal, *, by: str | None = None, every: Period | None = None, only: Only = "all") -> ir.Table:
    """Who wrote, and whose texts were read.

    Keys: group, period
    Counts: n, read
    """
    rows = _texts(journal, by, every, only)
    return rows.select("group", "period", "customer_id", n=rows.text_hash.notnull().cast("int64"), read=rows.mood.notnull().cast("int64"))


def _texts(journal: Journal, by: str | None, every: Period | None, only: Only) -> ir.Table:
    """One row a text with what was read of it, its group and period."""
    import ibis  # noqa: PLC0415 -- slow import

    said = kept(journal, by_customers(journal), only)
    if by is None:
        group = ibis.null("string")
    else:
        said, group = split(journal, said, by)
    said = said.mutate(group=group)
    period = said.local_at.truncate(_TRUNCATED[every]).date() if every else ibis.null("date")
    return with_readings(journal, said.select("event_id", "customer_id", "text_hash", "group", period=period))
