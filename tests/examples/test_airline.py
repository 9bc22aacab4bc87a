"""The airline example, end to end on real tweets."""

import shutil

import pytest

import kundig
from tests.data import ROOT, real


@pytest.fixture(scope="module")
def airline(tmp_path_factory):
    data = real("airline_tweets")
    folder = tmp_path_factory.mktemp("airline")
    shutil.copy(ROOT / "examples/airline/kundig.yaml", folder)
    workspace = kundig.open(folder, data=data)
    [imported] = workspace.imports()
    assert (imported.events_added, imported.quarantined) == (imported.rows, 0)
    assert workspace.read().read > 7000
    return workspace


def test_passengers_talk_about_bags_delays_and_cancelled_flights_and_are_not_amused(airline):
    rows = airline.ask("feedback.themes").table.to_pylist()
    named = {word: row for row in rows if row["state"] == "ok" for word in row["theme"].split(" / ")}
    assert {"bag", "delayed", "cancelled"} <= set(named)
    assert max(named[word]["mood_high"] for word in ("bag", "delayed", "cancelled")) < 0


def test_every_airline_has_a_mood_with_its_interval(airline):
    rows = airline.ask("feedback.moods", by="properties.airline").table.to_pylist()
    assert {row["group"]: (row["n"], row["state"]) for row in rows} == {"Delta": (574, "ok"), "Southwest": (2420, "ok"), "United": (3822, "ok"), "Virgin America": (504, "ok")}
    assert max(rows, key=lambda row: row["negative"])["group"] == "United"
