"""The report's first sentence: from tested rules, never free text; neutral where nothing moved beyond chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.sections import changes

_MOVES: Mapping[tuple[str, str], Phrase] = {
    ("score.nps", "better"): Phrase("Loyalty is rising.", "Die Loyalität steigt."),
    ("score.nps", "worse"): Phrase("Loyalty is falling.", "Die Loyalität sinkt."),
    ("score.csat", "better"): Phrase("Satisfaction is rising.", "Die Zufriedenheit steigt."),
    ("score.csat", "worse"): Phrase("Satisfaction is falling.", "Die Zufriedenheit sinkt."),
    ("score.ces", "better"): Phrase("It is getting easier for customers.", "Kunden haben es leichter."),
    ("score.ces", "worse"): Phrase("It is getting harder for customers.", "Kunden haben es schwerer."),
    ("retention.nrr", "better"): Phrase("More revenue stays.", "Mehr Umsatz bleibt."),
    ("retention.nrr", "worse"): Phrase("Less revenue stays.", "Weniger Umsatz bleibt."),
}
_NEUTRAL = Phrase("No change beyond chance this week.", "Keine Veränderung über den Zufall hinaus.")
_NOTHING = Phrase("Nobody has answered in these weeks.", "In diesen Wochen hat niemand geantwortet.")
_WORSE = Phrase("{title} has got worse.", "Schlechter geworden ist: {title}.")
_BETTER = Phrase("{title} has got better.", "Besser geworden ist: {title}.")


def headline(figures: Sequence[Figure], moved: Sequence[Figure], inquiry: Inquiry) -> str:
    """What moved as a whole, then the touchpoint that moved most; a fall is told before a rise."""
    language = inquiry.formats.language
    known = {(figure.key, figure.verdict or "") for figure in figures}
    said = [next((phrase.said(language) for key, phrase in _MOVES.items() if key in known), "")]
    sure = [figure for figure in moved if figure.verdict in {"better", "worse"}]
    first = next((figure for figure in sure if figure.verdict == "worse"), next(iter(sure), None))
    if first is not None:
        said.append((_WORSE if first.verdict == "worse" else _BETTER).said(language, title=changes.title(first, inquiry)))
    if any(said):
        return " ".join(piece for piece in said if piece)
    return (_NEUTRAL if figures or moved else _NOTHING).said(language)
