"""What checks find is read in German as well: its sentences, its figures, and why a row was set aside."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kundig.checks
from kundig.checks import Finding
from kundig.numbered import numbered

SILENT = Finding("warning", "calls", "nothing since 2025-01-27, 1,059 days, while other sources went on; a pause is usually at most 2.5 days", "see whether its export still runs")
SUBJECTS = Finding("warning", "tickets", "2,100 of 8,500 events (24.7%) have no subject and belong to no customer", "map `subject:`, or leave them for totals only")
CATALOGUE = Finding("warning", "support.call", "the catalogue lacks department, owner", "complete it under `touchpoints:`")
PROMISE = Finding("warning", "support.call", "the catalogue promises case_resolved within 2 days, and no such event was ever recorded", "import its source, or mend `promise:`")
ASIDE = Finding(
    "warning", "tickets", "2 rows in quarantine: at: not a time (such as at: not a time: never), first in tickets.csv line 1086", "mend the mapping or the file and import again; `kundig import --quarantined` reads the kept rows anew"
)  # fmt: skip
CONTRACT = Finding(
    "warning", "contracts", "1 row of contracts: started twice, first that of crm:ada, contract c1, on 2026-03-01", "counted as a change of the running contract; `kundig ask value.contract_faults` lists them all"
)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "german"),
    [
        (SILENT, ("seit 27. Jan. 2025 nichts, 1.059 Tage, während andere Quellen weitergingen; sonst ist eine Pause meist höchstens 2,5 Tage lang", "nachsehen, ob der Export noch läuft")),
        (SUBJECTS, ("2.100 von 8.500 Ereignissen (24,7\u00a0%) nennen niemanden und gehören zu keinem Kunden", "`subject:` zuordnen, oder sie nur für Summen behalten")),
        (CATALOGUE, ("im Katalog fehlt: Abteilung, Verantwortliche", "unter `touchpoints:` ergänzen")),
        (PROMISE, ("der Katalog verspricht „Vorgang gelöst“ binnen 2 Tage, und ein solches Ereignis wurde nie aufgezeichnet", "die Quelle importieren oder `promise:` berichtigen")),
        (ASIDE, ("2 Zeilen sind beiseitegelegt: at: keine Zeit (etwa at: keine Zeit: never), zuerst in tickets.csv, Zeile 1.086", "die Zuordnung oder die Datei berichtigen und neu importieren; `kundig import --quarantined` liest die aufbewahrten Zeilen neu")),
        (CONTRACT, ("1 Vertragszeile: zweimal begonnen, zuerst bei crm:ada, Vertrag c1, am 1. März 2026", "als Änderung des laufenden Vertrags gezählt; `kundig ask value.contract_faults` zeigt alle")),
        (Finding("fine", "crm", "crm.csv: 12 columns, the mapping fits"), ("crm.csv: 12 Spalten, die Zuordnung passt", "")),
    ],
)  # fmt: skip
def test_a_finding_is_told_in_german(site, found, german):
    from django.utils import translation

    from kundig.web.findings import finding

    with translation.override("de"):
        assert finding(found) == german
    with translation.override("en"):
        assert finding(found) == (found.found, found.advice)


def test_an_error_in_its_own_words_is_marked_as_english(site):
    from django.utils import translation

    from kundig.web.findings import finding
    from kundig.web.templatetags.kundig import set_aside

    with translation.override("de"):
        assert finding(Finding("error", "crm", "crm.csv has no column 'who'", "mend `kundig.yaml` or the file, then check again")) == (None, "`kundig.yaml` oder die Datei berichtigen, dann noch einmal prüfen")
        assert (set_aside("score: is outside 0 to 10 of nps: 11"), set_aside("<b>odd")) == ("score: liegt außerhalb von 0 to 10, wie nps es kennt: 11", '<span lang="en">&lt;b&gt;odd</span>')


def test_every_finding_of_the_checks_has_its_german(site):
    """What stands in the source, with what is filled in replaced by a figure."""
    from django.utils import translation

    from kundig.web.findings import finding

    found = [(_texts(call.args[2]), _texts(call.args[3]) if len(call.args) > 3 else [""]) for call in ast.walk(ast.parse(Path(kundig.checks.__file__).read_text(encoding="utf-8"))) if _finding(call)]
    assert len(found) > 12
    with translation.override("de"):
        untold = [text for sentences, advices in found for text in sentences if finding(Finding("fine", "crm", text))[0] is None]
        untold += [text for _sentences, advices in found for text in advices if finding(Finding("fine", "crm", "there are no events yet", text))[1] is None]
    # An error's own words, and what is written down before it is found; those are told above.
    assert untold == []


def _finding(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"


def _texts(node):
    """The sentences that a piece of source may give."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if not isinstance(node, ast.JoinedStr):
        return []
    texts = [""]
    for part in node.values:
        texts = [text + one for text in texts for one in _filled(part)]
    return texts


def _filled(part):
    if isinstance(part, ast.Constant):
        return [part.value]
    if isinstance(part.value, ast.Call) and ast.unparse(part.value.func) == "numbered":
        return [numbered(n, part.value.args[1].value) for n in (1, 7)]
    if isinstance(part.value, ast.IfExp):
        # Of one row there is one sentence more, told above.
        return [part.value.orelse.value]
    return {"first": ["2026-03-01"], "last": ["2026-03-01"], "gap": ["no promise"], "within": ["2 days"]}.get(ast.unparse(part.value).rpartition(".")[2], ["7"])
