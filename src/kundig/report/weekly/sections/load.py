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
_OPEN_POSTS = Phrase("Open posts", "Offene Stellen")
_OF = Phrase("{open} of {posts}", "{open} von {posts}")
_VACANT = Phrase("{open} of {posts} posts are open, most of them in {department}.", "{open} von {posts} Stellen sind offen, die meisten bei {department}.")
_FILLED = Phrase("All {posts} posts are filled.", "Alle {posts} Stellen sind besetzt.")
_OPEN = Phrase("Open posts are not told: kundig.yaml names none under staffing.", "Offene Stellen stehen hier nicht: kundig.yaml nennt unter staffing keine.")
_LEAST = 30


def load(inquiry: Inquiry) -> Section | LeftOut:
    """Contacts of known customers in each department's touchpoints against the weeks before, and the staff's eNPS."""
    formats, language = inquiry.formats, inquiry.formats.language
    now, before = _contacts(inquiry, inquiry.week), _contacts(inquiry, inquiry.week.before(WEEKS))
    if not now:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))
    mood = {row["group"]: row for row in inquiry.rows("feedback.scores", metric="enps", by="department") if row["state"] == "ok"}
    order = sorted(now, key=lambda name: (-now[name], name))
    rows: tuple[tuple[str, ...], ...] = tuple(
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
    posts = inquiry.workspace.config.staffing
    heads = tuple(head.said(language) for head in _HEADS)
    if posts:
        heads = (*heads, _OPEN_POSTS.said(language))
        rows = tuple((*row, _OF.said(language, open=formats.number(posts[name].open), posts=formats.number(posts[name].posts)) if name in posts else "–") for name, row in zip(order, rows, strict=True))
        said = f"{said} {_posts(inquiry)}"
    figures = [Figure(f"load.contacts/{name}", "count", now[name], n=now[name], more=None) for name in order]
    figures += [Figure(f"load.enps/{name}", "points", row["score"], row["low"], row["high"], int(row["n"])) for name, row in sorted(mood.items())]
    figures += [Figure(f"load.open/{name}", "count", one.open, n=one.posts, more=False) for name, one in sorted(posts.items())]
    return Section(KEY, TITLE.said(language), said, tuple(figures), table=Table(heads, rows, (False, *(True for _ in heads[1:]))), note="" if posts else _OPEN.said(language))


def _posts(inquiry: Inquiry) -> str:
    """How many posts are open, and where most of them are."""
    formats, language = inquiry.formats, inquiry.formats.language
    posts = inquiry.workspace.config.staffing
    every, vacant = sum(one.posts for one in posts.values()), sum(one.open for one in posts.values())
    if not vacant:
        return _FILLED.said(language, posts=formats.number(every))
    most = max(sorted(posts), key=lambda name: posts[name].open)
    return _VACANT.said(language, open=formats.number(vacant), posts=formats.number(every), department=named(DEPARTMENTS, most, language))


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
