"""How the target journey is kept."""

from __future__ import annotations

from kundig.report.figures import Bar, shares
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import Drawing, LeftOut, Section
from kundig.report.words import TOO_FEW

KEY = "rules"
TITLE = Phrase("Target journey", "Zielreise")
_NONE = Phrase("No rule of the target journey was put to the test in these weeks.", "Keine Regel der Zielreise kam in diesen Wochen zum Tragen.")
_SENTENCE = Phrase("The target journey is least kept at {rule}: in {share} of {n} cases ({range}).", "Die Zielreise wird am wenigsten eingehalten bei {rule}: in {share} von {n} Fällen ({range}).")


def rules(inquiry: Inquiry) -> Section | LeftOut:
    """Each rule with the share in which it was kept."""
    formats, language = inquiry.formats, inquiry.formats.language
    rows = [row for row in inquiry.rows("journeys.deviations") if row["share"] is not None]
    if not rows:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))
    decided = {row["rule"]: int(row["fulfilled"] + row["violated"]) for row in rows}
    worst = min(rows, key=lambda row: (row["share"], row["rule"]))
    said = _SENTENCE.said(language, rule=worst["rule"], share=formats.percent(worst["share"], 0), n=formats.number(decided[worst["rule"]]), range=formats.percent_interval(worst["low"], worst["high"], 0))
    bars = [Bar(row["rule"], row["share"], row["low"], row["high"], decided[row["rule"]]) for row in rows]
    svg = shares(bars, title=TITLE.said(language), formats=formats, few=TOO_FEW.said(language), width=640, most=1.0)
    figures = tuple(Figure(f"rules.kept/{row['rule']}", "share", row["share"], row["low"], row["high"], decided[row["rule"]]) for row in rows)
    return Section(KEY, TITLE.said(language), said, figures, Drawing(svg, f"{TITLE.said(language)}. {said}"))
