"""Staffing: how much reached each department, and how its people feel."""

from __future__ import annotations

from collections import defaultdict

from kundig.journal import Extract
from kundig.report.journey.listing import Table
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import LeftOut, Section
from kundig.report.weekly.week import WEEKS, Week
from kundig.report.words import DEPARTMENTS, named

KEY = "load"
TITLE = Phrase("Load and mood by department", "Last und Stimmung nach Abteilung")
_NONE = Phrase("The catalogue names no departments, or nothing reached them.", "Der Katalog nennt keine Abteilungen, oder nichts erreichte sie.")
_SENTENCE = Phrase(
    "The load grew most in {department}: {now} contacts in {weeks} weeks, {before} before ({change}).",
    "Am stärksten wuchs die Last bei {department}: {now} Kontakte in {weeks} Wochen, zuvor {before} ({change}).",
)
_HEADS = (Phrase("Department", "Abteilung"), Phrase("Contacts", "Kontakte"), Phrase("Before", "Vorher"), Phrase("Change", "Änderung"), Phrase("Mood (eNPS)", "Stimmung (eNPS)"), Phrase("95% range", "95-%-Bereich"), Phrase("n", "n"))
_OPEN = Phrase("Open roles are not told: no source of the workspace names them.", "Offene Stellen stehen hier nicht: keine Quelle des Arbeitsbereichs nennt sie.")
_LEAST = 30


def load(inquiry: Inquiry) -> Section | LeftOut:
    """Contacts of known customers in each department's touchpoints against the weeks before, and the staff's eNPS."""
    formats, language = inquiry.formats, inquiry.formats.language
    now, before = _contacts(inquiry, inquiry.week), _contacts(inquiry, inquiry.week.before(WEEKS))
    if not now:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))
    mood = {row["group"]: row for row in inquiry.rows("feedback.scores", metric="enps", by="department") if row["state"] == "ok"}
    order = sorted(now, key=lambda name: (-now[name], name))
    rows = tuple(
        (
            named(DEPARTMENTS, name, language), formats.number(now[name]), formats.number(before.get(name, 0)), _grown(now[name], before.get(name, 0), inquiry),
            formats.number(mood[name]["score"]) if name in mood else "–",
            formats.interval(mood[name]["low"], mood[name]["high"]) if name in mood else "–",
            formats.number(mood[name]["n"]) if name in mood else "–",
        )
        for name in order
    )  # fmt: skip
    grown = [name for name in order if before.get(name, 0) >= _LEAST] or order
    most = max(grown, key=lambda name: (now[name] / max(before.get(name, 0), 1), name))
    said = _SENTENCE.said(language, department=named(DEPARTMENTS, most, language), now=formats.number(now[most]), weeks=WEEKS, before=formats.number(before.get(most, 0)), change=_grown(now[most], before.get(most, 0), inquiry))
    figures = [Figure(f"load.contacts/{name}", "count", now[name], n=now[name], more=None) for name in order]
    figures += [Figure(f"load.enps/{name}", "points", row["score"], row["low"], row["high"], int(row["n"])) for name, row in sorted(mood.items())]
    return Section(KEY, TITLE.said(language), said, tuple(figures), table=Table(tuple(head.said(language) for head in _HEADS), rows, (False, True, True, True, True, True, True)), note=_OPEN.said(language))


def _contacts(inquiry: Inquiry, week: Week) -> dict[str, int]:
    """Events in each department's touchpoints: those that followed another, and those that began a journey; use that is only measured is no contact."""
    whole = week.extract()
    extract = Extract(whole.since, whole.until, ("usage",))
    counts: dict[str, int] = defaultdict(int)
    for row in inquiry.rows("journeys.flows", extract, level="department"):
        counts[row["target"]] += int(row["n"])
    for row in inquiry.rows("journeys.entries_exits", extract, level="department"):
        if row["end"] == "entry":
            counts[row["step"]] += int(row["n"])
    return dict(counts)


def _grown(now: int, before: int, inquiry: Inquiry) -> str:
    return inquiry.formats.change_percent(now / before - 1 if before else None)
