"""Why something was not sent is read in German as well; what nobody translated says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kundig.sending


@pytest.mark.parametrize(
    ("kept", "german"),
    [
        ("no consent to survey", "keine Einwilligung in survey"),
        ("more than 1 letters within 30 days for survey", "mehr als 1 Briefe binnen 30 days für survey"),
        ("unsubscribed from advertising (2026-03-02)", "abbestellt: advertising (2026-03-02)"),
        ("the lot did not fall on it; 25 % are asked", "das Los fiel nicht darauf; 25 % werden gefragt"),
        ("enough have answered with segment gold: 100 within 30 days", "mit segment gold haben genug geantwortet: 100 binnen 30 days"),
        ("hooks.example.org answered 410, which is for good", "hooks.example.org antwortete 410, und das endgültig"),
        ("something of its own", None),
    ],
)
def test_a_reason_is_told_in_german(site, kept, german):
    from django.utils import translation

    from kundig.web.reasons import reason

    with translation.override("de"):
        assert reason(kept) == german
    with translation.override("en"):
        assert reason(kept) == (kept if german else None)


def test_a_reason_of_a_server_is_marked_as_english_and_is_no_page(site):
    from kundig.web.templatetags.kundig import reason

    assert reason("<b>no") == '<span lang="en">&lt;b&gt;no</span>'


def test_every_reason_that_sending_gives_is_known(site):
    """What stands in the source as a reason, with what is filled in replaced by a word."""
    from django.utils import translation

    from kundig.web.reasons import reason

    found = set()
    for file in sorted(Path(kundig.sending.__path__[0]).glob("*.py")):
        text = file.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:reason=|Held\(|SUPPRESSED, |NOT_SAMPLED, )f?"((?:[^"\\]|\\.)+)"', text))
    said = {re.sub(r"\{[^{}]*\}", "x", one) for one in found}
    assert len(said) > 25
    # For whoever sets kundig up, and nobody else: it is no reason that a customer's letter has.
    own = {"nothing goes out to customers from here", "chat needs the package apprise; install kundig[chat]", "x holds no address that Apprise knows", "the mail server was not reached", "the mail server takes no address with such letters"}
    own |= {"there is no survey x", "the purpose x is not one of `contact: purposes:`", "x was not found: x", "xx", "x (x)", "enough have answeredx: x within x"}
    with translation.override("de"):
        assert {one for one in said if reason(one) is None} <= own
