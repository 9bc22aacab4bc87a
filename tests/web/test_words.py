"""German and English throughout: no string is missing, none is left over, none is fuzzy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kundig.web.catalogue import ANALYSES, GERMAN, analyses_missing, left_over, messages, missing, read
from kundig.web.place import HERE


def test_every_string_has_its_german() -> None:
    assert missing() == []
    assert len(messages()) > 400


def test_no_german_is_left_over() -> None:
    assert left_over() == []


def test_nothing_is_fuzzy() -> None:
    assert [entry.id for file in (GERMAN, ANALYSES) for entry in read(file) if entry.fuzzy and entry.id] == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s", text))

    wrong = []
    for entry in read(GERMAN):
        pairs = zip(entry.id, entry.string, strict=True) if isinstance(entry.id, tuple) else [(entry.id, entry.string)]
        wrong += [english for english, german in pairs if english and places(str(english)) != places(str(german))]
    assert wrong == []


def test_no_template_says_a_word_outside_the_catalogue() -> None:
    """Text between tags is translated, or is a name that is the same in both."""
    same = {"kundig", "yaml", "CSV", "JSON", "widest", "English", "Deutsch", "·", "→", "←", "×", "●", "▲", "▼", "✗", "%", "–"}
    found = []
    for template in sorted((HERE / "templates").rglob("*.html")):
        text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\{%.*?%\}|\{\{.*?\}\}", " ", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"<(script|style|svg|kbd)\b.*?</\1>|<[^>]*>|&\w+;", " ", text, flags=re.DOTALL)
        found += [f"{template.name}: {word}" for word in re.findall(r"[^\W\d_]{2,}", text) if word not in same]
    assert found == []


def test_every_number_in_a_template_says_how_it_is_written() -> None:
    """What is counted goes through a filter of its own."""
    counted = re.compile(r"\{\{\s*[\w.]*\b(n|count|score|rows|events|contacts|exits|customers|amount|monthly|share|quarantined|traits|handovers)\s*\}\}")
    found = []
    for template in sorted((HERE / "templates").rglob("*.html")):
        text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", " ", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        # The report comes as it is printed: its figures are words already.
        found += [f"{template.name}: {match[0]}" for match in counted.finditer(text) if template.name != "report.html"]
    assert found == []


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    inline = re.compile(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\bsrc=)")
    assert [template.name for template in sorted(Path(HERE / "templates").rglob("*.html")) if inline.search(template.read_text(encoding="utf-8"))] == []


def test_a_reader_chooses_the_language_and_numbers_follow(client: Any) -> None:
    german, english = client("alice", "de").get("/"), client("alice", "en").get("/")
    assert ('<html lang="de"' in german.content.decode(), "Übersicht" in german.content.decode()) == (True, True)
    english = client("alice", "en").get("/")
    assert ('<html lang="en"' in english.content.decode(), "Overview" in english.content.decode()) == (True, True)


def test_the_login_page_follows_the_browser(site: Any) -> None:
    from django.test import Client

    pages = {code: Client(headers={"host": "localhost", "accept-language": code}).get("/login/").content.decode() for code in ("de-AT,en;q=0.5", "fr,en;q=0.8")}
    assert [re.search(r'<html lang="(\w+)"', page)[1] for page in pages.values()] == ["de", "en"]  # type: ignore[index]  # a page has a language


def test_language_and_colours_change_from_any_page(client: Any) -> None:
    browser = client("vera")
    answer = browser.post("/look/", {"language": "de", "theme": "dark", "next": "/voice/"})
    assert answer.headers["Location"] == "/voice/"
    assert '<html lang="de" data-theme="dark">' in browser.get("/voice/").content.decode()


def test_every_analysis_is_told_in_german_down_to_the_meaning_of_each_column() -> None:
    """Questions, definitions, the help of arguments, the meanings of columns."""
    assert analyses_missing() == {}


def test_codes_and_names_in_texts_of_analyses_are_the_same_in_both_languages() -> None:
    """What stands between backticks is typed, exported or written in kundig.yaml: it is not translated."""
    from kundig.analysis import analyses

    texts = {text for of in analyses().values() for text in (of.definition, *(argument.meaning for argument in of.arguments), *of.columns.values())}
    known = {str(entry.id): str(entry.string) for entry in read(ANALYSES)}
    coded = re.compile(r"`[^`]+`")
    assert [text for text in sorted(texts) if not set(coded.findall(known[text])) <= set(coded.findall(text)) | {"`--as-of`"}] == []


def test_headings_and_states_of_answers_are_german(site: Any) -> None:
    from django.utils import translation

    from kundig.analysis import analyses
    from kundig.web import words
    from kundig.web.german import german

    columns = sorted({column for of in analyses().values() for column in of.columns})
    states = sorted({code for of in analyses().values() for code in re.findall(r"`([^`]+)`", f"{of.columns.get('state', '')} {of.columns.get('verdict', '')}") if code not in of.columns and code not in {argument.name for argument in of.arguments}})
    with translation.override("de"):
        same = [name for name in columns if name not in words.COLUMNS and words.column(name) == words._plain(name.removesuffix("_seconds")) and german(words.column(name)) is None]
        english = [code for code in states if code not in words.VALUES and german(code) is None]
        assert (words.column("contacts_90d"), words.column("nrr_low"), words.column("use_points"), words.value("goes with leaving")) == ("Kontakte, 90 Tage", "NRR von", "Nutzung, Punkte", "geht mit dem Gehen einher")
    assert (same, english) == ([], ["kundig read"])


def test_what_is_to_heed_and_lengths_of_time_are_german_with_their_numbers(site: Any) -> None:
    from django.utils import translation

    from kundig.analysis import _OF_STATES
    from kundig.feedback.metrics import SCALES
    from kundig.heed import NEGATIVE, UNCOUNTED
    from kundig.web.german import german

    with translation.override("de"):
        notes = (*_OF_STATES.values(), UNCOUNTED, NEGATIVE, *(f"There are answers to {metric}: 1,204." for metric in SCALES))
        assert [note for note in notes if german(note.format(n=3, rows=40)) is None] == []
        assert german("There are answers to stars: 1,204.") == "Zu Sternen (`stars`) gibt es Antworten: 1.204."
        assert german("Rows with too few answers for a figure: 1,204 of 3,000.") == "Zeilen mit zu wenigen Antworten für eine Zahl: 1.204 von 3.000."
        assert [german(text) for text in ("30 days", "1 day", "2.5 hours", "7 dwarfs", "Box 7")] == ["30 Tage", "1 Tag", "2,5 Stunden", None, None]
