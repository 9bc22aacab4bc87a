"""An answer in a terminal in the reader's language: the same words that the pages have, from the same catalogues."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kundig.cli.output import ENGLISH, Words
from kundig.kinds import called
from kundig.report.phrases import Counted, Phrase

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.report.phrases import Language

AS_OF = Phrase("as of {moment}", "Stand {moment}")
ROOM = Counted(Phrase("{n} more column beyond this width: {names}; --format csv gives all", "{n} weitere Spalte fand keinen Platz: {names}; --format csv gibt alle"), Phrase("{n} more columns beyond this width: {names}; --format csv gives all", "{n} weitere Spalten fanden keinen Platz: {names}; --format csv gibt alle"))
ROWS = Phrase("{most} of {rows} rows; --format csv gives all", "{most} von {rows} Zeilen; --format csv gibt alle")
LATEST = Phrase("the latest {most} of {rows} rows; --format csv gives all", "die letzten {most} von {rows} Zeilen; --format csv gibt alle")
SETTLED = Phrase("Settled in kundig.yaml: {keys}", "In kundig.yaml festgelegt: {keys}")
DEFINED = Phrase("kundig ask {name} --help says how this is defined.", "kundig ask {name} --help sagt, wie das definiert ist.")


def named(rows: pa.Table, words: Words) -> pa.Table:
    """Rows of figures by what they are of: a score by its name, a source as it is written, and else what happened."""
    if words.language == "en" or not {"figure", "of"} <= set(rows.column_names):
        return rows
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    pairs = zip(rows["figure"].to_pylist(), rows["of"].to_pylist(), strict=True)
    of = [name if what in {"score", "source"} else called(name, words.language) for what, name in pairs]
    return rows.set_column(rows.column_names.index("of"), "of", pa.array(of, pa.string()))


TIMES = {"second": "Sekunde", "minute": "Minute", "hour": "Stunde", "day": "Tag", "week": "Woche", "month": "Monat", "year": "Jahr"}
_TIME = re.compile(rf"(\d+(?:\.\d+)?) ({'|'.join(TIMES)})(s?)")


def time(code: str) -> str | None:
    """A length of time as it is written in English, in German; None for anything else.

    >>> time("30 days"), time("1 week"), time("2.5 hours"), time("3 visits")
    ('30 Tage', '1 Woche', '2,5 Stunden', None)
    """
    found = _TIME.fullmatch(code)
    if found is None:
        return None
    noun = TIMES[found[2]]
    many = ("n" if noun.endswith("e") else "e") if found[3] else ""
    return f"{found[1].replace('.', ',')} {noun}{many}"


def words(language: Language) -> Words:
    """What headings, codes and numbers are called in a language."""
    if language == "en":
        return ENGLISH
    import django  # noqa: PLC0415 -- slow import
    from django.conf import settings  # noqa: PLC0415 -- loaded when it is needed
    from django.utils import translation  # noqa: PLC0415 -- loaded when it is needed

    from kundig.web.opening import translated  # noqa: PLC0415 -- slow import

    with TemporaryDirectory() as folder:
        translated(Path(folder))
        if not settings.configured:
            settings.configure(LANGUAGE_CODE=language, LOCALE_PATHS=[folder])
            django.setup()
        translation.activate(language)
        # Read while the folder is there: a catalogue is kept once it was asked.
        translation.gettext("Customer")
    from kundig.web import words as pages  # noqa: PLC0415 -- with Django
    from kundig.web.german import german  # noqa: PLC0415 -- with Django
    from kundig.web.incidents import incident  # noqa: PLC0415 -- with Django
    from kundig.web.measures import measure  # noqa: PLC0415 -- with Django

    of = {"kind": lambda code: pages.value(code) if code in pages.VALUES else called(code, language), "reason": lambda code: incident(code, str), "measure": measure}
    return Words(language, pages.column, lambda name, code: time(code) or of.get(name, pages.value)(code), pages.argument, lambda text: german(text) or text)
