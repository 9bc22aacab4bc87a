"""Forecasts that were kept stand beside what came, a person's call beside kundig's."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from kundig.foresight import outcomes
from kundig.foresight.forecast import forecast as rows_of
from kundig.foresight.outcomes import Panel
from kundig.foresight.renewal_forecast import renewal_forecast
from kundig.foresight.signals import NAMES
from kundig.journal import told

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def forecast(day, amount, **more):
    spans = {"from_day": "1", "to_day": "90"} | more.pop("properties", {})
    return {"subject": None, "event_id": f"f{day} {amount}", "kind": "forecast", "occurred_at": START + timedelta(days=day), "amount": amount, "properties": spans, **more}


@pytest.fixture(scope="module")
def kept():
    rows = [{"subject": who, "kind": "contract", "occurred_at": START, "outcome": "started", "amount": price, "case_id": who, "event_id": f"{who} starts"} for who, price in (("ada", 30), ("ben", 20), ("cyd", 10))]
    rows += [{"subject": who, "kind": "contract", "occurred_at": START + timedelta(days=day), "outcome": "ended", "amount": 0, "case_id": who, "event_id": f"{who} ends"} for who, day in (("ben", 60), ("cyd", 120))]
    rows += [forecast(10, 25, properties={"low": "15.5", "high": "35"}), forecast(10, 12, staff="s1"), forecast(110, 40), forecast(20, 5, properties={"to_day": "soon"})]
    table = renewal_forecast(told(rows), snapshots=1).to_pyarrow().to_pylist()
    return [row for row in table if row["part"] == "kept"]


def test_what_came_stands_beside_what_was_forecast_and_by_whom(kept):
    over = [(row["basis"], row["made_by"], row["forecast"], row["happened"]) for row in kept if row["state"] == "ok"]
    assert over == [("a person", "s1", Decimal(12), Decimal(20)), ("kundig", None, Decimal(25), Decimal(20))]


def test_the_interval_is_kept_and_what_is_not_over_or_has_no_span_is_named(kept):
    assert {(row["forecast"], row["state"], row["forecast_low"], row["forecast_high"]) for row in kept} == {
        (Decimal(25), "ok", Decimal("15.5"), Decimal(35)), (Decimal(12), "ok", None, None), (Decimal(40), "not over yet", None, None), (Decimal(5), "no span", None, None),
    }  # fmt: skip


@pytest.mark.parametrize(("leavers", "state"), [(0, "no leaver"), (3, "too few leavers"), (12, "ok"), (33, "too few who stayed"), (36, "everybody left")])
def test_of_too_few_leavers_there_is_no_figure_but_what_falls_due_is_told(leavers, state):
    # Thirty-six customers half a year ago; today those who stayed, and Cyd, who has only just come.
    then, now = np.arange(36), np.append(np.arange(leavers, 36), 36)
    customer, back = np.append(then, now), np.append(np.full(36, 180.0), np.zeros(len(now)))
    left = np.where((customer < leavers) & (back > 0), 20.0, np.nan)
    past = Panel(np.zeros((len(customer), len(NAMES))), customer, (back / 30).astype(np.int64), back, left, left)
    prices = pa.table({"price": np.full(len(customer), 10.0), "at": [START] * len(customer), "snapshot": past.snapshot, "contract_state": ["ok"] * len(customer)})
    first, *rest = rows_of(past, prices, prices, 0.95, 1.96)
    assert (first["state"], first["amount"], first.get("lost")) == (state, Decimal(10 * len(now)), Decimal("83.33") if state == "ok" else None)
    assert [row["state"] for row in rest] == (["ok"] if state == "ok" else [])


def test_what_is_coming_is_of_everybody_also_where_some_are_learned_from(monkeypatch):
    monkeypatch.setattr(outcomes, "MOST_CUSTOMERS", 1)
    rows = [{"subject": who, "kind": "contract", "occurred_at": START - timedelta(days=200), "outcome": "started", "amount": price, "case_id": who} for who, price in (("ada", 30), ("ben", 20), ("cyd", 10))]
    table = renewal_forecast(told([*rows, *({"subject": who, "kind": "visit", "occurred_at": START} for who in ("ada", "ben", "cyd"))]), snapshots=6).to_pyarrow().to_pylist()
    assert [(row["part"], row["state"], row["n"], row["amount"]) for row in table] == [("coming", "no leaver", 3, Decimal(60))]
