"""Journeys in depth: ways, hurdles, deviations from the target, effort, silence, and what stands out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundig.web.parts import WIDE, Chapter, Part

CHAPTERS = (
    Chapter(
        _("The ways"),
        (
            Part("journeys.variants", _("The commonest ways"), ("rank", "variant", "n", "share", "cumulative_share"), width=WIDE, rows=10, picture=False),
            Part("journeys.flows", _("From one step to the next"), ("source", "target", "n", "customers", "median_seconds")),
            Part("journeys.entries_exits", _("Where journeys begin and end"), ("end", "step", "n", "share")),
            Part("journeys.purchase_paths", _("What leads to a purchase"), ("step", "markov", "markov_low", "markov_high", "first", "last", "n"), width=WIDE, present=("step",), order=("-markov",), picture=False),
        ),
    ),
    Chapter(
        _("The hurdles"),
        (
            Part("journeys.funnel", _("How far they come"), ("stage", "reached", "share", "median_seconds", "instead", "n")),
            Part("journeys.interlocks", _("Handed over between departments"), ("source", "target", "n", "median_seconds", "sent_back_share")),
            Part("journeys.effort", _("What it costs customers"), ("group", "contacts", "once", "switches", "told_again", "waiting_seconds", "n"), width=WIDE, picture=False),
        ),
    ),
    Chapter(
        _("Beside the target journey"),
        (
            Part("journeys.deviations", _("Rules of the target journey"), ("rule", "share", "low", "high", "violated", "n"), width=WIDE),
            Part("journeys.deviation_hotspots", _("Where rules break more often"), ("rule", "attribute", "value", "share", "other_share", "times", "n"), width=WIDE, picture=False),
            Part("journeys.deviation_effects", _("What a deviation goes with"), ("rule", "measure", "with_deviation", "without", "difference", "low", "high", "verdict", "n"), width=WIDE, picture=False),
            Part("journeys.violations", _("Where it happened"), ("rule", "deviation", "violated_at", "customer_id", "journey", "due_at"), width=WIDE),
            Part("journeys.target_draft", _("A draft, as most journeys go"), ("rule", "kept", "share", "low", "high", "n"), width=WIDE, picture=False),
        ),
    ),
    Chapter(
        _("Silence, and what stands out"),
        (
            Part("journeys.silences", _("What did not come"), ("what", "customer_id", "expected", "last_at", "due_at", "silent_seconds", "usual_seconds"), width=WIDE),
            Part("journeys.anomalies", _("Stretches out of the ordinary"), ("group", "since", "until", "direction", "value", "expected", "times", "n"), width=WIDE, present=("since",), picture=False),
            Part("journeys.consistency", _("Whether it depends on whom one meets"), ("dimension", "spread", "share", "worst", "best", "verdict", "n"), width=WIDE, picture=False),
        ),
    ),
)
