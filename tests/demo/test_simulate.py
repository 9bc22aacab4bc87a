"""The simulated company: the same for a seed, complete, broken exactly where it is meant to be, and as large as asked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import kundig
from kundig.demo import simulate
from kundig.demo.answers import asked
from kundig.demo.block import block
from kundig.demo.phrases import THEMES
from kundig.demo.truth import counted, truths
from kundig.errors import ArgumentError, KundigError


def contents(folder):
    """Every file of a folder by its name, as a hash."""
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    simulate(folder, customers=200, seed=1)
    return folder


@pytest.fixture(scope="module")
def imported(small):
    workspace = kundig.open(small)
    return workspace, {one.source: one for one in workspace.imports()}


def test_the_same_seed_gives_the_same_files(small, tmp_path):
    assert contents(simulate(tmp_path, customers=200, seed=1)) == {name: content for name, content in contents(small).items() if not name.startswith("lake/")}


def test_another_seed_gives_another_company(small, tmp_path):
    other = contents(simulate(tmp_path, customers=200, seed=2))
    here = contents(small)
    assert {name for name in other if other[name] == here[name]} <= {"kundig.yaml"} | {name for name in other if "wordings" in name}


def test_every_silo_comes_in_and_says_something(imported):
    workspace, found = imported
    assert set(found) == set(workspace.config.sources)
    assert [name for name, one in found.items() if one.events_added + one.traits_added == 0] == []
    assert sum(one.events_added for one in found.values()) > 200 * 200


def test_exactly_the_broken_rows_are_set_aside(imported, small):
    planted = json.loads((small / "truth.json").read_text(encoding="utf-8"))["meta"]["quarantine"]
    assert {name: one.quarantined for name, one in imported[1].items() if one.quarantined} == planted


def test_importing_twice_adds_nothing(imported):
    again = list(imported[0].imports())
    assert [(one.source, one.events_added, one.events_corrected, one.traits_added) for one in again if one.events_added + one.events_corrected + one.traits_added] == []


def test_every_touchpoint_of_the_journal_is_in_the_catalogue(imported):
    workspace, _ = imported
    events = workspace.journal.events
    assert set(events.touchpoint.to_pyarrow().to_pylist()) == set(workspace.config.touchpoints)


def test_truth_names_every_planted_truth_with_its_size_and_decoy(small):
    truth = json.loads((small / "truth.json").read_text(encoding="utf-8"))
    assert [int(name.split("_")[0]) for name in truth["truths"]] == list(range(1, 16))
    assert [name for name, told in truth["truths"].items() if not {"claim", "where", "decoy"} <= told.keys()] == []


def test_blocks_go_on_where_the_last_one_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("kundig.demo.company.BLOCK", 150)
    steps = []
    simulate(tmp_path, customers=400, seed=1, progress=lambda step, share: steps.append((step, share)))
    workspace = kundig.open(tmp_path)
    [crm, orders] = workspace.imports(["crm", "orders"])
    assert (crm.files, orders.repeated, orders.alike) == (3, 0, 0)
    subjects = workspace.journal.customers.customer_id.to_pyarrow().to_pylist()
    assert sum(name.startswith("crm:1") for name in subjects) == 400
    assert [share for _, share in steps] == sorted(share for _, share in steps)
    assert steps[-1] == ("done", 1.0)


def test_an_earlier_simulation_is_replaced_and_anything_else_refused(tmp_path):
    simulate(tmp_path / "a", customers=100, seed=1)
    assert simulate(tmp_path / "a", customers=120, seed=2) == tmp_path / "a"
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.txt").write_text("mine")
    with pytest.raises(ArgumentError, match=r"holds thesis\.txt"):
        simulate(tmp_path / "b", customers=100)
    with pytest.raises(KundigError, match="at least 100"):
        simulate(tmp_path / "c", customers=5)
    with pytest.raises(KundigError, match="0 or more, found -1"):
        simulate(tmp_path / "c", customers=100, seed=-1)
    assert not (tmp_path / "c").exists()


def test_no_analysis_knows_the_simulation():
    rooms = Path(kundig.__file__).parent
    assert [str(file) for room in ("journeys", "feedback", "identity", "store", "sources", "ingest") for file in (rooms / room).rglob("*.py") if "kundig.demo" in file.read_text(encoding="utf-8")] == []


@pytest.fixture(scope="module", params=[1, 2])
def large(request, tmp_path_factory):
    """Fifteen thousand customers in memory: sizes that a small company drowns in noise."""
    return block(request.param, 0, 0, 15_000, tmp_path_factory.mktemp("nowhere"))


def test_planted_sizes_are_there(large):
    told = truths(counted(large))
    reasons = told["2_reasons_for_leaving"]
    assert reasons["realised"] == pytest.approx({"slow porting": 2.5, "repeated errors": 2.9, "handed around": 2.35}, rel=0.06)
    assert reasons["decoy"]["realised"] == pytest.approx(reasons["decoy"]["size"], rel=0.06)
    assert told["9_onboarding_silence"]["realised"] == pytest.approx(2.5, rel=0.06)
    assert told["3_loyalty_penalty"]["realised"] == pytest.approx(0.18, abs=0.005)
    assert told["3_loyalty_penalty"]["decoy"]["realised"]["Nordwind S"] == pytest.approx(0, abs=0.005)
    assert told["12_retention_call"]["realised"] == pytest.approx(0.06, abs=0.04)


def test_the_unhappy_are_silent(large):
    of = asked(large)
    waves = of.metric == "nps"
    answered = large.mood(of.customer[waves], of.asked[waves]).mean()
    assert answered > large.life.mood[large.life.active].mean() + 0.15


def test_texts_are_rarely_the_same(imported):
    events = imported[0].journal.events
    texts = events.filter(events.text.notnull() & events.source.isin(["tickets", "surveys", "social"])).text.to_pyarrow().to_pylist()
    assert len(texts) > 400
    assert len(set(texts)) > 0.97 * len(texts)


def test_theme_mood_and_language_of_every_text_are_told(imported, small):
    workspace, _ = imported
    events = workspace.journal.events
    written = events.filter(events.text.notnull() & events.source.isin(["tickets", "surveys", "social"])).text.to_pyarrow().to_pylist()
    told = {row["text"]: row for row in pq.read_table(small / "truth" / "texts.parquet").to_pylist()}
    assert set(written) <= told.keys()
    assert {row["mood"] for row in told.values()} == {"good", "bad"}
    assert {row["language"] for row in told.values()} == {"de", "en"}
    assert {row["theme"] for row in told.values()} == set(THEMES)


def test_contracts_before_the_period_changed_on_their_own_days(imported):
    workspace, _ = imported
    events = workspace.journal.events
    changes = events.filter((events.source == "contracts") & (events.local_at < "2024-01-01")).local_at.to_pyarrow().to_pylist()
    assert len(set(changes)) > 0.8 * len(changes)
