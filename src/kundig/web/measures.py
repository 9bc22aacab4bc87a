"""What `foresight.backtest` measured, in the reader's language: it names its measures in codes."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from kundig.web import words

MEASURES: dict[str, Promise] = {
    "auc": _("AUC"),
    "auc over last renewal": _("AUC beyond that of the last renewal"),
    "auc over last order": _("AUC beyond that of the last order"),
    "auc over recency": _("AUC beyond that of recency"),
    "average_precision": _("Average precision"),
    "brier": _("Brier score"),
    "calibration_error": _("Calibration error"),
    "calibration_slope": _("Calibration slope"),
    "expected_per_observed": _("Expected per observed"),
    "false_alarms_per_week": _("False alarms a week"),
    "lead_days": _("Days of lead"),
    "precision_at_capacity": _("Share of leavers among those looked after"),
    "recall_at_capacity": _("Share of leavers who are looked after"),
    "alarmed": _("Share for whom it fires"),
    "recall": _("Share of leavers for whom it fires"),
    "precision": _("Share of them that leaves"),
    "lost anyway": _("Share of all that leaves"),
    "times as often": _("Times as often"),
}


def measure(code: str) -> str:
    """A measure as a person says it; that of another analysis as any other value."""
    if code in MEASURES:
        return str(MEASURES[code])
    kind, tenth, number = code.partition(" tenth ")
    if tenth and kind == "expected":
        return said("Expected, tenth %(number)s of 10") % {"number": int(number)}
    if tenth and kind == "observed":
        return said("Observed, tenth %(number)s of 10") % {"number": int(number)}
    return words.value(code)
