"""How far journeys get from the first look to the answer afterwards."""

from __future__ import annotations

from kundig.report.figures import Bar, shares
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import Drawing, LeftOut, Section
from kundig.report.words import KINDS, TOO_FEW, named

KEY = "funnel"
TITLE = Phrase("From the first look to delivery", "Vom ersten Blick bis zur Lieferung")
_NONE = Phrase("Nobody went through these stages in these weeks.", "In diesen Wochen ging niemand durch diese Stufen.")
_SENTENCE = Phrase("Of {n} journeys, {share} reached the stage “{stage}” ({range}).", "Von {n} Reisen erreichten {share} die Stufe „{stage}“ ({range}).")
_OPTIONAL = Phrase("{stage} (optional)", "{stage} (freiwillig)")


def funnel(inquiry: Inquiry) -> Section | LeftOut:
    """Each stage against the one before it."""
    formats, language = inquiry.formats, inquiry.formats.language
    rows = [row for row in inquiry.rows("journeys.funnel") if row["share"] is not None]
    required = [row for row in rows if not row["optional"]]
    if not required:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))

    def name(stage: str) -> str:
        return named(KINDS, stage, language)

    lowest = min(required, key=lambda row: (row["share"], row["stage"]))
    said = _SENTENCE.said(language, n=formats.number(lowest["n"]), share=formats.percent(lowest["share"]), stage=name(lowest["stage"]), range=formats.percent_interval(lowest["low"], lowest["high"]))
    bars = [Bar(_OPTIONAL.said(language, stage=name(row["stage"])) if row["optional"] else name(row["stage"]), row["share"], row["low"], row["high"], int(row["n"])) for row in rows]
    svg = shares(bars, title=TITLE.said(language), formats=formats, few=TOO_FEW.said(language), width=640, most=1.0)
    figures = tuple(Figure(f"funnel.reached/{row['stage']}", "share", row["share"], row["low"], row["high"], int(row["n"])) for row in rows)
    return Section(KEY, TITLE.said(language), said, figures, Drawing(svg, f"{TITLE.said(language)}. {said}"))
