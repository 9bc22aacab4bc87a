"""Reasons for leaving and what moved are read in the reader's language, never as codes of events."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("code", "english", "german"),
    [
        ("case_opened", "case opened", "Vorgang eröffnet"),
        ("payment failed", "payment failed", "Zahlung fehlgeschlagen"),
        ("repeated invoice_correction", "more than once: corrected invoice", "mehr als einmal: korrigierte Rechnung"),
        ("slow onboard.porting", "took long: Rufnummernmitnahme", "dauerte lange: Rufnummernmitnahme"),
        ("slow milestone", "took long: milestone", "dauerte lange: Meilenstein"),
        ("low csat", "low score: Satisfaction (CSAT)", "niedrige Bewertung: Zufriedenheit (CSAT)"),
        ("contract: Preisanpassung", "contract: Preisanpassung", "Vertrag: Preisanpassung"),
        ("contract: reduced", "contract: reduced", "Vertrag: verkleinert"),
        ("contract: changed", "contract: changed", "Vertrag: geändert"),
        ("inquiry at nowhere.known", "inquiry (nowhere.known)", "Anfrage (nowhere.known)"),
        ("case handed around", "case handed around", "Vorgang herumgereicht"),
        ("no use in the first 14 days", "no use in the first 14 days", "keine Nutzung in den ersten 14 Tagen"),
        ("nothing that stands out", "nothing that stands out", "nichts sticht hervor"),
        ("repair the process", "repair the process", "Abläufe in Ordnung bringen"),
        ("site_survey", "site survey", "site survey"),
    ],
)
def test_an_incident_is_told_in_both_languages(site, code, english, german):
    from django.utils import translation

    from kundig.web.incidents import incident

    for language, told in (("en", english), ("de", german)):
        with translation.override(language):
            assert incident(code) == told


@pytest.mark.parametrize(("language", "expected"), [("de", "Bestellung, EUR"), ("en", "order, EUR")])
def test_what_moved_is_named_and_a_source_stays_as_it_is_written(site, language, expected):
    import pyarrow as pa
    from django.utils import translation

    from kundig.analysis import Result
    from kundig.web.shown import shown

    rows = [{"figure": "amount", "of": "order, EUR"}, {"figure": "score", "of": "nps"}, {"figure": "source", "of": "order_desk"}]
    answer = Result("foresight.what_changed", {}, None, pa.Table.from_pylist(rows), "", 0, ())
    with translation.override(language):
        assert [line.cells[1].text for line in shown(answer, {}, links=False).lines] == [expected, "NPS", "order_desk"]
