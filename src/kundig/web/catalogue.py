"""The strings of the pages, as templates and code have them; `python -m kundig.web.catalogue` tells which have no German."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kundig.web.place import HERE

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

GERMAN = HERE / "locale/de/LC_MESSAGES/django.po"
ANALYSES = HERE / "locale/de/LC_MESSAGES/analyses.po"
_TRANSLATE = re.compile(r"""\{%\s*translate\s+(?P<quote>["'])(?P<text>.*?)(?P=quote)(?:\s+context\s+["'](?P<context>[^"']+)["'])?""")
_BLOCK = re.compile(r"\{%\s*blocktranslate(?P<head>[^%]*)%\}(?P<one>.*?)(?:\{%\s*plural\s*%\}(?P<many>.*?))?\{%\s*endblocktranslate\s*%\}", re.DOTALL)

Message = tuple[str | tuple[str, str], str | None]
"""A text, or singular and plural; and its context."""


def messages() -> set[Message]:
    """Every string that a reader may read."""
    found: set[Message] = set()
    for template in sorted((HERE / "templates").rglob("*.html")):
        found |= set(_of_template(template.read_text(encoding="utf-8")))
    for folder in (HERE, HERE.parent / "state"):
        for file in sorted(folder.rglob("*.py")):
            found |= set(_of_code(file))
    return found


def _of_template(text: str) -> Iterator[Message]:
    for match in _TRANSLATE.finditer(text):
        # Django looks a literal up with its signs of per cent doubled.
        yield match["text"].replace("%", "%%"), match["context"]
    for match in _BLOCK.finditer(text):
        one, many = (re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", part.replace("%", "%%")) if part else None for part in (match["one"], match["many"]))
        yield ((one, many) if one and many else str(one)), None


def _of_code(file: Any) -> Iterator[Message]:
    from babel.messages.extract import extract_python  # noqa: PLC0415 -- a tool of the developers

    with file.open("rb") as stream:
        for _line, function, text, _comments in extract_python(stream, ["_", "gettext", "gettext_lazy", "ngettext"], [], {}):
            if function == "ngettext" and isinstance(text, tuple):
                yield (str(text[0]), str(text[1])), None
            elif isinstance(text, str) and text:
                yield text, None


def read(file: Any = GERMAN) -> Catalog:
    """A catalogue of translations."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 -- a tool of the developers

    with file.open("rb") as stream:
        return read_po(stream, locale="de")


def missing() -> list[Message]:
    """Strings without German, fuzzy ones among them."""
    known = read()
    lacking = []
    for text, context in messages():
        one = text[0] if isinstance(text, tuple) else text
        entry = known.get(one, context)
        if entry is None or entry.fuzzy or not entry.string or (isinstance(text, tuple) and not all(entry.string)):
            lacking.append((text, context))
    return sorted(lacking, key=str)


def left_over() -> list[str]:
    """German of strings that nothing says any more."""
    said = {(text[0] if isinstance(text, tuple) else text, context) for text, context in messages()}
    return sorted(str(entry.id) for entry in read() if entry.id and ((entry.id[0] if isinstance(entry.id, tuple) else entry.id), entry.context) not in said)


def analyses_missing() -> dict[str, list[str]]:
    """Texts of each analysis that have no German: they are shown in English, and marked as English."""
    from kundig.analysis import analyses  # noqa: PLC0415 -- loads all rooms

    known = {entry.id for entry in read(ANALYSES) if entry.id and entry.string and not entry.fuzzy}
    of = {
        name: [text for text in (one.question, one.definition, one.empty, *(argument.meaning for argument in one.arguments), *one.columns.values()) if text not in known]
        for name, one in analyses().items()
    }
    return {name: texts for name, texts in of.items() if texts}


if __name__ == "__main__":
    for text, context in missing():
        sys.stdout.write(f"{text!r} {context or ''}\n")
    for name, texts in analyses_missing().items():
        sys.stdout.write(f"{name}: {len(texts)}\n")
