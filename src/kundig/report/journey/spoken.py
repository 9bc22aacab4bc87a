"""What a screen reader says of a touchpoint: all that its circle shows, in words."""

from __future__ import annotations

from kundig.report.formats import Formats
from kundig.report.journey.model import Score, Touchpoint
from kundig.report.phrases import Counted, Phrase
from kundig.report.words import CONTACTS, DEPARTMENTS, METRICS, NO_SCORE, STAGES, STEPS, named

_SCORE = Phrase("{metric} {value}, {step} ({range}, n {n})", "{metric} {value}, {step} ({range}, n {n})")
_EXITS = Counted(
    Phrase("last step so far of {n} journey", "bisher letzter Schritt von {n} Reise"),
    Phrase("last step so far of {n} journeys", "bisher letzter Schritt von {n} Reisen"),
)
_MOMENT = Phrase("moment that matters, number {rank}", "entscheidender Moment Nummer {rank}")


def spoken(one: Touchpoint, formats: Formats) -> str:
    """Name, stage, department, contacts, score and exits of a touchpoint."""
    language = formats.language
    said = [f"{one.title} ({named(STAGES, one.stage, language)}, {named(DEPARTMENTS, one.department, language)})"]
    if one.moment:
        said.append(_MOMENT.said(language, rank=one.moment))
    said.append(CONTACTS.said(language, one.contacts, n=formats.number(one.contacts)))
    said.append(spoken_score(one.score, formats))
    if one.exits:
        said.append(_EXITS.said(language, one.exits, n=formats.number(one.exits)))
    return "; ".join(said)


def spoken_score(score: Score | None, formats: Formats) -> str:
    """A score with its metric, its step, its range and its n."""
    if score is None:
        return NO_SCORE.said(formats.language)
    digits = 1 if score.metric == "stars" else 0
    return _SCORE.said(
        formats.language,
        metric=METRICS[score.metric].said(formats.language),
        value=formats.number(score.value, digits),
        step=STEPS[score.step].said(formats.language),
        range=formats.interval(score.low, score.high, digits),
        n=formats.number(score.n),
    )
