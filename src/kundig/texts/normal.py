"""Texts made harmless and comparable: markup, control characters, invisible ink and endless length taken out.

Whatever a text says, it is a text: nothing in it is ever an instruction to anybody.
"""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST = 10_000
"""Letters that are read of one text; what stands behind them is not looked at."""

_HIDDEN = re.compile(r"<(script|style|head)\b[^>]{0,500}>.{0,20000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<(?:!--.{0,5000}?--|/?[a-zA-Z][^<>]{0,1000})>", re.DOTALL)
_URLS = re.compile(r"(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)
_NAMES = re.compile(r"(?<![\w@])@\w{1,50}")
_DIGITS = re.compile(r"\d")
_RUNS = re.compile(r"(\w)\1{3,}|([^\w\s])\2{3,}")
_LETTER = re.compile(r"[^\W\d_]")
_SYMBOLS, _MOST_SIGNS = 0x2190, 20
_BLANKS = re.compile(r"\s+")
# Control characters, marks that turn or isolate the reading direction, zero-width letters, halves of surrogate pairs,
# private letters and tags; the zero-width joiner stays, since it holds emoji together.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


def cleaned(text: str) -> str:
    r"""The text as a person would read it: without markup, control characters and idle blanks; at most LONGEST letters.

    >>> cleaned("<p>Der&nbsp;Zug\x00 kam</p> \u202ezu sp&auml;t\u202c")
    'Der Zug kam zu spät'
    """
    text = text[: 4 * LONGEST]
    if "<" in text:
        text = _TAGS.sub(" ", _HIDDEN.sub(" ", text))
    if "&" in text:
        text = html.unescape(text)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return _BLANKS.sub(" ", text).strip()[:LONGEST].strip()


def bare(text: str) -> str:
    """A cleaned text as models read it: addresses, names of accounts and digits are stand-ins, runs of a letter short.

    Emoji without a word beside them are read by their names in Unicode, since models know few of them by sight.

    >>> bare("@ada sooooo spät!!!!! 17 Minuten https://example.org/x"), bare("👎👎")
    ('@name sooo spät!!! 00 Minuten http', 'thumbs down, thumbs down')
    """
    if not _LETTER.search(text) and (named := [_named(sign) for sign in text[:_MOST_SIGNS] if ord(sign) >= _SYMBOLS and unicodedata.category(sign) == "So"]):
        return ", ".join(named)
    text = _NAMES.sub("@name", _URLS.sub("http", text))
    return _RUNS.sub(lambda run: (run[1] or run[2]) * 3, _DIGITS.sub("0", text))


def _named(sign: str) -> str:
    """The name of a symbol, without its colour and size."""
    words = unicodedata.name(sign, "sign").lower().split()
    return " ".join(word for word in words if word not in {"sign", "heavy", "black", "white"})


def gist(text: str) -> str:
    """What stays of a cleaned text if accounts, addresses, digits, signs and cases are left out: copies have one gist.

    >>> gist("@ada Schaut: https://example.org/1 Unglaublich!!") == gist("schaut, unglaublich http://example.com")
    True
    """
    return " ".join(re.findall(r"[^\W\d_]+", _NAMES.sub(" ", _URLS.sub(" ", text)).lower()))


_SENTENCE = re.compile(r"(?<=[.!?…])[\"'“”»)]*\s+(?=[\"'„“«(]?[A-ZÄÖÜ0-9])|\n+")
_NO_END = re.compile(r"(?:\b(?:[A-Za-zÄÖÜ]|Dr|Nr|Str|bzw|ca|etc|usw|vgl|evtl|ggf|inkl|Tel|Mr|Mrs|Ms|vs|z\.\s?B|d\.\s?h|u\.\s?a|i\.\s?d\.\s?R|e\.g|i\.e|Abs|Art|St|Prof|zzgl|max|min|bspw|sog)|\b\d{1,2})\.$")


def sentences(text: str) -> list[str]:
    """The sentences of a text; an abbreviation or an ordinal does not end one.

    >>> sentences("Am 3. Mai rief ich z. B. Frau Dr. Kern an. Niemand ging ran! Schade")
    ['Am 3. Mai rief ich z. B. Frau Dr. Kern an.', 'Niemand ging ran!', 'Schade']
    """
    found: list[str] = []
    for part in _SENTENCE.split(text):
        piece = part.strip()
        if not piece:
            continue
        if found and _NO_END.search(found[-1]):
            found[-1] += " " + piece
        else:
            found.append(piece)
    return found
