"""The renewal forecast: how much of today's recurring amount will stay, and what earlier forecasts were worth."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.foresight.churn import SNAPSHOTS
from kundig.foresight.kept import forecasts, losses
from kundig.foresight.outcomes import outcomes, panel, with_everybody
from kundig.foresight.snapshots import spaced
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kundig.journal import Journal

MONEY = ("lost", "lost_low", "lost_high", "amount", "noticed", "expanded", "expanded_low", "expanded_high", "kept", "kept_low", "kept_high", "forecast", "forecast_low", "forecast_high", "happened")
TYPES = {
    "part": "string", "made_at": "timestamp('UTC')", "from_day": "int64", "to_day": "int64", **dict.fromkeys(MONEY[:4], "decimal(18, 4)"),
    "state": "string", "basis": "string", "n": "int64", "made_by": "string", **dict.fromkeys(MONEY[4:], "decimal(18, 4)"),
}  # fmt: skip


def renewal_forecast(journal: Journal, *, snapshots: int = SNAPSHOTS, confidence: float = 0.95) -> Estimate:
    """How much of today's recurring amount will be lost and added in the coming half-year, and were earlier forecasts right?

    From the customer up: each customer's monthly price times the probability that the last contract ends within 90 and
    180 days, as `churn` has it; without a probability that holds, times the share of the amount that was lost from past
    snapshots. What is added is the mean share by which the price of those who stayed grew within the same days.
    Customers who gave notice are lost for certain. The interval holds the chance of each customer and the doubt about
    the model or the mean.

    Rows `earlier` are forecasts as they would have been made at past snapshots, with what was known then, beside what
    came. Of more than 100,000 customers, these rows are of a sample of so many, drawn by their ids, from which is also
    learned; what is coming is of everybody. Rows `kept` are forecasts as they were made: events of the kind `forecast`, whose amount is what is expected to be
    lost, with `from_day`, `to_day`, `low` and `high` in their properties. kundig's own are kept by importing what this
    question answered; a person's call bears that person in `staff`, stands beside them, and is averaged into nothing.

    Args:
        snapshots: how many months to learn from.
        confidence: of the intervals.

    Columns:
        part: `coming`, `earlier` or `kept`
        made_at: moment at which the forecast is or would have been made
        from_day: first day of the span, counted from then
        to_day: its last day
        lost: monthly amount expected to be lost in the span
        lost_low: lower end of its interval
        lost_high: upper end of its interval
        amount: recurring amount a month of customers with a running contract and no notice
        state: `ok`, or why there is no figure: `no contract`, `the records are too short`, `no leaver`, `too few leavers` (fewer than ten), `everybody left`, `too few who stayed`; on `kept` also `not over yet`, and `no span` where its days are not given
        basis: `customers` (a probability each) or `mean of the past`; on `kept` `kundig` or `a person`
        n: how many customers these are
        made_by: on `kept`, who made it; null for kundig
        noticed: monthly amount of those who gave notice, lost besides; in the first span only
        expanded: monthly amount expected to be added; null where the price of fewer than ten customers changed in such days
        expanded_low: lower end of its interval
        expanded_high: upper end of its interval
        kept: amount less lost plus expanded, as far as that is known
        kept_low: lower end of its interval
        kept_high: upper end of its interval
        forecast: on `earlier` and `kept`, what would have been or was expected to be lost
        forecast_low: lower end of its interval
        forecast_high: upper end of its interval
        happened: what was lost in fact

    Order:
        coming spans first, then earlier ones, newest first, then kept ones, oldest first

    Settings:
        journeys, calendar

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "contract", "occurred_at": "2026-03-01", "outcome": "started", "amount": 30}])
        >>> renewal_forecast(journal).to_pyarrow().select(["part", "state", "amount"]).to_pylist()
        [{'part': 'coming', 'state': 'the records are too short', 'amount': Decimal('30.0000')}]

    Raises:
        ArgumentError: an argument cannot be meant.
    """
    z = z_value(confidence)
    every = spaced("30 days", snapshots)

    def finish(past: pa.Table, now: pa.Table, log: pa.Table, lost: pa.Table) -> Mapping[str, Any]:
        import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

        from kundig.foresight.forecast import forecast  # noqa: PLC0415 -- slow import
        from kundig.foresight.kept import kept  # noqa: PLC0415 -- slow import

        past = with_everybody(past, now)
        learn, rows = panel(past, every, "end")
        found = [*forecast(learn, rows, past, confidence, z), *kept(log, lost, pc.max(past["at"]).as_py())] if past.num_rows else []
        return {name: [row.get(name) for row in found] for name in TYPES}

    now = outcomes(journal, 2, timedelta(days=7), sample=False)
    return Estimate({"past": outcomes(journal, snapshots + 1, every), "now": now, "log": forecasts(journal), "lost": losses(journal)}, TYPES, finish, frozenset({"past", "now"}))
