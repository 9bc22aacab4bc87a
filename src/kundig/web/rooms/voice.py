"""Voice: what customers talk about, what it hangs on, what we say to them, and how far answers can be trusted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kundig.web.parts import WIDE, Chapter, Part

CHAPTERS = (
    Chapter(
        _("What customers talk about"),
        (
            Part("feedback.themes", _("Themes"), ("theme", "n", "share", "mood", "change"), rows=10),
            Part("feedback.emerging", _("New or swelling"), ("theme", "state", "day", "n", "expected", "times"), rows=10, among=("state", ("new", "swelling", "too short")), none=_("Nothing is new, and nothing swells beyond chance.")),
            Part("feedback.moods", _("Mood of what they write"), ("group", "n", "negative", "positive", "unclear"), {"by": "touchpoint"}),
            Part("feedback.launches", _("How something new is received"), ("product", "began", "posts", "negative_since", "low", "high", "usual", "turned"), among=("hour", (48,)), width=WIDE),
        ),
    ),
    Chapter(
        _("What it hangs on"),
        (
            Part("feedback.drivers", _("What loyalty hangs on"), ("driver", "importance", "low", "high", "performance", "n"), order=("-importance",), width=WIDE),
            Part("feedback.moments", _("Moments that matter"), ("moment", "outcome", "label", "difference", "low", "high", "n"), width=WIDE),
        ),
    ),
    Chapter(
        _("What we say"),
        (
            Part("feedback.clarity", _("How clear our letters are"), ("group", "language", "reading_ease", "wiener", "hard", "n"), present=("reading_ease",), order=("reading_ease",), width=WIDE),
            Part("feedback.jargon", _("Our words that customers do not use"), ("word", "n", "effect", "theirs", "more_contacts", "extra_contacts"), width=WIDE),
        ),
    ),
    Chapter(
        _("How far answers can be trusted"),
        (
            Part("feedback.ratings_guard", _("Ratings that are low for certain"), ("group", "verdict", "mean", "upper", "q", "n"), width=WIDE),
            Part("feedback.response", _("Who answers, and who does not"), ("measure", "answered_mean", "rest_mean", "difference", "low", "high", "verdict", "n"), width=WIDE),
            Part("feedback.response_weights", _("How answers would weigh"), ("tenure", "value", "rate", "weight", "mean", "weighted_mean", "n"), width=WIDE),
        ),
    ),
)
