"""Why customers leave, and who will, asked of the analyses; the truth beside it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from kundig.foresight import learned
from kundig.foresight.outcomes import outcomes, panel
from kundig.store.duckdb import answered
from tests.recovery.conftest import SEEDS, company_of

CAUSES = {
    "slow onboard.porting": ("2_reasons_for_leaving", "slow porting"),
    "repeated invoice_correction": ("2_reasons_for_leaving", "repeated invoice errors"),
    "case handed around": ("2_reasons_for_leaving", "handed around"),
    "no use in the first 14 days": ("9_onboarding_silence", None),
}
DECOYS = ("contract: Preisanpassung", "message_out", "letter", "payment", "invoice", "milestone", "inquiry")


def revealed(rows):
    return {row["reason"]: row for row in rows if row["part"] == "revealed" and row["reason"]}


def test_what_was_planted_lies_within_the_interval_and_decoys_do_not_stand_out(company):
    found = revealed(company.ask("foresight.reasons", confidence=0.999, floor=20))
    for cause, (truth, name) in CAUSES.items():
        row = found[cause]
        planted = company.truth[truth]["size"][name] if name else company.truth[truth]["size"]
        assert row["state"] == "too few incidents" or row["low"] < planted < row["high"], cause
    assert [name for name in DECOYS if found.get(name, {}).get("verdict") == "goes with leaving"] == []


def test_what_they_say_is_the_price_and_staff_typed_it(company):
    said = [row for row in company.ask("foresight.reasons", floor=20) if row["part"] == "stated"]
    assert (said[0]["stated"], {row["typed_by"] for row in said}) == ("price", {"staff"})
    assert said[0]["share_low"] - 0.05 < company.truth["2_reasons_for_leaving"]["size"]["says price"] < said[0]["share_high"] + 0.05


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_in_a_larger_company_each_cause_is_found_and_the_ranking_is_nearly_the_best_there_is(tmp_path, seed):
    company = company_of(tmp_path, seed, 5_000)
    rows = company.ask("foresight.reasons")
    found = revealed(rows)
    assert {cause: found[cause]["verdict"] for cause in CAUSES} == dict.fromkeys(CAUSES, "goes with leaving")
    assert [name for name in DECOYS if found.get(name, {}).get("verdict") == "goes with leaving"] == []
    levers = {row["reason"]: float(row["amount"]) for row in rows if row["part"] == "lever"}
    assert levers["repair the process"] > levers["cut the price"]
    every = timedelta(days=30)
    past, kept = panel(answered(outcomes(company.workspace.journal, 19, every)), every, "notice")
    test = learned.tested(past, "notice", 90, trivial=False)
    hazards = {(person, month.strftime("%Y-%m")): hazard for person, month, hazard in company.rows("SELECT 'crm:' || (1000000 + person), month, hazard FROM hazards")}
    inside = np.isin(past.snapshot, np.unique(test.rows.snapshot))
    true = np.array([hazards.get((who, at.strftime("%Y-%m")), np.nan) for who, at in zip(np.array(kept["customer_id"].to_pylist())[inside], np.array(kept["at"].to_pylist())[inside], strict=True)])
    there = np.isfinite(true)
    assert roc_auc_score(test.y[there], test.p[there]) > roc_auc_score(test.y[there], true[there]) - 0.02
    _, low, high = learned.verdict(test, 0.95)[1]["calibration_slope"]
    assert low < 1.1
    assert high > 0.9
