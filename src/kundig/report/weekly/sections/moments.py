"""The moments that matter: where customers' scores leave their own level for certain."""

from __future__ import annotations

from kundig.report.journey.listing import Table
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import LeftOut, Section
from kundig.report.words import KINDS, named

KEY = "moments"
TITLE = Phrase("Moments that matter", "Entscheidende Momente")
_MISSING = Phrase("There is no analysis of moments.", "Es gibt keine Auswertung der Momente.")
_NONE = Phrase("No moment leaves customers' own level for certain.", "Kein Moment weicht sicher vom eigenen Maß der Kunden ab.")
_PAIN = Phrase("Where it hurts most: {title} ({difference} against customers' own level, {range}, n {n}).", "Am meisten schmerzt: {title} ({difference} gegen das eigene Maß der Kunden, {range}, n {n}).")
_DELIGHT = Phrase("What pleases most: {title} ({difference} against customers' own level, {range}, n {n}).", "Am meisten freut: {title} ({difference} gegen das eigene Maß der Kunden, {range}, n {n}).")
_HEADS = (Phrase("Moment", "Moment"), Phrase("What", "Was"), Phrase("Difference", "Abstand"), Phrase("95% range", "95-%-Bereich"), Phrase("n", "n"))
_LABELS = {"pain": Phrase("pain", "Schmerz"), "delight": Phrase("delight", "Freude")}
_MOST = 8


def moments(inquiry: Inquiry) -> Section | LeftOut:
    """Pains and delights with the difference from customers' own level, in the analysis' order."""
    formats, language = inquiry.formats, inquiry.formats.language
    if not inquiry.knows("feedback.moments"):
        return LeftOut(KEY, TITLE.said(language), _MISSING.said(language))
    rows = [row for row in inquiry.tried("feedback.moments") if row["label"] in _LABELS and row["difference"] is not None][:_MOST]
    if not rows:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))

    def title(name: str) -> str:
        # A promise is written `touchpoint → kind`.
        where, arrow, kind = name.partition(" → ")
        entry = inquiry.workspace.config.touchpoints.get(where)
        return (entry.title or where if entry else where) + (arrow + named(KINDS, kind, language) if kind else "")

    first = rows[0]
    phrase = _PAIN if first["label"] == "pain" else _DELIGHT
    said = phrase.said(language, title=title(first["moment"]), difference=formats.change(first["difference"], 1), range=formats.interval(first["low"], first["high"], 1), n=formats.number(first["n"]))
    table = tuple((title(row["moment"]), _LABELS[row["label"]].said(language), formats.change(row["difference"], 1), formats.interval(row["low"], row["high"], 1), formats.number(row["n"])) for row in rows)
    figures = tuple(Figure(f"moments.difference/{row['moment']}/{row['outcome']}", "points", row["difference"], row["low"], row["high"], int(row["n"])) for row in rows)
    return Section(KEY, TITLE.said(language), said, figures, table=Table(tuple(head.said(language) for head in _HEADS), table, (False, False, True, True, True)))
