"""A small journey: Ada buys, Ben falls silent, Cyd has only just come."""

from __future__ import annotations

from kundig.journal import told
from kundig.journeys import entries_exits, flows, interlocks
from kundig.report.journey import Answers, journey
from kundig.touchpoints import Touchpoint

STAGES = ("discover", "buy", "help")
CATALOGUE = {
    "web": Touchpoint(stage="discover", department="marketing", title="Website"),
    "fair": Touchpoint(stage="discover", department="marketing", title="Messe"),
    "shop": Touchpoint(stage="buy", department="sales", owner="selim", title="Bestellung"),
    "hotline": Touchpoint(stage="help", department="service", title="Anruf"),
    "never": Touchpoint(stage="help", department="service", title="Nie erreicht"),
    "pulse": Touchpoint(department="service", title="Puls"),
}
LIVES = [
    ("ada", "web", "2026-03-01"),
    ("ada", "shop", "2026-03-02"),
    ("ada", "hotline", "2026-03-05"),
    ("ada", "shop", "2026-03-09"),
    ("ben", "web", "2026-03-01"),
    ("ben", "shop", "2026-03-04"),
    ("cyd", "web", "2026-03-08"),
    ("cyd", "web", "2026-03-09"),
    ("dan", "pulse", "2026-03-09"),
]


def scored(group, score, low, high, metric="csat", n=40, state="ok"):
    return {"group": group, "metric": metric, "score": score, "low": low, "high": high, "n": n, "state": state}


def small(**more):
    """The journey of these three, with a score for two touchpoints."""
    journal = told(LIVES, touchpoints=CATALOGUE)
    given = {
        "scores": [scored("shop", 82.0, 75.0, 88.0), scored("hotline", 31.0, 22.0, 41.0), scored("web", None, None, None, n=2, state="too few answers"), scored("hotline", 4.0, 3.0, 5.0, "stars")],
        "stage_scores": [scored("buy", 82.0, 75.0, 88.0), scored("help", 31.0, 22.0, 41.0)],
        "stage_before": [scored("buy", 80.0, 73.0, 86.0), scored("help", 3.0, 2.0, 4.0, "stars")],
        "interlocks": interlocks(journal, unit="customer").to_pyarrow().to_pylist(),
    }
    answers = Answers(flows=flows(journal).to_pyarrow().to_pylist(), ends=entries_exits(journal).to_pyarrow().to_pylist(), **{**given, **more})
    return journey(CATALOGUE, STAGES, answers)
