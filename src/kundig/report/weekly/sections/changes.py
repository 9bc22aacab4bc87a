"""What changed: touchpoints whose score moved, those beyond chance first."""

from __future__ import annotations

from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure, judged
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import LeftOut, Section
from kundig.report.weekly.sections.scores import ASKED, UNITS
from kundig.report.weekly.week import WEEKS
from kundig.report.words import METRICS

KEY = "changes"
TITLE = Phrase("What changed", "Was sich geändert hat")
NOTHING = Phrase("No touchpoint has enough answers in both times to compare.", "Kein Kontaktpunkt hat in beiden Zeiträumen genug Antworten für einen Vergleich.")
_NO_CHANGE = Phrase("No touchpoint changed beyond chance.", "Kein Kontaktpunkt hat sich über den Zufall hinaus verändert.")
_WORSE = Phrase("{title} got worse: {now}, before {before}.", "{title} ist schlechter geworden: {now}, vorher {before}.")
_BETTER = Phrase("{title} got better: {now}, before {before}.", "{title} ist besser geworden: {now}, vorher {before}.")


def changes(inquiry: Inquiry) -> Section | LeftOut:
    """The touchpoints in the order in which they matter: beyond chance before what may be chance, then by size."""
    language = inquiry.formats.language
    figures = judged(_compared(inquiry))
    if not figures:
        return LeftOut(KEY, TITLE.said(language), NOTHING.said(language))
    sure = [figure for figure in figures if figure.verdict != "may be chance"]
    # What may be chance goes by its evidence: by size, the fewest answers would come first.
    unsure = [figure for figure in figures if figure.verdict == "may be chance"]
    order = [*sorted(sure, key=lambda figure: (-abs(_scaled(figure)), figure.key)), *sorted(unsure, key=lambda figure: (figure.p or 1.0, figure.key))]
    return Section(KEY, TITLE.said(language), sentence(order[0], inquiry), tuple(order))


def sentence(figure: Figure, inquiry: Inquiry) -> str:
    """The largest change in a sentence, or that there is none."""
    phrase = {"worse": _WORSE, "better": _BETTER}.get(figure.verdict or "")
    if phrase is None:
        return _NO_CHANGE.said(inquiry.formats.language)
    before = Figure(figure.key, figure.unit, figure.before).written(inquiry.formats)
    return phrase.said(inquiry.formats.language, title=title(figure, inquiry), now=figure.written(inquiry.formats), before=before)


def title(figure: Figure, inquiry: Inquiry) -> str:
    """The touchpoint's title, as the catalogue has it."""
    name = figure.key.split("/", 1)[1]
    entry = inquiry.workspace.config.touchpoints.get(name)
    return entry.title or name if entry else name


def metric(figure: Figure, inquiry: Inquiry) -> str:
    """What was measured."""
    return METRICS[figure.key.split("/", 1)[0].rpartition(".")[2]].said(inquiry.formats.language)


def _compared(inquiry: Inquiry) -> list[Figure]:
    found = []
    for name in ASKED:
        before = {row["group"]: row for row in inquiry.rows("feedback.scores", inquiry.week.before(WEEKS).extract(), metric=name, by="touchpoint") if row["state"] == "ok"}
        for row in inquiry.rows("feedback.scores", metric=name, by="touchpoint"):
            then = before.get(row["group"])
            if row["state"] == "ok" and then and row["group"] is not None:
                found.append(Figure(f"change.{name}/{row['group']}", UNITS[name], row["score"], row["low"], row["high"], int(row["n"]), then["score"], then["low"], then["high"]))
    return found


def _scaled(figure: Figure) -> float:
    """The change as a share of its scale, so that stars and points can be put in one order."""
    return (figure.change or 0.0) / {"points": 200, "stars": 4}.get(figure.unit, 100)
