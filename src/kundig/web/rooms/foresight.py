"""Foresight: who may leave and why, what falls due, what moved, and how good all that is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundig.web.parts import WIDE, Chapter, Part

CHAPTERS = (
    Chapter(
        _("Who may leave"),
        (
            Part("foresight.churn", _("Risks, the dearest first"), ("customer_id", "product", "probability", "low", "high", "change", "at_stake", "expected_loss", "reason_1", "reason_2", "play"), width=WIDE, rows=12, present=("probability",), order=("-expected_loss", "-probability")),
            Part("foresight.reasons", _("Reasons for leaving: said, and shown"), ("part", "reason", "stated", "rate_ratio", "low", "high", "verdict", "n"), width=WIDE, picture=False),
        ),
    ),
    Chapter(
        _("What falls due"),
        (
            Part("foresight.renewal_forecast", _("Renewals: forecast and what happened"), ("from_day", "to_day", "amount", "forecast", "forecast_low", "forecast_high", "happened", "n"), width=WIDE, picture=False),
        ),
    ),
    Chapter(
        _("How good these scores are"),
        (
            Part("foresight.backtest", _("Tested on the past"), ("measure", "value", "low", "high", "leavers", "n", "model"), width=WIDE, rows=14, present=("value",), absent=("group",), picture=False),
        ),
    ),
    Chapter(
        _("Who is well, who grows, what moved"),
        (
            Part("foresight.health", _("Health, the poorest first"), ("customer_id", "health", "coverage", "use_points", "service_points", "payment_points", "mood_points", "band"), width=WIDE, present=("health",)),
            Part("foresight.expansion", _("Who may take more"), ("customer_id", "product", "probability", "low", "high", "reason_1", "yearly_price"), width=WIDE, present=("probability",), order=("-probability",)),
            Part("value.expansion_candidates", _("What they could take: products of alike customers"), ("customer_id", "candidate", "because", "share", "low", "high", "n", "expected"), width=WIDE, picture=False),
            Part("foresight.leads", _("Which score runs ahead of which"), ("ahead", "ahead_department", "follows", "follows_department", "weeks", "correlation", "low", "high", "verdict", "n"), width=WIDE, present=("weeks",), picture=False),
            Part("foresight.what_changed", _("What changed beyond chance"), ("figure", "of", "value", "usual", "low", "high", "verdict", "n"), width=WIDE),
        ),
    ),
)
