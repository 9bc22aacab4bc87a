"""Why the rows of some analyses lead to no list of customers.

Every other analysis either names its customers, or counts them by a function `behind`: see `kundig.customers.members`.
"""

from __future__ import annotations

from collections.abc import Mapping

UNCOUNTED: Mapping[str, str] = {
    "feedback.clarity": "a row is about different texts of the company; that many were sent the same text makes none of them clearer",
    "feedback.jargon": "a row is about a word in all its forms, found after the engine has counted; a find of the staff is counted by customers in `feedback.jargon_bounty`",
    "foresight.backtest": "a row is a measure of a model over customers at many moments of the past, each foretold anew",
    "foresight.leads": "a row is a correlation of two series of weeks",
    "foresight.renewal_forecast": "a row sets a sum of chances beside what happened; the contracts themselves are in `value.renewals`, their chances in `foresight.churn`",
    "journeys.anomalies": "a row is a stretch of time against what season and trend lead to expect",
    "journeys.consistency": "a row is the spread between the values of a dimension, over all answers alike",
    "journeys.target_draft": "a row is a draft of a rule; once it is a rule, `journeys.deviations` counts the customers",
}
"""The reason, by analysis."""
