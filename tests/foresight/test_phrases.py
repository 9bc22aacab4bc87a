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
