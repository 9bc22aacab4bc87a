"""The survey metrics of the last weeks, against the time before."""

from __future__ import annotations

from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure, Unit
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.week import WEEKS

ASKED = ("nps", "csat", "ces", "stars")
UNITS: dict[str, Unit] = {"nps": "points", "enps": "points", "csat": "percent", "ces": "percent", "stars": "stars"}
NAMES = {
    "nps": Phrase("NPS", "NPS"),
    "csat": Phrase("Satisfied (CSAT)", "Zufrieden (CSAT)"),
    "ces": Phrase("Found it easy (CES)", "Fanden es leicht (CES)"),
    "stars": Phrase("Stars", "Sterne"),
}
_YEAR = 4


def scores(inquiry: Inquiry) -> list[Figure]:
    """A figure for each metric that has answers in these weeks; compared with the weeks before, or the last before those in a year that have answers."""
    found = []
    for metric in ASKED:
        now = next(iter(inquiry.rows("feedback.scores", metric=metric)), None)
        if now is None or not now["n"]:
            continue
        earlier = (next(iter(inquiry.rows("feedback.scores", inquiry.week.before(WEEKS * back).extract(), metric=metric)), None) for back in range(1, _YEAR + 1))
        before = next((row for row in earlier if row and row["state"] == "ok"), {})
        found.append(
            Figure(
                f"score.{metric}", UNITS[metric], now["score"], now["low"], now["high"], int(now["n"]),
                before.get("score"), before.get("low"), before.get("high"),
            )
        )  # fmt: skip
    return found
