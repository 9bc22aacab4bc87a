"""A survey outside: as a picture to be photographed, and as plain HTML for somebody's own page."""

from __future__ import annotations

import io
from html import escape

from kundig.settings.languages import said
from kundig.surveys.survey import Survey


def code(link: str) -> str:
    """The link as a QR code, an SVG of its own."""
    import segno  # noqa: PLC0415 -- only here

    drawn = io.BytesIO()
    segno.make(link, error="m").save(drawn, kind="svg", scale=4, border=4, xmldecl=False, svgns=True, nl=False)
    return drawn.getvalue().decode()


def snippet(survey: Survey, link: str, language: str) -> str:
    """The first question as plain HTML: links and nothing else, so that it loads nothing and tells nobody who looks at it."""
    first = survey.questions[0]
    choices = [(str(score), str(score)) for score in first.scale] or [(key, said(words, language)) for key, words in first.options.items()]
    links = " ".join(f'<a href="{escape(link)}?l={language}&amp;a={escape(value)}" rel="nofollow">{escape(words)}</a>' for value, words in choices) or f'<a href="{escape(link)}?l={language}" rel="nofollow">{escape(said(survey.title, language))}</a>'
    return f'<div class="kundig-survey" lang="{language}"><p>{escape(said(first.ask, language))}</p><p>{links}</p></div>'
