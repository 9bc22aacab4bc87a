"""Random histories: a few customers, late and corrected events, two sources; and how matches are read."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from random import Random

from hypothesis import strategies as st

START = datetime(2026, 3, 2, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
LONG = 24 * 12
LAGS = (0, 0, 0, 1, 7, 30, 80)
KINDS = ("order", "order", "delivery", "delivery", "complaint")

SEEDS = st.integers(0, 2**32 - 1)


def history(seed, customers=12, events=90):
    """Events within twelve days, some told late and some corrected into something else; many customers, as an answer costs as much for one."""
    dice = Random(seed)
    found = []
    for place in range(events):
        hour = dice.randint(0, LONG)
        first = {
            "event_id": f"e{place:03}", "subject": f"c{dice.randrange(customers):02}", "case_id": dice.choice(["1", "2", None]), "source": dice.choice(["shop", "parcels"]),
            "kind": dice.choice(KINDS), "occurred_at": START + hour * HOUR, "known_at": START + (hour + dice.choice(LAGS)) * HOUR,
        }  # fmt: skip
        found.append(first)
        if dice.random() < 0.15:
            found.append({**first, "kind": dice.choice(KINDS), "known_at": first["known_at"] + dice.randint(1, 60) * HOUR})
    return found


moments = st.integers(LONG // 4, LONG + 80).map(lambda hour: START + hour * HOUR)


def rows(table):
    """Rows in one order, times in UTC."""
    found = [{name: value.astimezone(timezone.utc) if isinstance(value, datetime) else value for name, value in row.items()} for row in table.to_pyarrow().to_pylist()]
    return sorted(found, key=lambda row: (row["due_at"], row["cause"], row["customer_id"]))


def as_seen_at(found, at):
    """Of rows of a later journal, what one of an earlier moment ought to give."""
    return [{**row, "taken_back_at": row["taken_back_at"] if row["taken_back_at"] and row["taken_back_at"] <= at else None} for row in found if row["due_at"] <= at]
