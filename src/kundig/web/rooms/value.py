"""Value: what stays of the revenue, what service costs, what is fair, what grows, and what programmes do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundig.web.parts import WIDE, Chapter, Part
from kundig.web.revenue import bridge_of_year, retention_curve, survival_bars

CHAPTERS = (
    Chapter(
        _("What stays of the revenue"),
        (
            Part("value.revenue_bridge", _("Where recurring revenue went, last twelve months"), arguments={"every": "month"}, draw=bridge_of_year, absent=("group",), order=("-period",), width=WIDE),
            Part("value.retention", _("Revenue that stays, by quarter"), ("period", "nrr", "nrr_low", "nrr_high", "grr", "n"), {"every": "quarter"}, present=("nrr",), absent=("group",), order=("-period",), draw=retention_curve),
            Part("value.survival", _("How long customers stay"), ("months", "survival", "low", "high", "n"), absent=("group",), draw=survival_bars),
            Part("value.renewals", _("Contracts that fall due"), ("due", "customer_id", "product", "amount", "notice", "last_score", "complaints", "n"), width=WIDE),
            Part("value.renewal_rate", _("Share of contracts renewed"), ("period", "rate", "low", "high", "n"), order=("-period",)),
            Part("value.lifetime_value", _("What customers will still bring"), ("group", "value", "low", "high", "alive", "n"), order=("-group",), width=WIDE),
        ),
    ),
    Chapter(
        _("What service costs"),
        (
            Part("value.cost_to_serve", _("Cost and solution by channel"), ("channel", "cost_per_concern", "cost", "contacts", "solved_7", "solved_30", "n"), width=WIDE, picture=False),
            Part("value.right_channel", _("Where self-service helps"), ("concern", "by_self", "resolution", "assisted_resolution", "difference", "low", "high", "verdict", "n"), width=WIDE, present=("difference",), picture=False),
        ),
    ),
    Chapter(
        _("Fair to those who stay"),
        (
            Part("value.loyalty_penalty", _("What loyal customers pay more"), ("product", "tenure", "difference", "low", "high", "percent", "a_year", "verdict", "n"), width=WIDE, order=("-difference",), picture=False),
            Part("value.contract_faults", _("Contracts that contradict themselves"), ("fault", "customer_id", "contract", "product", "occurred_at", "stated")),
            Part("value.points_liability", _("What points are still worth"), ("points", "worth", "breakage", "liability", "n")),
        ),
    ),
    Chapter(
        _("What can grow"),
        (
            Part("value.whitespace", _("Products that those alike have"), ("held", "candidate", "share", "share_others", "lift", "low", "high", "verdict", "n"), order=("-low",), width=WIDE),
            Part("value.expansion_candidates", _("Who could use what"), ("customer_id", "candidate", "because", "share", "expected", "n"), width=WIDE),
            Part("value.unused_features", _("Paid for, not used"), ("product", "feature", "share", "low", "high", "n")),
            Part("value.customer_roi", _("What the product is worth to them"), ("customer_id", "value_low", "value_high", "price", "roi_low", "roi_high", "n")),
        ),
    ),
    Chapter(
        _("What programmes and segments go with"),
        (
            Part("value.effects", _("What programmes do"), ("programme", "design", "outcome", "of_treated", "of_control", "effect", "low", "high", "verdict", "n"), width=WIDE, picture=False),
            Part("value.segment_lift", _("What belonging to a segment goes with"), ("segment", "outcome", "raw_lift", "lift", "low", "high", "verdict", "n"), width=WIDE, picture=False),
            Part("value.engagement", _("Kinds of customers"), ("segment", "share", "low", "high", "described", "n")),
            Part("value.segment_balance", _("Whether members and others are alike"), ("segment", "confounder", "difference", "weighted_difference", "n"), width=WIDE),
        ),
    ),
)
