"""The journey in words: stage by stage as a list for narrow screens, and as a table with the same numbers as the map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kundig.report.formats import Formats
from kundig.report.journey.layout import score_text
from kundig.report.journey.model import Journey, Stage, Touchpoint
from kundig.report.journey.spoken import spoken_score
from kundig.report.phrases import Counted, Phrase
from kundig.report.svg import Markup, tag
from kundig.report.words import CONTACTS, DEPARTMENTS, STAGES, named

_ENDS = Counted(Phrase("{n} end here", "{n} endet hier"), Phrase("{n} end here", "{n} enden hier"))
_HEADS = (
    Phrase("Stage", "Phase"),
    Phrase("Touchpoint", "Kontaktpunkt"),
    Phrase("Department", "Abteilung"),
    Phrase("Owner", "Verantwortlich"),
    Phrase("Contacts", "Kontakte"),
    Phrase("Score", "Bewertung"),
    Phrase("Range", "Bereich"),
    Phrase("Answers", "Antworten"),
    Phrase("Last step so far", "Bisher letzter Schritt"),
)


@dataclass(frozen=True)
class Table:
    """A table as it is read: heads, and cells by rows; `numbers` tells which columns stand right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]


def journey_table(journey: Journey, formats: Formats) -> Table:
    """All touchpoints with what the map shows of them, stage by stage in the order of the catalogue."""
    rows = [_row(one, formats) for stage in journey.stages for one in journey.touchpoints if one.stage == stage.name]
    return Table(tuple(head.said(formats.language) for head in _HEADS), tuple(rows), (False, False, False, False, True, True, True, True, True))


def _row(one: Touchpoint, formats: Formats) -> tuple[str, ...]:
    digits = 1 if one.score and one.score.metric == "stars" else 0
    return (
        named(STAGES, one.stage, formats.language),
        one.title,
        named(DEPARTMENTS, one.department, formats.language),
        one.owner or "–",
        formats.number(one.contacts),
        score_text(one, formats) or "–",
        formats.interval(one.score.low, one.score.high, digits) if one.score else "–",
        formats.number(one.score.n) if one.score else "–",
        formats.number(one.exits),
    )


def journey_list(journey: Journey, formats: Formats, *, href: Callable[[str], str | None] = lambda _: None) -> Markup:
    """The journey as nested HTML lists: a stage with its score, in it the touchpoints with score, contacts and exits.

    `kundig.report.styles.css()` has its style sheet.
    """
    return tag("ol", [_stage(stage, journey, formats, href) for stage in journey.stages], class_="journey-list")


def _stage(stage: Stage, journey: Journey, formats: Formats, href: Callable[[str], str | None]) -> Markup:
    head = tag("h3", [named(STAGES, stage.name, formats.language), " ", tag("span", CONTACTS.said(formats.language, stage.contacts, n=formats.number(stage.contacts)), class_="note")])
    score = tag("p", spoken_score(stage.score, formats), class_="note")
    within = [_item(one, formats, href(one.name)) for one in journey.touchpoints if one.stage == stage.name]
    return tag("li", [head, score, tag("ul", within)], class_="stage")


def _item(one: Touchpoint, formats: Formats, href: str | None) -> Markup:
    step = f"s{one.score.step}" if one.score else "none"
    notes = [named(DEPARTMENTS, one.department, formats.language), CONTACTS.said(formats.language, one.contacts, n=formats.number(one.contacts))]
    if one.exits:
        notes.append(_ENDS.said(formats.language, one.exits, n=formats.number(one.exits)))
    name = [*([tag("span", str(one.moment), class_="moment"), " "] if one.moment else []), one.title]
    pieces = [
        tag("span", score_text(one, formats) or "–", class_=f"pill {step}", title=spoken_score(one.score, formats)),
        " ",
        tag("span", name, class_="name"),
        " ",
        tag("span", " · ".join(notes), class_="note"),
    ]
    return tag("li", tag("a", pieces, href=href) if href else tag("span", pieces, class_="row"), class_="touchpoint")
