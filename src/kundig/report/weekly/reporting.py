"""Reporting a week: asked once and kept; asked again it is what was reported, with what was corrected since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from kundig import __version__
from kundig.analysis import Analysis
from kundig.errors import ArgumentError
from kundig.report.formats import Formats
from kundig.report.journey.asked import last_event
from kundig.report.phrases import LANGUAGES, Language, Phrase
from kundig.report.weekly.definitions import fingerprint
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.ledger import Entry, Ledger, corrected
from kundig.report.weekly.page import key_figures, name, page
from kundig.report.weekly.week import Week, ended
from kundig.workspace import Workspace

_WAS = Phrase("{name}: reported {was} (n {was_n}) in {week}, now {now} (n {now_n}).", "{name}: in {week} berichtet {was} (n {was_n}), jetzt {now} (n {now_n}).")
_GONE = Phrase("{name}: reported {was} (n {was_n}) in {week}; there is no such figure now.", "{name}: in {week} berichtet {was} (n {was_n}); diese Zahl gibt es jetzt nicht mehr.")
_DEFINED = Phrase("The definition of {name} has changed since {week}.", "Die Definition von {name} hat sich seit {week} geändert.")


@dataclass(frozen=True)
class Report:
    """A week's report in one language.

    Attributes:
        week: ISO name of the week.
        language: of the reader.
        page: all that is printed, as plain data.
        frozen: whether it shows what was reported before, rather than what is computed now.
    """

    week: str
    language: Language
    page: dict[str, Any]
    frozen: bool

    def pdf(self) -> bytes:
        """As an accessible PDF."""
        from kundig.report.weekly.printing import printed  # noqa: PLC0415 -- slow import

        return printed(self.page)


def weekly(workspace: Workspace, *, as_of: datetime | str | None = None, language: Language | None = None, draft: bool = False, now: datetime | None = None) -> Report:
    """The report of the last week that had ended at a moment.

    A week is reported once: its figures and pages are kept in `reports/` of the workspace, in every language. Asked
    again, the report shows what was reported; figures that are others by now stand under corrections.

    Args:
        workspace: whose.
        as_of: what was known then; by default when the last thing happened that is known.
        language: of the reader; by default the company's.
        draft: compute anew, and keep nothing.
        now: when it is reported; by default the present.

    Raises:
        ArgumentError: nothing has happened yet.
    """
    spoken = language or workspace.config.company.language
    moment = Analysis.moment(as_of, workspace.zone) if as_of is not None else last_event(workspace)
    if moment is None:
        raise ArgumentError("there is nothing to report: the journal holds no event; run `kundig import` first")
    week = ended(moment, workspace.zone)
    ledger = Ledger(workspace.folder / "reports")
    inquiry = _inquiry(workspace, week, moment, spoken)
    kept = None if draft else ledger.entry(week)
    if kept is not None:
        was = kept.pages[spoken]
        told = _corrections(kept, inquiry)
        return Report(week.name, spoken, {**was, "corrections": [*was["corrections"], *(line for line in told if line not in was["corrections"])]}, frozen=True)
    earlier = ledger.before(week)
    pages: dict[str, Any] = {}
    for each in (spoken,) if draft else (spoken, *(other for other in LANGUAGES if other != spoken)):
        of = inquiry if each == spoken else _inquiry(workspace, week, moment, each)
        made = page(of)
        if each == spoken:
            figures, fingerprints = made.figures, {asked: fingerprint(asked) for asked in sorted(of.asked)}
        pages[each] = {**made.data, "corrections": _since(workspace, earlier, of, fingerprints) if earlier else []}
    if not draft:
        at = now or datetime.now(timezone.utc)
        ledger.keep(Entry(week.name, moment.isoformat(), at.isoformat(), __version__, figures, fingerprints, pages))
    return Report(week.name, spoken, pages[spoken], frozen=False)


def _inquiry(workspace: Workspace, week: Week, moment: datetime, language: Language) -> Inquiry:
    company = workspace.config.company
    return Inquiry(workspace, week, moment, Formats(language, company.currency, company.timezone))


def _since(workspace: Workspace, earlier: Entry, inquiry: Inquiry, fingerprints: dict[str, str]) -> list[str]:
    """What has to be said of the week reported before: figures that later knowledge has changed, definitions that are others."""
    year, number = earlier.week.split("-W")
    week = Week(datetime.fromisocalendar(int(year), int(number), 1).date(), workspace.zone)
    known_now = replace(inquiry, week=week, asked={})
    reported = [figure for figure in earlier.figures if figure.key.startswith(("score.", "retention."))]
    lines = _lines(reported, key_figures(known_now), earlier.week, inquiry)
    changed = sorted(asked for asked, print_ in fingerprints.items() if earlier.definitions.get(asked, print_) != print_)
    return lines + [_DEFINED.said(inquiry.formats.language, name=asked, week=earlier.week) for asked in changed]


def _corrections(kept: Entry, inquiry: Inquiry) -> list[str]:
    reported = [figure for figure in kept.figures if figure.key.startswith(("score.", "retention."))]
    return _lines(reported, key_figures(inquiry), kept.week, inquiry)


def _lines(reported: list[Figure], now: list[Figure], week: str, inquiry: Inquiry) -> list[str]:
    formats, lines = inquiry.formats, []
    for was, is_ in corrected(reported, now):
        values = {"name": name(was.key, inquiry), "was": was.written(formats), "was_n": formats.number(was.n), "week": week}
        lines.append(_GONE.said(formats.language, **values) if is_ is None else _WAS.said(formats.language, **values, now=is_.written(formats), now_n=formats.number(is_.n)))
    return lines
