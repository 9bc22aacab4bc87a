"""Signals: what is known of each customer at a moment, as figures that a person can read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.estimates import Estimate
from kundig.foresight.cases import cases
from kundig.foresight.cells import cells
from kundig.foresight.contracts import held
from kundig.foresight.families import FAMILIES, counted
from kundig.foresight.moods import moods
from kundig.foresight.parted import in_parts, looks_at
from kundig.foresight.snapshots import DAY, moment, present, said, spaced
from kundig.foresight.violations import violations

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from kundig.foresight.snapshots import Which
    from kundig.journal import Journal

LABELS = ("customer_id", "at", "segment", "product", "n")
PEERS = {"events_30d": "events_against_alike", "usage_30d": "usage_against_alike", "contacts_90d": "contacts_against_alike", "price": "price_against_alike"}


def signals(journal: Journal, *, snapshots: int = 1, every: str = "30 days") -> ir.Table | Estimate:
    """What do we know of each customer, at this moment and at moments before?

    One row for each customer and snapshot. The newest snapshot is the moment of `--as-of`, or the latest at which
    anything became known; the others lie `every` apart before it. Each holds what `--as-of` its moment would hold, so
    that what is learned from the past can be used today, and nothing later gets in.

    Windows such as `_30d` are the days before the snapshot. Where a source has been silent for longer than chance
    allows, the clock of its events stands still, so that an outage does not look like customers who fall silent. What
    cannot be known is null, never zero. Alike customers have the same product, or without one the same segment.

    Args:
        snapshots: how many moments, counted back from now.
        every: time between two of them.

    Columns:
        customer_id: the customer
        at: the moment of the snapshot
        segment: newest segment that any source had given
        product: product of the dearest running contract
        n: events known by then
        events_30d: events of any kind in 30 days
        events_90d: the same in 90 days
        events_365d: the same in 365 days
        days_since_event: days since the last event
        days_known: days since the first event
        events_rhythm: events of 30 days against the customer's own mean of the year before them; 1 is as always
        events_against_alike: events of 30 days less the mean of alike customers
        usage_30d: times of use in 30 days
        usage_90d: the same in 90 days
        usage_365d: the same in 365 days
        days_since_usage: days since the last use
        usage_rhythm: use of 30 days against the customer's own mean of the year before them
        usage_against_alike: use of 30 days less the mean of alike customers
        quantity_30d: sum of the quantity used in 30 days
        quantity_rhythm: that sum against the mean of the last 90 days
        first_usage_days: days from the start of the contract to the first use, or to now without one; null if it began before the records, or more than a year ago
        visits_30d: visits and self-service in 30 days
        visits_90d: the same in 90 days
        visits_365d: the same in 365 days
        days_since_visit: days since the last visit
        orders_30d: orders in 30 days
        orders_90d: the same in 90 days
        orders_365d: the same in 365 days
        days_since_order: days since the last order
        orders_overdue: days since the last order against the customer's own mean time between orders; null if that is below a day
        spent_365d: amount of the orders of 365 days
        returns_365d: returns in 365 days
        contacts_30d: calls, messages, inquiries, cases, complaints and on-site visits in 30 days
        contacts_90d: the same in 90 days
        contacts_365d: the same in 365 days
        days_since_contact: days since the last of them
        contacts_rhythm: contacts of 30 days against the customer's own mean of the year before them
        contacts_against_alike: contacts of 90 days less the mean of alike customers
        complaints_90d: complaints in 90 days
        complaints_365d: the same in 365 days
        calls_90d: calls in 90 days
        cases_90d: cases opened in 90 days
        cases_365d: the same in 365 days
        open_cases: cases that are open
        oldest_open_days: days that the oldest open case has waited
        repeated_cases_365d: cases opened within 30 days of the one before
        reopened_cases_365d: cases opened again in 365 days
        handovers_365d: handovers within the cases of 365 days
        handovers_worst_120d: most handovers of one case of the last 120 days
        violations_90d: rules of the target journeys that were broken in 90 days in the customer's cases; null where no target journey is one of cases
        violations_365d: the same in 365 days
        waiting_days: mean days from opening a case to its solution or to now
        longest_wait_days: the longest of these waits
        project_days: longest time from the first to the last step of an onboarding or project
        project_against_usual: longest such time against the median at the same touchpoint; 1 is as usual
        letters_30d: letters and messages of the company in 30 days
        letters_90d: the same in 90 days
        letters_365d: the same in 365 days
        days_since_letter: days since the last of them
        answers_90d: survey answers and posts in 90 days
        answers_365d: the same in 365 days
        days_since_answer: days since the last of them
        score_365d: mean score of 365 days as a share of its scale, 1 the best
        loyalty: mean of all answers to NPS as a share of its scale, drawn to the mean of all customers by the weight of one answer: what one says once weighs less than what one says again and again; null without any
        low_scores_365d: scores in the lowest two fifths of their scale in 365 days
        negative_texts_90d: texts in 90 days that sound negative; null if no text of 365 days was read
        negative_texts_365d: the same in 365 days
        mood_365d: mean mood of the texts of 365 days, from -1, all negative, to 1; null without any
        days_since_negative: days since the last text that sounds negative
        payments_365d: payments in 365 days
        failed_payments_365d: payments that failed in 365 days
        credits_90d: credits and corrected invoices (negative amounts) in 90 days
        credits_180d: the same in 180 days
        credits_365d: the same in 365 days
        contracts: running contracts
        price: what they cost a month, together
        price_change_365d: share by which contracts that ran a year ago have become dearer
        price_against_alike: price less the mean of alike customers
        contract_changes_365d: changes of running contracts in 365 days
        tenure_days: days since the first contract began
        days_to_anniversary: days until the running contract's next full year
        days_since_renewal: days since a running contract began or changed
        products: different products under contract
        breadth: families of kinds used in 365 days, of six

    Order:
        by at, then by customer_id

    Settings:
        journeys, calendar

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "usage", "2026-03-01"), ("ada", "usage", "2026-03-20"), ("ben", "usage", "2026-01-01")])
        >>> signals(journal).select("customer_id", "usage_30d", "days_since_usage").to_pyarrow().to_pylist()
        [{'customer_id': 'ada', 'usage_30d': 2.0, 'days_since_usage': 0.0}, {'customer_id': 'ben', 'usage_30d': 0.0, 'days_since_usage': 78.0}]

    Raises:
        ArgumentError: `snapshots` or `every` cannot be meant.
    """
    length = spaced(every, snapshots)

    def told(table: ir.Table) -> ir.Table:
        return beside_others(table).drop("snapshot").order_by("at", "customer_id")

    looks = looks_at(journal, snapshots)
    return in_parts(looks, lambda look: alone(journal, look, length), told) if looks else told(alone(journal, snapshots, length))


def known(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """The columns of `signals` with the number of the snapshot, 0 the present; in no order."""
    return beside_others(alone(journal, snapshots, every))


def alone(journal: Journal, snapshots: Which, every: timedelta) -> ir.Table:
    """What each customer's own events say at each snapshot, and what `beside_others` needs; `noticed` of how many running contracts notice was given."""
    import ibis  # noqa: PLC0415 -- slow import

    counts = counted(cells(journal, snapshots, every))
    keys = ["customer_id", "snapshot"]
    # One chain of joins and few wide steps: each costs as much to compile as the rest.
    whole = (
        counts.left_join(held(journal, snapshots, every), keys, rname="{name}_held").left_join(cases(journal, snapshots, every), keys, rname="{name}_cases")
        .left_join(said(journal, snapshots, every), keys, rname="{name}_said").left_join(moods(journal, snapshots, every), keys, rname="{name}_moods").cross_join(present(journal))
    )  # fmt: skip
    broken = violations(journal, snapshots, every)
    if broken is not None:
        whole = whole.left_join(broken, keys, rname="{name}_violations")
    return whole.select(
        "snapshot", "customer_id", "segment", "product", "n", "noticed",
        at=moment(whole, snapshots, every), alike=ibis.coalesce(whole["product"], whole.segment, ""), loyal=whole.loyal, asked=whole.asked, started=whole.started, used=whole.first_usage, **_derived(whole),
    )  # fmt: skip


def beside_others(table: ir.Table, also: Sequence[str] = ()) -> ir.Table:
    """The rows of `alone` of all customers of a snapshot, with the signals that go by alike customers or by everybody; `also` are columns to keep."""
    import ibis  # noqa: PLC0415 -- slow import

    alike = ibis.window(group_by=["snapshot", "alike"])
    peers = {name: table[of] - table[of].mean().over(alike) for of, name in PEERS.items()}
    all_of_them = ibis.window(group_by="snapshot")
    usual = table.loyal.sum().over(all_of_them) / table.asked.sum().over(all_of_them).nullif(0)
    peers["loyalty"] = (table.loyal + usual) / (table.asked + 1)
    peers["first_usage_days"] = _until_first_use(table, table.used.max().over(all_of_them))
    return table.select("snapshot", *LABELS, *(peers[name].name(name) if name in peers else name for name in NAMES), *also)


def _until_first_use(table: ir.Table, records: ir.Value) -> ir.Value:
    """Days from the start of the contract to the first use, or to now; `records` is how old the records of use are."""
    import ibis  # noqa: PLC0415 -- slow import

    start = table.started.cast("float64") / DAY
    # Whoever's contract is older than the records of use was not seen to start; how somebody began years ago says nothing of today.
    recorded = (table.started <= records) & (start < 365)  # noqa: PLR2004 -- a year
    first = ibis.greatest(start - table.used.cast("float64") / DAY, ibis.literal(0.0))
    return ibis.ifelse(recorded, ibis.coalesce(first, start), ibis.null("float64"))


def _derived(whole: ir.Table) -> dict[str, ir.Value]:
    """The signals from the aggregates, each a number that may be null."""
    import ibis  # noqa: PLC0415 -- slow import

    def days(seconds: ir.NumericValue) -> ir.FloatingValue:
        return seconds.cast("float64") / DAY

    def rhythm(recent: str, yearly: str) -> ir.FloatingValue:
        """Events of 30 days per expected ones, from the rest of the year as far as the customer is known."""
        before = ibis.least(days(whole.first_event), ibis.literal(365.0)) - 30
        usual = (whole[yearly] - whole[recent]).cast("float64") * 30 / ibis.greatest(before, ibis.literal(30.0))
        return ibis.ifelse((before >= 30) & (usual > 0), whole[recent] / usual, ibis.null("float64"))  # noqa: PLR2004 -- a month to know a rhythm by

    last = {"usage": "days_since_usage", "visits": "days_since_visit", "orders": "days_since_order", "contacts": "days_since_contact", "letters": "days_since_letter", "answers": "days_since_answer"}
    start = days(whole.started)
    gaps = (whole.first_order - whole.last_orders).cast("float64") / (whole.orders_all - 1).nullif(0)
    # Orders of one day are one purchase: what lies between them is no rhythm.
    gaps = ibis.ifelse(gaps >= DAY, gaps, ibis.null("float64"))
    counts = [name for name in NAMES if name.rpartition("_")[2] in {"30d", "90d", "180d", "365d", "120d"} and name not in {"price_change_365d", "spent_365d", "quantity_30d", "score_365d", "contract_changes_365d", "mood_365d"}]
    nothing = {"violations_90d", "violations_365d", "repeated_cases_365d", "reopened_cases_365d", "handovers_365d", "handovers_worst_120d"}
    there = set(whole.columns)
    found = {name: ((whole[name].fill_null(0) if name in nothing else whole[name]) if name in there else ibis.null("float64")).cast("float64") for name in counts}
    found |= {name: days(whole[f"last_{family}"]) for family, name in last.items()}
    found |= {
        "quantity_30d": whole.quantity_30d,
        "spent_365d": whole.spent_365d,
        "score_365d": whole.score_365d,
        "mood_365d": whole.mood_365d,
        "days_since_negative": days(whole.last_negative),
        "days_since_event": days(whole.last_event),
        "days_known": days(whole.first_event),
        "events_rhythm": rhythm("events_30d", "events_365d"),
        "usage_rhythm": rhythm("usage_30d", "usage_365d"),
        "contacts_rhythm": rhythm("contacts_30d", "contacts_365d"),
        "quantity_rhythm": whole.quantity_30d.fill_null(0.0) * 3 / whole.quantity_90d.nullif(0.0),
        "orders_overdue": whole.last_orders.cast("float64") / gaps,
        "open_cases": whole.open_cases.fill_null(0).cast("float64"),
        "contracts": whole.contracts.fill_null(0).cast("float64"),
        "price": ibis.ifelse(whole.contracts > 0, whole.price, ibis.null("float64")),
        "price_change_365d": whole.price_same / whole.price_before.nullif(0.0) - 1,
        "contract_changes_365d": whole.changes.cast("float64"),
        "tenure_days": days(whole.tenure),
        "days_to_anniversary": 365.25 - (start - (start / 365.25).floor() * 365.25),
        "days_since_renewal": days(whole.renewed),
        "products": whole.products.cast("float64"),
        "breadth": sum(((whole[f"{name}_365d"] > 0).cast("float64") for name in FAMILIES), ibis.literal(0.0)),
    }
    of_cases = ("oldest_open_days", "waiting_days", "longest_wait_days", "project_days", "project_against_usual")
    return found | {name: whole[name].cast("float64") for name in of_cases}


NAMES = (
    "events_30d", "events_90d", "events_365d", "days_since_event", "days_known", "events_rhythm", "events_against_alike",
    "usage_30d", "usage_90d", "usage_365d", "days_since_usage", "usage_rhythm", "usage_against_alike", "quantity_30d", "quantity_rhythm", "first_usage_days",
    "visits_30d", "visits_90d", "visits_365d", "days_since_visit",
    "orders_30d", "orders_90d", "orders_365d", "days_since_order", "orders_overdue", "spent_365d", "returns_365d",
    "contacts_30d", "contacts_90d", "contacts_365d", "days_since_contact", "contacts_rhythm", "contacts_against_alike",
    "complaints_90d", "complaints_365d", "calls_90d", "cases_90d", "cases_365d", "open_cases", "oldest_open_days", "repeated_cases_365d", "reopened_cases_365d",
    "handovers_365d", "handovers_worst_120d", "violations_90d", "violations_365d", "waiting_days", "longest_wait_days", "project_days", "project_against_usual",
    "letters_30d", "letters_90d", "letters_365d", "days_since_letter", "answers_90d", "answers_365d", "days_since_answer", "score_365d", "loyalty", "low_scores_365d",
    "negative_texts_90d", "negative_texts_365d", "mood_365d", "days_since_negative",
    "payments_365d", "failed_payments_365d", "credits_90d", "credits_180d", "credits_365d",
    "contracts", "price", "price_change_365d", "price_against_alike", "contract_changes_365d", "tenure_days", "days_to_anniversary", "days_since_renewal", "products",
    "breadth",
)  # fmt: skip
