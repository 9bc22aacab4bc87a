"""Moments that matter, and those that do not."""

import random

import numpy as np
import pytest

from kundig.errors import ArgumentError
from kundig.feedback import moments
from kundig.journal import told


def said(who, touchpoint, score, at="2026-03-10", **more):
    return {"subject": who, "kind": "feedback", "touchpoint": touchpoint, "metric": "csat", "score": float(score), "occurred_at": at, **more}


def rows(events, **given):
    return {(row["moment"], row["outcome"]): row for row in moments(told(events), **given).to_pyarrow().to_pylist()}


def test_a_grumbler_who_comes_often_makes_no_pain_of_a_touchpoint():
    """Half the customers always say 2, and only they call the hotline; each says of it what they say of everything."""
    grumblers = [said(f"g{n}", place, 2, f"2026-03-{day:02}") for n in range(40) for day, place in enumerate(["shop", "shop", "web", "web", "hotline"], start=1)]
    others = [said(f"o{n}", place, 4, f"2026-03-{day:02}") for n in range(40) for day, place in enumerate(["shop", "shop", "web", "web"], start=1)]
    found = rows([*grumblers, *others])
    assert (found["hotline", "met"]["mean"], found["hotline", "met"]["label"]) == (2.0, "within margin")
    # Without anything else from them, nobody could tell.
    alone = rows([event for event in [*grumblers, *others] if event["subject"].startswith("o") or event["touchpoint"] == "hotline"])
    assert alone["hotline", "met"]["label"] == "pain"


def test_twelve_terrible_answers_are_listed_as_too_few():
    events = [said(f"c{n}", place, 1 + (n + len(place)) % 5) for place in ("shop", "web", "hotline") for n in range(40)] + [said(f"s{n}", "stand", 1) for n in range(12)]
    row = rows(events)["stand", "met"]
    assert (row["state"], row["label"], row["n"], row["difference"], row["mean"]) == ("too few answers", None, 12, None, None)


def test_what_lies_within_the_margin_is_said_to():
    events = [said(f"c{n}", place, 3 + n % 2) for place in ("shop", "web") for n in range(400)]
    assert {row["label"] for row in rows(events).values()} == {"within margin"}


def promised(case, came, answered, score, cancelled=None):
    order = {"subject": f"c{case}", "kind": "order", "case_id": f"{case}", "occurred_at": "2026-03-01", "properties": {"promise": "parcel", "promised": "2026-03-05"}}
    parcel = [{"subject": f"c{case}", "kind": "delivery", "touchpoint": "parcel", "case_id": f"{case}", "occurred_at": came}] if came else []
    off = [{"subject": f"c{case}", "kind": "cancellation", "case_id": f"{case}", "occurred_at": cancelled}] if cancelled else []
    return [order, *parcel, *off, said(f"c{case}", "review", score, answered, case_id=f"{case}")]


def test_late_and_missing_parcels_are_pains_against_those_that_came_in_time():
    events, chance = [], random.Random(1)
    for n in range(240):
        came, cancelled, usual = [("2026-03-04", None, 5), ("2026-03-08", None, 3), (None, None, 1), ("2026-03-30", None, 1), (None, "2026-03-04", 2), ("2026-03-04", None, 5)][n % 6]
        events += promised(n, came, "2026-03-10", max(1, min(5, usual - chance.randint(0, 1))), cancelled)
    found = rows(events)
    assert {outcome: (row["state"], row["label"], row["n"]) for (moment, outcome), row in found.items() if moment == "parcel"} == {
        "kept": ("the measure", None, 80),
        "late": ("ok", "pain", 40),
        # What came after the answer was missing when it was given.
        "missing": ("ok", "pain", 80),
        "called off": ("ok", "pain", 40),
    }
    assert found["parcel", "missing"]["high"] < found["parcel", "late"]["low"]
    assert found["review", "met"]["state"] == "nothing to measure against"


def test_who_answers_before_the_parcel_is_due_decides_nothing():
    events = [event for n in range(60) for event in promised(n, "2026-03-04" if n % 2 else "2026-03-05", "2026-03-05T12:00" if n % 2 else "2026-03-04", 2 + n % 2 * 3)]
    assert rows(events)["parcel", "open"]["state"] == "not decided"


def test_what_comes_after_is_leaving_spend_and_the_later_score():
    events = []
    for n in range(200):
        bad = n % 2
        events += [said(f"c{n}", "hotline" if bad else "shop", 2 if bad else 5, "2025-03-01")]
        events += [{"subject": f"c{n}", "kind": "feedback", "touchpoint": "yearly", "metric": "nps", "score": 3.0 if bad else 9.0 - n % 3, "occurred_at": "2025-05-01"}]
        events += [{"subject": f"c{n}", "kind": "payment", "amount": 20 + n % 7 - 10 * bad, "occurred_at": "2025-04-01"}]
        events += [{"subject": f"c{n}", "kind": "cancellation", "occurred_at": "2025-06-01"}] if bad and n % 3 == 0 else []
    events += [("ada", "shop", "2026-03-01")]
    row = rows(events)["hotline", "met"]
    assert (row["followed_n"], row["later_n"], row["goes_with"]) == (100, 100, "lower score; higher leaving; lower spend")
    # Against all: a third of this half leaves, of the whole a sixth.
    assert row["left"] == pytest.approx(0.34 - 0.17, abs=0.01)


def test_nothing_planted_is_hardly_ever_labelled():
    labelled = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        events = [said(f"c{n % 150}", f"t{n % 10}", score, f"2026-03-{n % 27 + 1:02}") for n, score in enumerate(rng.integers(1, 6, 600))]
        labelled += sum(row["label"] in {"pain", "delight"} for row in rows(events).values())
    assert labelled == 0


def test_a_negative_margin_cannot_be_meant():
    with pytest.raises(ArgumentError, match="--margin expects no less than 0, found -1"):
        moments(told([]), margin=-1.0)
