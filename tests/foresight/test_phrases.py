"""Reasons are sentences that say what they mean, below zero and without a value as well."""

from __future__ import annotations

import numpy as np
import pytest

from kundig.foresight.phrases import phrases
from kundig.foresight.signals import NAMES


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["0.29 contacts less than alike customers (90 days)", "2 contacts more than alike customers (90 days)", "unknown: contacts more than alike customers (90 days)", None]),
        ("de", ["0,29 Kontakte weniger als ähnliche Kunden (90 Tage)", "2 Kontakte mehr als ähnliche Kunden (90 Tage)", "unbekannt: Kontakte mehr als ähnliche Kunden (90 Tage)", None]),
    ],
)
def test_a_comparison_below_zero_is_told_the_other_way_round(language, expected):
    signal = NAMES.index("contacts_against_alike")
    x = np.full((4, len(NAMES)), np.nan)
    x[:2, signal] = -0.29, 2
    assert phrases(np.array([signal, signal, signal, -1]), x, language).to_pylist() == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["1 open case", "2 open cases", "0 open cases", "1 event less than alike customers (30 days)", "a case open for 1 day", "a case open for 1.2 days"]),
        ("de", ["1 offener Fall", "2 offene Fälle", "0 offene Fälle", "1 Ereignis weniger als ähnliche Kunden (30 Tage)", "ein Fall seit 1 Tag offen", "ein Fall seit 1,2 Tagen offen"]),
    ],
)
def test_beside_one_stands_one(language, expected):
    signals = np.array([NAMES.index(name) for name in ("open_cases",) * 3 + ("events_against_alike",) + ("oldest_open_days",) * 2])
    x = np.zeros((6, len(NAMES)))
    x[np.arange(6), signals] = 1, 2, 0, -1, 1, 1.2
    assert phrases(signals, x, language).to_pylist() == expected
