"""The 95 % intervals mean what they say: over forty small companies, they hold what was planted about as often."""

from __future__ import annotations

import shutil

import pytest

from kundig.value.effects import effects
from kundig.value.segment_lift import segment_lift
from tests.recovery.conftest import company_of
from tests.recovery.known import asked, known

COMPANIES, CUSTOMERS = 40, 600


def held(folder, seed):
    """For each figure, whether its interval holds what was planted."""
    company = company_of(folder, seed, CUSTOMERS)
    journal, truth = known(company), company.truth
    [call] = [row for row in asked(journal, effects) if row["programme"] == "Rückruf"]
    [lift] = asked(journal, segment_lift, segment="advocates")
    figures = [(call["low"], truth["12_retention_call"]["size"], call["high"])]
    figures += [(lift["raw_low"], truth["11_advocates"]["size"]["all"], lift["raw_high"]), (lift["low"], truth["11_advocates"]["size"]["own"], lift["high"])]
    return [low <= planted <= high for low, planted, high in figures if low is not None]


@pytest.mark.soak
def test_intervals_hold_what_was_planted_in_ninety_to_ninety_nine_of_a_hundred(tmp_path):
    found = []
    for seed in range(101, 101 + COMPANIES):
        found += held(tmp_path / str(seed), seed)
        shutil.rmtree(tmp_path / str(seed))
    assert len(found) > 2 * COMPANIES
    assert 0.90 <= sum(found) / len(found) <= 0.99
