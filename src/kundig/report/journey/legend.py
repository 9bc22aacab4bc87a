"""How to read the journey map."""

from __future__ import annotations

from kundig.report.formats import Formats
from kundig.report.phrases import Phrase
from kundig.report.svg import Markup, picture, tag, words
from kundig.report.text_width import text_width
from kundig.settings.satisfaction import Satisfaction

_TITLE = Phrase("How to read the map", "So liest sich die Karte")
_COLOUR = Phrase("Satisfaction (CSAT)", "Zufriedenheit (CSAT)")
_NONE = Phrase("No score", "Ohne Bewertung")
_SIZE = Phrase("Size: contacts", "Größe: Kontakte")
_RIBBON = Phrase("Ribbon: customers moving on", "Band: Kunden, die weitergehen")
_EXIT = Phrase("Last step so far", "Bisher letzter Schritt")
_MOMENT = Phrase("Moment that matters", "Entscheidender Moment")
_ROW = 26.0


def legend(formats: Formats, steps: Satisfaction | None = None, *, moments: bool = False, width: float = 1304) -> Markup:
    """Colours with their bounds, size, ribbon, exit, and the ring where there are moments that matter; in as many rows as it takes."""
    bounds = (steps or Satisfaction()).csat
    texts = [f"<{formats.number(bounds[0])}", *(formats.number(bound) for bound in bounds[:3]), f"{formats.number(bounds[3])}+"]
    swatches: list[Markup] = []
    for index, text in enumerate(texts):
        swatches += [tag("rect", x=index * 38, y=5, width=37, height=16, rx=2, fill=f"var(--s{index + 1})"), words(text, index * 38 + 18.5, 17, size=11.5, weight=600, fill=f"on-s{index + 1}", anchor="middle")]
    items: list[tuple[list[Markup], float, Phrase]] = [
        (swatches, 190, _COLOUR),
        ([tag("circle", cx=9, cy=13, r=7.5, fill="var(--surface)", stroke="var(--ink-2)", stroke_width=1.5)], 20, _NONE),
        ([tag("circle", cx=4, cy=13, r=4, fill="var(--s3)"), tag("circle", cx=22, cy=13, r=9, fill="var(--s3)")], 33, _SIZE),
        ([tag("rect", x=0, y=10, width=30, height=6, fill="var(--s3)")], 32, _RIBBON),
        ([tag("rect", x=2, y=5, width=6, height=16, rx=1, fill="var(--leave)")], 12, _EXIT),
    ]
    if moments:
        items.append(([tag("circle", cx=10, cy=13, r=8, fill="var(--brand-soft)", stroke="var(--brand)", stroke_width=1.75), tag("circle", cx=10, cy=13, r=4, fill="var(--s3)")], 22, _MOMENT))
    drawn, x, row = [], 0.0, 0
    for shapes, wide, phrase in items:
        text = phrase.said(formats.language)
        long = wide + 6 + text_width(text, 12.5)
        if x and x + long > width:
            x, row = 0.0, row + 1
        drawn.append(tag("g", [*shapes, words(text, wide + 6, 17.3, size=12.5, fill="ink-2")], transform=f"translate({x:.1f} {row * _ROW:.0f})"))
        x += long + 26
    return picture(drawn, width=width, height=(row + 1) * _ROW, title=_TITLE.said(formats.language), class_="legend")
