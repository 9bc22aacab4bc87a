"""How a customer stands, in words: what the analyses say of one row, and nothing where they say nothing."""

from decimal import Decimal
from html.parser import HTMLParser

import pyarrow as pa
import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from kundig.analysis import Result

ADA = {
    "churn": [{
        "state": "ok", "horizon_days": 90, "probability": 0.12, "low": 0.08, "high": 0.17, "at_stake": Decimal(360), "change": 0.034, "changed_by": "a case with 2 handovers in 120 days",
        "reason_1": "a case with 2 handovers in 120 days", "times_1": 2.1, "play": "Solve the open case with one person in charge, and call back.",
    }],
    "expansion": [{"probability": 0.2, "low": 0.1, "high": 0.3}],
    "expansion_candidates": [{"candidate": "Watch", "because": "Phone L", "share": 0.4, "low": 0.35, "high": 0.45, "n": 512, "expected": Decimal("48.00")}],
}  # fmt: skip


class Words(HTMLParser):
    """The text of a page, piece by piece."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found += data.split()


def told(outlook, language):
    with override(language):
        words = Words()
        words.feed(render_to_string("kundig/_stand.html", {"outlook": outlook, "late": False}))
    return " ".join(words.found)


@pytest.mark.parametrize(("language", "expected"), [
    ("en", ["+3.4 points since a week ago: a case with 2 handovers in 120 days", "Watch · €48 a year to be expected 40% of 512 customers with Phone L have it"]),
    ("de", ["+3,4 Punkte seit einer Woche", "Watch · 48 € im Jahr zu erwarten 40 % von 512 Kunden mit Phone L haben es"]),
])  # fmt: skip
def test_what_moved_since_last_week_and_what_a_customer_could_take_stand_beside_the_chances(site, language, expected):
    text = told(ADA, language).replace("\xa0", " ").replace("\u202f", " ")
    assert [words for words in expected if words not in text] == []


@pytest.mark.parametrize(("written", "read"), [("en", "de"), ("de", "en"), ("de", "de")])
def test_reasons_are_told_in_the_readers_language_whatever_the_companys_is(site, written, read):
    from kundig.web.beside import theirs
    from kundig.web.renewing import risks
    from kundig.web.shown import shown

    texts = {
        "en": {"changed_by": "0.25 times as much use as usual", "reason_1": "a case with 2 handovers in 120 days", "play": "Ask whether something is missing."},
        "de": {"changed_by": "0,25-mal so viel Nutzung wie sonst", "reason_1": "ein Fall mit 2 Übergaben in 120 Tagen", "play": "Nachfragen, ob etwas fehlt."},
    }
    rows = [{"customer_id": "ada", "probability": 0.5, "low": 0.4, "high": 0.6, "at_stake": Decimal(12), "expected_loss": Decimal(6), **texts[written]}]
    answer = Result("foresight.churn", {}, None, pa.Table.from_pylist(rows), "", 1, ())
    with override(read):
        [line] = shown(answer, {}, links=False, only=tuple(texts["en"])).lines
        [ben] = risks(answer, None, links=False)
        [ada] = theirs(answer, "ada")
    assert ([cell.text for cell in line.cells], ben.reason, {name: ada[name] for name in texts["en"]}) == ([*texts[read].values()], texts[read]["reason_1"], texts[read])


def test_of_what_was_not_known_a_week_ago_no_change_is_told(site):
    ada = {**ADA, "churn": [{**ADA["churn"][0], "change": None, "changed_by": None}], "expansion_candidates": []}
    assert ("since a week ago" in told(ada, "en"), "customers with" in told(ada, "en")) == (False, False)
