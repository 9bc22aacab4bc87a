"""Health: a score that anyone can add up, and how well each part of it has predicted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.foresight.outcomes import Outcome, asked_for, outcomes, with_everybody
from kundig.foresight.snapshots import spaced
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kundig.journal import Journal

Weights = Literal["auto", "learned", "equal", "given"]
TYPES = {
    "customer_id": "string", "health": "float64", "band": "string", "coverage": "float64", "segment": "string", "life_stage": "string", "state": "string", "n": "int64",
    **{f"{part}_points": "float64" for part in ("use", "service", "payment", "mood", "contact")},
    **{f"{part}_weight": "float64" for part in ("use", "service", "payment", "mood", "contact")}, "judged_on": "string",
    **{f"{part}_auc{end}": "float64" for part in ("use", "service", "payment", "mood", "contact") for end in ("", "_low", "_high")},
    "health_auc": "float64", "health_auc_low": "float64", "health_auc_high": "float64", "judgement": "string",
}  # fmt: skip


def health(  # noqa: PLR0913 -- what can be asked of a score
    journal: Journal, *, weights: Weights = "auto", horizon: int = 90, outcome: Outcome = "auto", snapshots: int = 7, confidence: float = 0.95
) -> Estimate:
    """How healthy is each customer's relationship, in parts that add up, and how well did each part predict?

    Five parts: `use` (days since the last use, or order where there is no use), `service` (handovers, open and repeated
    cases), `payment` (failed payments and credits), `mood` (mean score) and `contact` (days since anything happened).
    In each, a customer is placed among those of the same segment and life stage at the same moment: the share of them
    who are worse, from 0 to 1, ties halved. A part's points are that share times its weight; the points add up to
    `health`, from 0 to 100, where 100 is healthy. A part about which nothing is known is left out: the others take
    over its weight, and `coverage` says how much of the weight was known.

    Learned weights are in proportion to how far each part told leavers apart at past snapshots (the chance to be right
    of two, less one half); without enough leavers all weigh alike. Weights that the company settles by hand, under
    `health` in kundig.yaml, come first. The chance to be right stands beside every part, with its interval: a part at 0.5
    is decoration. A segment and life stage with thirty leavers of its own is judged, and learns, by itself; the others go
    by all customers, and `judged_on` says which. Of more than 100,000 customers a sample of so many, drawn by their ids,
    judges the parts; everybody has a score.

    `judgement` is what a person said of the customer (events of kind `judgement`, their outcome); it is never averaged in.

    Args:
        weights: learned from the past, all equal, or given by hand in kundig.yaml; auto is given where any are, else learned.
        horizon: days in which leavers leave, for judging the parts.
        outcome: what is meant by leaving, as for `churn`.
        snapshots: months to judge the parts by.
        confidence: of the intervals.

    Columns:
        customer_id: the customer
        health: the score from 0 to 100, 100 is healthy
        band: `red` below 33, `yellow` below 67, `green` from there on
        coverage: share of the weight about which something is known
        segment: newest segment
        life_stage: `first 90 days`, `first year`, or `later`, by the contract's age or since first known
        state: `ok`, `nothing is known`, or why the parts could not be judged: `no leaver`, `too few leavers`, `everybody left`, `too few who stayed`, `the records are too short`; they weigh alike then
        n: events known of the customer
        use_points: points from use
        service_points: points from service
        payment_points: points from payment
        mood_points: points from mood
        contact_points: points from contact
        use_weight: the share of the weight that use has
        service_weight: its share of the weight
        payment_weight: its share of the weight
        mood_weight: its share of the weight
        contact_weight: its share of the weight
        judged_on: the customers by whom the parts were judged: all, or their own segment and life stage
        use_auc: chance that of a leaver and one who stayed the leaver's use was worse, in the backtest
        use_auc_low: lower end of its interval
        use_auc_high: upper end of its interval
        service_auc: the same for service
        service_auc_low: lower end of its interval
        service_auc_high: upper end of its interval
        payment_auc: the same for payment
        payment_auc_low: lower end of its interval
        payment_auc_high: upper end of its interval
        mood_auc: the same for mood
        mood_auc_low: lower end of its interval
        mood_auc_high: upper end of its interval
        contact_auc: the same for contact
        contact_auc_low: lower end of its interval
        contact_auc_high: upper end of its interval
        health_auc: the same for the whole score, with weights learned from earlier snapshots only
        health_auc_low: lower end of its interval
        health_auc_high: upper end of its interval
        judgement: what a person said last

    Order:
        customers of today first, by health, worst first, null last, then by customer_id; then those without a running contract, or of buyers without an order in a year, in the same order

    Settings:
        journeys, calendar

    Example:
        >>> from kundig.journal import told
        >>> journal = told([("ada", "usage", "2026-03-20"), ("ben", "usage", "2026-01-05"), ("ben", "visit", "2026-03-19")])
        >>> health(journal).to_pyarrow().select(["customer_id", "health", "use_points"]).to_pylist()
        [{'customer_id': 'ben', 'health': 0.0, 'use_points': 0.0}, {'customer_id': 'ada', 'health': 100.0, 'use_points': 50.0}]

    Raises:
        ArgumentError: an argument cannot be meant.
    """
    z_value(confidence)
    every = spaced("30 days", snapshots)
    events = journal.events
    said = events.filter((events.kind == "judgement") & events.customer_id.notnull()).select("customer_id", "occurred_at", "event_id", "outcome").order_by("occurred_at", "event_id")

    by_hand = journal.settings.health
    meant = ("given" if by_hand else "learned") if weights == "auto" else weights
    if meant == "given" and not by_hand:
        raise ArgumentError("--weights given expects weights under `health:` in kundig.yaml, found none; settle them there, or ask with --weights learned")

    def finish(past: pa.Table, now: pa.Table, judgements: pa.Table) -> Mapping[str, Any]:
        from kundig.foresight.scored import scored  # noqa: PLC0415 -- slow import

        table = with_everybody(past, now)
        return scored(table, judgements, every, asked_for(outcome, table), meant, horizon, confidence, by_hand)

    now = outcomes(journal, 2, timedelta(days=7), sample=False)
    return Estimate({"past": outcomes(journal, snapshots + 1, every), "now": now, "judgements": said}, TYPES, finish, frozenset({"past", "now"}))
