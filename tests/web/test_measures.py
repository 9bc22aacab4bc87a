"""What the backtest measured is read in the reader's language, never as codes."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("code", "english", "german"),
    [
        ("calibration_slope", "Calibration slope", "Kalibrierungssteigung"),
        ("auc over recency", "AUC beyond that of recency", "AUC über die der Zeit seit dem letzten Ereignis hinaus"),
        ("expected tenth 01", "Expected, tenth 1 of 10", "Erwartet, Zehntel 1 von 10"),
        ("observed tenth 10", "Observed, tenth 10 of 10", "Beobachtet, Zehntel 10 von 10"),
        ("verdict", "verdict", "Urteil"),
        ("response rate", "response rate", "Rücklaufquote"),
    ],
)
def test_a_measure_is_told_in_both_languages(site, code, english, german):
    from django.utils import translation

    from kundig.web.measures import measure

    for language, told in (("en", english), ("de", german)):
        with translation.override(language):
            assert measure(code) == told


def test_every_measure_has_words(site):
    from django.utils import translation

    from kundig.foresight.judged import AT_CAPACITY, OF_PROBABILITIES
    from kundig.web.measures import measure

    with translation.override("de"):
        assert [name for name in (*AT_CAPACITY, *OF_PROBABILITIES) if measure(name) == name] == []
