"""Which contracts fall due next, and what they are worth."""

from __future__ import annotations

from kundig.report.journey.listing import Table
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import LeftOut, Section

KEY = "renewals"
TITLE = Phrase("Renewals of the next 90 days", "Verlängerungen der nächsten 90 Tage")
_MISSING = Phrase("There is no book of renewals.", "Es gibt kein Verzeichnis der Verlängerungen.")
_NONE = Phrase("No contract falls due in the next 90 days.", "In den nächsten 90 Tagen läuft kein Vertrag aus.")
_SENTENCE = Phrase(
    "{n} contracts worth {amount} a month fall due in 90 days; notice was given for {notice} of them ({lost}).",
    "{n} Verträge über {amount} im Monat laufen in 90 Tagen aus; gekündigt sind davon {notice} ({lost}).",
)
_HEADS = (Phrase("Month", "Monat"), Phrase("Contracts", "Verträge"), Phrase("A month", "Je Monat"), Phrase("Notice given", "Gekündigt"), Phrase("Complaints", "Mit Beschwerden"))


def renewals(inquiry: Inquiry) -> Section | LeftOut:
    """The book by month of its due dates."""
    formats, language = inquiry.formats, inquiry.formats.language
    if not inquiry.knows("value.renewals"):
        return LeftOut(KEY, TITLE.said(language), _MISSING.said(language))
    rows = inquiry.tried("value.renewals")
    if not rows:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))
    amount = sum(float(row["amount"] or 0) for row in rows)
    given = [row for row in rows if row["notice"]]
    lost = sum(float(row["amount"] or 0) for row in given)
    said = _SENTENCE.said(language, n=formats.number(len(rows)), amount=formats.short_money(amount), notice=formats.number(len(given)), lost=formats.short_money(lost))
    months = sorted({row["due"].replace(day=1) for row in rows})
    table = []
    for month in months:
        of = [row for row in rows if row["due"].replace(day=1) == month]
        table.append(
            (
                formats.month(month), formats.number(len(of)), formats.short_money(sum(float(row["amount"] or 0) for row in of)),
                formats.number(sum(bool(row["notice"]) for row in of)), formats.number(sum(bool(row["complaints"]) for row in of)),
            )
        )  # fmt: skip
    figures = (Figure("renewals.due", "money", amount, n=len(rows), more=None), Figure("renewals.notice", "money", lost, n=len(given), more=False))
    return Section(KEY, TITLE.said(language), said, figures, table=Table(tuple(head.said(language) for head in _HEADS), tuple(table), (False, True, True, True, True)))
