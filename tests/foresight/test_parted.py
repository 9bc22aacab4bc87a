"""Snapshots of a large journal, looked at in parts, are the same."""

import random
from dataclasses import replace
from datetime import timedelta

from kundig.foresight import parted
from kundig.foresight.signals import signals
from kundig.journal import told
from tests.foresight.test_signals import KINDS, START, rounded


def lives():
    """What three people lived, some of it known late, corrected later still, or announced; two of their ids are one person from April on, and the shop's export breaks in March."""
    drawn = random.Random(3)
    rows = []
    for number in range(150):
        at = START + timedelta(hours=drawn.randrange(24 * 150))
        event = {
            "event_id": f"e{number}", "subject": drawn.choice(["ada", "ben", "ben@shop", "cyd"]), "kind": drawn.choice(KINDS), "case_id": drawn.choice(["c1", "c2", None]), "occurred_at": at,
            "known_at": at + timedelta(hours=drawn.choice([0, 1, 24 * 20, -24 * 10])), "outcome": drawn.choice(["started", "expanded", "failed", None]), "amount": drawn.choice([None, -5, 30]), "quantity": 2.0, "product": "S",
        }  # fmt: skip
        rows.append(event if number % 3 else event | {"metric": "nps", "score": float(drawn.randrange(11))})
        if not number % 5:
            rows.append(rows[-1] | {"known_at": event["known_at"] + timedelta(days=40), "kind": "usage"})
    shop = [{"subject": "cyd", "kind": "order", "source": "shop", "occurred_at": START + timedelta(days=day), "amount": 10} for day in range(70)]
    linked = [{"subject": "ben@shop", "customer_id": "ben", "since": START + timedelta(days=90)}]
    traits = [{"subject": "ada", "segment": "new", "known_at": START}, {"subject": "ada", "segment": "old", "known_at": START + timedelta(days=100)}]
    return told([*rows, *shop], traits, identities=linked)


def test_signals_are_the_same_in_parts_and_at_once(monkeypatch):
    whole = signals(lives(), snapshots=3).to_pyarrow()
    # Of two parts one has a single snapshot, which is counted in another way than several.
    monkeypatch.setattr(parted, "AT_ONCE", 400)
    journal = replace(lives(), size=200)
    assert parted.parts_of(journal, 3) == [range(1), range(1, 3)]
    found = signals(journal, snapshots=3).to_pyarrow()
    assert (whole.num_rows, found.schema, rounded(found)) == (9, whole.schema, rounded(whole))
