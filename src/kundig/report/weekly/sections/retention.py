"""What stayed of the revenue of existing customers."""

from __future__ import annotations

from kundig.report.figures import Step, bridge
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import Drawing, LeftOut, Section

KEY = "retention"
TITLE = Phrase("Revenue of existing customers", "Umsatz mit Bestandskunden")
NAMES = {"nrr": Phrase("Net revenue retention", "Netto-Umsatzbindung"), "grr": Phrase("Gross revenue retention", "Brutto-Umsatzbindung")}
_MISSING = Phrase("There is no analysis of retention.", "Es gibt keine Auswertung der Umsatzbindung.")
_NONE = Phrase("Too few contracts with amounts for a figure.", "Zu wenige Verträge mit Beträgen für eine Zahl.")
_SENTENCE = Phrase(
    "In the quarter from {period}, {nrr} of the revenue of {n} customers stayed, expansion included ({range}); without it {grr}.",
    "Im Quartal ab {period} blieben {nrr} des Umsatzes von {n} Kunden, Ausbau eingerechnet ({range}); ohne ihn {grr}.",
)
_STEPS = (
    ("expansion", Phrase("Expansion", "Ausbau"), 1),
    ("price_rises", Phrase("Prices", "Preise"), 1),
    ("contraction", Phrase("Contraction", "Rückbau"), -1),
    ("churned", Phrase("Lost", "Verloren"), -1),
)
_ENDS = (Phrase("Start, a month", "Anfang, je Monat"), Phrase("End, a month", "Ende, je Monat"))


def retention(inquiry: Inquiry) -> Section | LeftOut:
    """NRR and GRR of the last whole quarter, and the bridge between its ends."""
    formats, language = inquiry.formats, inquiry.formats.language
    if not inquiry.knows("value.retention"):
        return LeftOut(KEY, TITLE.said(language), _MISSING.said(language))
    rows = [row for row in inquiry.tried("value.retention", every="quarter") if row["state"] == "ok" and row["nrr"] is not None and row["group"] is None]
    if not rows:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))
    last = max(rows, key=lambda row: row["period"])
    earlier = max((row for row in rows if row["period"] < last["period"]), key=lambda row: row["period"], default=None)
    figures = tuple(
        Figure(f"retention.{name}", "share", last[name], last[f"{name}_low"], last[f"{name}_high"], int(last["n"]), *((earlier[name], earlier[f"{name}_low"], earlier[f"{name}_high"]) if earlier else ()))
        for name in ("nrr", "grr")
    )
    said = _SENTENCE.said(language, period=formats.day(last["period"]), nrr=formats.percent(last["nrr"]), grr=formats.percent(last["grr"]), n=formats.number(last["n"]), range=figures[0].range(formats))
    steps = [Step(_ENDS[0].said(language), float(last["opening"]), "sum")]
    steps += [Step(phrase.said(language), sign * float(last[name])) for name, phrase, sign in _STEPS if last[name]]
    steps.append(Step(_ENDS[1].said(language), float(last["closing"]), "sum"))
    svg = bridge(steps, title=TITLE.said(language), formats=formats, width=640)
    return Section(KEY, TITLE.said(language), said, figures, Drawing(svg, f"{TITLE.said(language)}. {said}"))
