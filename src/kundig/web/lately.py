"""What customers wrote in the last hours: how they sound, where, and what they talk about. A launch is watched by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kundig.analysis import Result
from kundig.journal import Extract
from kundig.web.access import Asked
from kundig.web.asking import LATE, question, some

HOURS = 24
MOST = 6


def lately(request: Asked, now: datetime) -> dict[str, Any]:
    """The context of the part: figures of the last full hours and this one, in the reader's department where that is all they see.

    Args:
        request: who asks.
        now: this moment.
    """
    since = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    part = Extract(since=since)
    asked = [
        question(request, "feedback.moods", extract=part),
        question(request, "feedback.moods", extract=part, by="touchpoint"),
        question(request, "feedback.themes", extract=part, most=MOST),
    ]
    _needed, (whole, places, themes) = some(request, _("Live"), [], asked)
    return {
        "since": since,
        "late": any(one is LATE for one in (whole, places, themes)),
        "whole": next(iter(_rows(whole)), None),
        "places": sorted((row for row in _rows(places) if row["n"]), key=lambda row: (-row["n"], row["group"] or ""))[:MOST],
        "themes": [row for row in _rows(themes) if row["state"] not in {"mixed", "too few texts"}][:MOST],
    }


def _rows(answer: Any) -> list[dict[str, Any]]:
    """The rows of an answer that is there."""
    return answer.table.to_pylist() if isinstance(answer, Result) else []
