"""Obvious answers to compare hard ones with: plain Python over lists of dicts, and random lives to try them on."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def lives(*, most: int = 12):
    """Random events: late, at the same instant, of few customers, some without a customer or a case."""
    event = st.fixed_dictionaries({
        "subject": st.sampled_from(["ada", "ben", "cyd", None]),
        "case_id": st.sampled_from(["c1", "c2", None]),
        "touchpoint": st.sampled_from(["shop", "pay", "help"]),
        "occurred_at": st.integers(0, 20).map(lambda hours: START + timedelta(hours=hours)),
        "late": st.integers(0, 5),
    })  # fmt: skip
    return st.lists(event, max_size=most).map(_known)


def _known(events):
    return [{**{key: value for key, value in event.items() if key != "late"}, "known_at": event["occurred_at"] + timedelta(hours=event["late"])} for event in events]


def journeys(events, unit):
    """The steps of each journey in order, as (time, step)."""
    found = defaultdict(list)
    for event in events:
        key = event["subject"] if unit == "customer" else event["case_id"]
        if key is not None:
            found[key].append((event["occurred_at"], event["touchpoint"], event["subject"]))
    return {key: sorted(steps, key=lambda step: step[:2]) for key, steps in found.items()}


def flow_counts(events, unit):
    """How often each step follows each."""
    return Counter((a[1], b[1]) for steps in journeys(events, unit).values() for a, b in zip(steps, steps[1:], strict=False))


def variant_counts(events, unit):
    """How many journeys take each whole way."""
    return Counter(" → ".join(step[1] for step in steps) for steps in journeys(events, unit).values())


def end_counts(events, unit):
    """How many journeys begin and end at each step."""
    ways = journeys(events, unit).values()
    return Counter(("entry", steps[0][1]) for steps in ways) + Counter(("exit", steps[-1][1]) for steps in ways)
