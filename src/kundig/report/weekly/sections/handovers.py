"""Where customers are handed from one department to another, how long they wait there, and how often they are sent back."""

from __future__ import annotations

from kundig.report.journey.listing import Table
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import LeftOut, Section
from kundig.report.words import DEPARTMENTS, named

KEY = "handovers"
TITLE = Phrase("Handed over between departments", "Übergaben zwischen Abteilungen")
_NONE = Phrase("No handovers between known departments in these weeks.", "Keine Übergaben zwischen bekannten Abteilungen in diesen Wochen.")
_SENTENCE = Phrase(
    "The longest wait among the frequent handovers is from {source} to {target}: half take longer than {wait} ({n} handovers).",
    "Am längsten dauert unter den häufigen Übergaben die von {source} an {target}: die Hälfte länger als {wait} ({n} Übergaben).",
)
_HEADS = (Phrase("From", "Von"), Phrase("To", "An"), Phrase("Handovers", "Übergaben"), Phrase("Median wait", "Wartezeit (Median)"), Phrase("95% range", "95-%-Bereich"), Phrase("Sent back", "Zurückgegeben"))
_MOST = 6
_FREQUENT = 20


def handovers(inquiry: Inquiry) -> Section | LeftOut:
    """The most frequent handovers of cases as a table."""
    formats, language = inquiry.formats, inquiry.formats.language
    known = [row for row in inquiry.rows("journeys.interlocks") if row["source"] is not None and row["target"] is not None]
    if not known:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))
    shown = known[:_MOST]
    frequent = [row for row in shown if row["n"] >= _FREQUENT] or shown
    slowest = max(frequent, key=lambda row: (row["median_seconds"], row["source"], row["target"]))
    said = _SENTENCE.said(
        language, source=named(DEPARTMENTS, slowest["source"], language), target=named(DEPARTMENTS, slowest["target"], language),
        wait=formats.span(slowest["median_seconds"]), n=formats.number(slowest["n"]),
    )  # fmt: skip
    rows = tuple(
        (
            named(DEPARTMENTS, row["source"], language),
            named(DEPARTMENTS, row["target"], language),
            formats.number(row["n"]),
            formats.span(row["median_seconds"]),
            formats.span_interval(row["median_low_seconds"], row["median_high_seconds"]),
            f"{formats.percent(row['sent_back_share'], 0)} ({formats.percent_interval(row['low'], row['high'], 0)})",
        )
        for row in shown
    )
    figures = tuple(_figure(row) for row in shown)
    return Section(KEY, TITLE.said(language), said, figures, table=Table(tuple(head.said(language) for head in _HEADS), rows, (False, False, True, True, True, True)))


def _figure(row: dict[str, float | str | None]) -> Figure:
    low, middle, high = (None if row[name] is None else float(row[name] or 0) / 86400 for name in ("median_low_seconds", "median_seconds", "median_high_seconds"))
    return Figure(f"handovers.wait/{row['source']}/{row['target']}", "days", middle, low, high, int(row["n"] or 0), more=False)
