"""What improvement projects did: as the same programme in the configuration would have it."""

from __future__ import annotations

from dataclasses import replace

from kundig.value.effects import effects
from kundig.value.projects import brought
from tests.value.test_effects import changed


def test_a_project_is_measured_as_a_programme_beside_the_companys():
    journal = changed(0.04)
    [(name, programme)] = journal.settings.programmes.items()
    stated = ("project 1", programme.since.isoformat(), programme.product, None, None)
    # A project says no cost.
    bare = replace(journal, settings=journal.settings.model_copy(update={"programmes": {}}))
    [expected] = effects(journal).to_pyarrow().to_pylist()
    assert brought(bare, projects=(stated,)).to_pyarrow().to_pylist() == [{**expected, "programme": "project 1", "per_euro": None, "per_euro_low": None, "per_euro_high": None}]
    assert [(row["programme"], row["state"], row["verdict"]) for row in brought(journal, projects=(stated,)).to_pyarrow().to_pylist()] == [(name, "ok", "helps"), ("project 1", "ok", "helps")]


def test_without_others_whom_it_did_not_meet_there_is_no_evidence():
    rows = brought(changed(0.04), projects=(("project 1", "2025-07-01", None, None, None),)).to_pyarrow().to_pylist()
    assert [(row["state"], row["effect"]) for row in rows if row["programme"] == "project 1"] == [("no evidence possible", None)]
