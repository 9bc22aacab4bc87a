from datetime import datetime, timedelta, timezone

import ibis
import numpy as np
import pyarrow as pa
import pytest

from kundig.journal import told
from kundig.journeys import silences
from kundig.journeys.rhythm import among_peers, rhythm
from kundig.settings import Settings
from tests.oracles import pause_chance, peer_chances

START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def rows(table, *columns):
    return (table.select(*columns) if columns else table).to_pyarrow().to_pylist()


def daily(subject, days, *, source="app", **more):
    return [{"subject": subject, "source": source, "touchpoint": "use", "occurred_at": START + timedelta(days=day), **more} for day in days]


def silent(journal, **arguments):
    return [(row["what"], row["source"], row["customer_id"]) for row in rows(silences(journal, **arguments)) if row["state"] == "silent"]


def test_ben_falls_silent_ada_does_not_and_cyd_has_no_rhythm_yet():
    journal = told([*daily("ada", range(40)), *daily("ben", range(20)), *daily("cyd", (0, 1))])
    assert silent(journal) == [("customer", "app", "ben")]
    [ben] = [row for row in rows(silences(journal)) if row["customer_id"] == "ben"]
    assert ben == {
        "what": "customer", "group": None, "state": "silent", "source": "app", "customer_id": "ben", "journey": None, "expected": None, "last_at": START + timedelta(days=19), "due_at": None,
        # Ada's 34 and Ben's 14 pauses that have at least five before them, none of them longer than usual, and one more.
        "silent_seconds": 20 * 86400.0, "usual_seconds": 86400.0, "n": 19, "p": pytest.approx(1 / 49), "q": pytest.approx(2 / 49),
    }  # fmt: skip


def test_a_source_that_is_silent_silences_none_of_its_customers():
    journal = told([*daily("ada", range(20)), *daily("ben", range(20)), *daily("cyd", range(40), source="shop")])
    assert silent(journal) == [("source", "app", None)]


def test_a_source_that_sleeps_at_the_same_time_each_year_is_as_silent_as_last_year():
    winter = [day for day in range(700) if not 300 <= day < 320 and not 665 <= day < 685]
    journal = told([*daily("ada", winter, source="field"), *daily("ada", range(700))]).as_of(START + timedelta(days=682))
    assert [(row["source"], row["state"]) for row in rows(silences(journal)) if row["what"] == "source"] == [("field", "as last year"), ("app", "heard")]


def test_whoever_has_ended_the_contract_owes_nothing():
    ended = {"subject": "ben", "source": "crm", "kind": "contract", "outcome": "ended", "occurred_at": START + timedelta(days=21)}
    journal = told([*daily("ada", range(40)), *daily("ben", range(20)), ended])
    assert silent(journal) == []


def test_an_owed_step_is_told_from_a_source_that_cannot_tell():
    settings = Settings.model_validate({"journeys": {"order": {"starts": "order", "rules": ["response(order, delivery) within 3 days"]}}})
    orders = [{"subject": name, "case_id": name, "kind": "order", "source": "shop", "occurred_at": START + timedelta(days=day)} for name, day in (("ada", 0), ("ben", 0), ("cyd", 39))]
    delivery = {"subject": "ada", "case_id": "ada", "kind": "delivery", "source": "parcels", "occurred_at": START + timedelta(days=1)}
    parcels = daily("dot", range(10), source="parcels", kind="delivery")
    heard = told([*orders, delivery, *parcels, *daily("dot", range(40))], settings=settings)
    columns = ("state", "journey", "expected", "due_at", "n")
    owed = {"journey": "ben", "expected": "response(order, delivery) within 3 days", "due_at": START + timedelta(days=3), "n": 1}
    assert [row for row in rows(silences(heard), "what", *columns) if row.pop("what") == "step"] == [{"state": "silent", **owed}]
    late = [{**event, "occurred_at": event["occurred_at"] + timedelta(days=9)} for event in orders]
    deaf = told([*late, *parcels, *daily("dot", range(60))], settings=settings)
    assert [(row["state"], row["journey"]) for row in rows(silences(deaf)) if row["what"] == "step"] == [("source is silent", "cyd"), ("source is silent", "ada"), ("source is silent", "ben")]


@pytest.mark.parametrize("kind", ["exponential", "bursts", "weekly", "lognormal"])
def test_at_a_moment_taken_at_random_a_customer_who_goes_on_is_called_silent_no_oftener_than_stated(kind):
    rng = np.random.default_rng(5)
    customers = 1500
    gaps = {
        "exponential": lambda: rng.exponential(3.0, 400),
        "bursts": lambda: np.where(rng.random(400) < 0.1, rng.uniform(10, 20, 400), rng.exponential(0.3, 400)),
        "weekly": lambda: np.full(400, 7.0) + rng.normal(0, 0.5, 400),
        "lognormal": lambda: rng.lognormal(0, 1, 400),
    }[kind]
    times, untils, who = [], [], []
    for number in range(customers):
        came = np.cumsum(gaps())
        until = came[60] + rng.uniform(0, came[300] - came[60])
        first = np.searchsorted(came, until) - rng.integers(8, 60)
        kept = came[max(first, 0) : np.searchsorted(came, until)]
        times.append(kept)
        untils.append(np.full(len(kept), until))
        who.append(np.full(len(kept), number))
    table = ibis.memtable(pa.table({"who": np.concatenate(who), "time": np.concatenate(times), "until": np.concatenate(untils), "source": ["app"] * sum(map(len, who))}))
    found = np.array(among_peers(table, "who", "source", "until", 5).to_pyarrow()["p"].to_pylist())
    for chance in (0.05, 0.01, 0.002):
        assert (found <= chance).sum() <= chance * customers + 3 * (chance * customers) ** 0.5


def test_the_chance_of_a_pause_is_that_of_plain_python():
    rng = np.random.default_rng(3)
    gaps = [rng.integers(1, 9, 12) for _ in range(20)]
    pauses = rng.integers(0, 20, 20)
    table = ibis.memtable(pa.Table.from_pylist([{"who": who, "time": float(time), "until": float(sum(of) + pauses[who])} for who, of in enumerate(gaps) for time in [0, *np.cumsum(of)]]))
    found = rhythm(table, ["who"], "until").order_by("who").to_pyarrow().to_pylist()
    assert [row["p"] for row in found] == pytest.approx([pause_chance(of, pause) for of, pause in zip(gaps, pauses, strict=True)])


def test_the_chance_among_peers_is_that_of_plain_python():
    rng = np.random.default_rng(4)
    gaps = [rng.integers(1, 9, 12) for _ in range(20)]
    pauses = rng.integers(0, 20, 20)
    table = ibis.memtable(pa.Table.from_pylist([{"who": who, "source": "app", "time": float(time), "until": float(sum(of) + pauses[who])} for who, of in enumerate(gaps) for time in [0, *np.cumsum(of)]]))
    found = among_peers(table, "who", "source", "until", 5).order_by("who").to_pyarrow().to_pylist()
    assert [row["p"] for row in found] == pytest.approx(peer_chances(gaps, pauses, least=5), rel=0.03)
