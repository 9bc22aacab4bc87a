"""How the target journey is kept."""

from __future__ import annotations

import re

from kundig.report.figures import Bar, shares
from kundig.report.formats import Formats
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import Drawing, LeftOut, Section
from kundig.report.words import KINDS, TOO_FEW, named

KEY = "rules"
TITLE = Phrase("Target journey", "Zielreise")
_NONE = Phrase("No rule of the target journey was put to the test in these weeks.", "Keine Regel der Zielreise kam in diesen Wochen zum Tragen.")
_SENTENCE = Phrase("The target journey is least kept at this rule: {rule}, in {share} of {n} cases ({range}).", "Die Zielreise wird am wenigsten eingehalten bei dieser Regel: {rule}, in {share} von {n} Fällen ({range}).")
_READ = {
    "existence": Phrase("{a} comes", "{a} kommt vor"),
    "absence": Phrase("{a} does not come", "{a} kommt nicht vor"),
    "init": Phrase("{a} comes first", "{a} kommt zuerst"),
    "end": Phrase("{a} comes last", "{a} kommt zuletzt"),
    "response": Phrase("After “{a}” comes “{b}”", "Auf „{a}“ folgt „{b}“"),
    "precedence": Phrase("Before “{b}” comes “{a}”", "Vor „{b}“ kommt „{a}“"),
    "succession": Phrase("“{a}” and “{b}” only together", "„{a}“ und „{b}“ nur zusammen"),
    "chain_response": Phrase("Right after “{a}” comes “{b}”", "Gleich auf „{a}“ folgt „{b}“"),
    "responded_existence": Phrase("With “{a}” comes “{b}”", "Zu „{a}“ gehört „{b}“"),
    "not_coexistence": Phrase("Never both “{a}” and “{b}”", "Nie „{a}“ und „{b}“ zugleich"),
}
_RULE = re.compile(r"(\w+)\(([\w.]+)(?:, ([\w.]+))?\)(?: within (\d+(?:\.\d+)?) (minute|hour|day|week)s?)?")
_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_WITHIN = Phrase("{rule} within {span}", "{rule}, in {span}")


def read(rule: str, formats: Formats) -> str:
    """A rule in words where it is a plain one, else as it is written.

    >>> read("response(order, delivery) within 3 days", Formats("en")), read("absence(complaint, 2)", Formats("en"))
    ('After “Order” comes “Delivery” within 3 days', 'absence(complaint, 2)')
    """
    match = _RULE.fullmatch(rule)
    if match is None or match[1] not in _READ or (match[3] or "").isdecimal():
        return rule
    said = _READ[match[1]].said(formats.language, a=named(KINDS, match[2], formats.language), b=named(KINDS, match[3], formats.language))
    return _WITHIN.said(formats.language, rule=said, span=formats.span(float(match[4]) * _UNITS[match[5]])) if match[4] else said


def rules(inquiry: Inquiry) -> Section | LeftOut:
    """Each rule with the share in which it was kept."""
    formats, language = inquiry.formats, inquiry.formats.language
    rows = [row for row in inquiry.rows("journeys.deviations") if row["share"] is not None]
    if not rows:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))
    decided = {row["rule"]: int(row["fulfilled"] + row["violated"]) for row in rows}
    worst = min(rows, key=lambda row: (row["share"], row["rule"]))
    said = _SENTENCE.said(language, rule=read(worst["rule"], formats), share=formats.percent(worst["share"], 0), n=formats.number(decided[worst["rule"]]), range=formats.percent_interval(worst["low"], worst["high"], 0))
    bars = [Bar(read(row["rule"], formats), row["share"], row["low"], row["high"], decided[row["rule"]]) for row in rows]
    svg = shares(bars, title=TITLE.said(language), formats=formats, few=TOO_FEW.said(language), width=640, most=1.0)
    figures = tuple(Figure(f"rules.kept/{row['rule']}", "share", row["share"], row["low"], row["high"], decided[row["rule"]]) for row in rows)
    return Section(KEY, TITLE.said(language), said, figures, Drawing(svg, f"{TITLE.said(language)}. {said}"))
