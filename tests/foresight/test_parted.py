"""Snapshots of a large journal, looked at in parts, are the same."""

import random
from dataclasses import replace
from datetime import timedelta

import ibis
import pytest

from kundig.foresight import parted
from kundig.foresight.churn import churn
from kundig.foresight.outcomes import AWAITED, outcomes
from kundig.foresight.signals import signals
from kundig.foresight.snapshots import Look
from kundig.journal import told
from kundig.settings import Settings
from tests.foresight.test_signals import KINDS, START, rounded


def lives():
    """What four people lived, and eight who have a project, some of it known late, corrected later still, or announced; two of their ids are one person from April on, and the shop's export breaks in March."""
    drawn = random.Random(3)
    rows = []
    for number in range(150):
        at = START + timedelta(hours=drawn.randrange(24 * 150))
        event = {
            "event_id": f"e{number}", "subject": drawn.choice(["ada", "ben", "ben@shop", "cyd"]), "kind": drawn.choice([kind for kind in KINDS if kind != "contract"]), "case_id": drawn.choice(["c1", "c2", None]), "occurred_at": at,
            "known_at": at + timedelta(hours=drawn.choice([0, 1, 24 * 20, -24 * 10])), "outcome": drawn.choice(["started", "expanded", "failed", None]), "amount": drawn.choice([None, -5, 30]), "quantity": 2.0, "product": "S", "touchpoint": drawn.choice(["move", "rollout"]),
        }  # fmt: skip
        rows.append(event if number % 3 else event | {"metric": "nps", "score": float(drawn.randrange(11))})
        if not number % 5:
            rows.append(rows[-1] | {"known_at": event["known_at"] + timedelta(days=40), "kind": "usage"})
    shop = [{"subject": "cyd", "kind": "order", "source": "shop", "occurred_at": START + timedelta(days=day), "amount": 10} for day in range(70)]
    shop += [{"subject": who, "kind": "contract", "outcome": "started", "occurred_at": START + timedelta(days=day), "amount": 10 + day, "product": "S"} for who, day in (("ada", 60), ("dan", 75), ("cyd", -900))]
    shop += [{"subject": "cyd", "kind": "contract", "outcome": how, "occurred_at": START + timedelta(days=day), "amount": 30, "product": "S"} for how, day in (("expanded", 120), ("ended", 140))]
    shop += [{"subject": "dan", "kind": "usage", "occurred_at": START + timedelta(days=84), "quantity": 1.0}]
    # How long a project usually takes is seen from everybody, whichever part they are in.
    shop += [{"subject": f"p{who}", "kind": "milestone", "case_id": f"project {who}", "touchpoint": "move", "occurred_at": START + timedelta(days=day)} for who in range(8) for day in (50, 53 + 2 * who)]
    linked = [{"subject": "ben@shop", "customer_id": "ben", "since": START + timedelta(days=90)}]
    traits = [{"subject": "ada", "segment": "new", "known_at": START}, {"subject": "ada", "segment": "old", "known_at": START + timedelta(days=100)}]
    settled = {"help": {"rules": ["response(case_opened, case_resolved) within 2 days"]}}
    return told([*rows, *shop], traits, settings=Settings.model_validate({"journeys": settled}), identities=linked)


@pytest.mark.parametrize(("at_once", "looks"), [(400, [(range(1, 3), None), (range(1), None)]), (120, [(range(1), (0, 2)), (range(1), (1, 2))])])
def test_signals_are_the_same_in_parts_and_at_once(monkeypatch, at_once, looks):
    snapshots = looks[0][0].stop
    whole = signals(lives(), snapshots=snapshots).to_pyarrow()
    monkeypatch.setattr(parted, "AT_ONCE", at_once)
    journal = replace(lives(), size=200)
    assert parted.looks_at(journal, snapshots) == [Look(*look) for look in looks]
    asked = signals(journal, snapshots=snapshots)
    tables = {name: table.to_pyarrow() for name, table in asked.tables.items()}
    before = ibis.get_backend().con.execute("SHOW TABLES").fetchall()
    found = asked.finished(tables)
    # What a snapshot was put together from is let go of with it.
    assert ibis.get_backend().con.execute("SHOW TABLES").fetchall() == before
    shown = ("violations_365d", "project_against_usual", "first_usage_days", "loyalty", "events_against_alike", "days_since_order")
    assert [name for name in shown if len({value for value in whole[name].to_pylist() if value is not None}) < 2] == []
    assert (whole.num_rows, found.schema, rounded(found)) == (12 * snapshots, whole.schema, rounded(whole))


def in_order(table):
    return rounded(table.sort_by([("snapshot", "ascending"), ("customer_id", "ascending")]))


def test_so_is_what_came_after_them(monkeypatch):
    season = timedelta(days=80)
    whole = outcomes(lives(), 2, season, sample=False).to_pyarrow()
    monkeypatch.setattr(parted, "AT_ONCE", 200)
    found = outcomes(replace(lives(), size=200), 2, season, sample=False)
    assert [len(piece) for piece in found.pieces] == [1, 1]
    assert [name for name in AWAITED if whole[f"{name}_days"].null_count == whole.num_rows] == []
    assert in_order(found.to_pyarrow()) == in_order(whole)


def test_a_prediction_takes_everybody_in_parts(monkeypatch):
    monkeypatch.setattr(parted, "AT_ONCE", 120)
    asked = churn(replace(lives(), size=200), snapshots=2)
    assert (len(asked.tables["now"].parts), len(asked.parts)) == (4, 5)
