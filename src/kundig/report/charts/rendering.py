"""From a Vega-Lite specification to SVG: no browser, no network, the reader's numbers and months."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from kundig.report.charts.style import config, with_tokens
from kundig.report.fonts import print_fonts
from kundig.report.phrases import Language
from kundig.report.svg import FAMILY

VERSION = "6.4"
_NUMBERS = {
    "de": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", "\u00a0€"], "minus": "\u2212"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""], "minus": "\u2212"},
}


def rendered(spec: dict[str, Any], alt: str, language: Language) -> str:
    """The chart as SVG with tokens for colours, a spoken name, and text as text."""
    import vl_convert  # noqa: PLC0415 -- slow import

    _fonts()
    whole = {"$schema": f"https://vega.github.io/schema/vega-lite/v{VERSION}.json", "autosize": {"type": "fit-x", "contains": "padding"}, **spec}
    svg = vl_convert.vegalite_to_svg(whole, vl_version=VERSION, config=config(), allowed_base_urls=[], format_locale=_NUMBERS[language], time_format_locale=_times(language))
    return _named(with_tokens(svg), alt)


def _named(svg: str, alt: str) -> str:
    head, rest = svg.split(">", 1)
    head = " ".join(piece for piece in head.split(" ") if not piece.startswith("class="))
    # `xlink` is only declared for links; the family falls back as the page's does.
    named = f'{head} class="chart" role="img" aria-label="{escape(alt)}">'
    return f"{named}<title>{escape(alt, quote=False)}</title>{rest}".replace('font-family="Instrument Sans"', f'font-family="{FAMILY}"')


@lru_cache(maxsize=1)
def _fonts() -> None:
    """Register the fonts, so that labels are measured with the font that draws them."""
    import vl_convert  # noqa: PLC0415 -- slow import

    vl_convert.register_font_directory(str(print_fonts()))


@lru_cache(maxsize=2)
def _times(language: Language) -> dict[str, Any]:
    """d3's words for days and months."""
    from babel import Locale  # noqa: PLC0415 -- slow import

    locale = Locale.parse({"de": "de_DE", "en": "en_GB"}[language])
    # d3 begins its week on Sunday, Babel on Monday.
    days = [6, 0, 1, 2, 3, 4, 5]

    def names(of: Any, keys: Any) -> list[str]:
        return [str(of[key]) for key in keys]

    return {
        "dateTime": "%A, %e. %B %Y, %X",
        "date": "%d.%m.%Y" if language == "de" else "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": names(locale.days["stand-alone"]["wide"], days),
        "shortDays": names(locale.days["stand-alone"]["abbreviated"], days),
        "months": names(locale.months["stand-alone"]["wide"], range(1, 13)),
        "shortMonths": names(locale.months["stand-alone"]["abbreviated"], range(1, 13)),
    }
