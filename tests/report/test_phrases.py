"""No string is missing in either language."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from string import Formatter

import kundig.report
from kundig.report.phrases import Counted, Phrase


def phrases():
    """Every phrase that stands in a module of the room, also inside tables and tuples, with where it stands."""
    for module in pkgutil.walk_packages(kundig.report.__path__, "kundig.report."):
        for name, value in vars(import_module(module.name)).items():
            yield from ((f"{module.name}.{name}", phrase) for phrase in inside(value))


def inside(value):
    if isinstance(value, Phrase):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from inside(item)
    elif isinstance(value, list | tuple | Counted):
        for item in value:
            yield from inside(item)


def fields(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_there_are_phrases():
    assert len(list(phrases())) > 40


def test_every_phrase_has_both_languages():
    assert [where for where, phrase in phrases() if not phrase.en.strip() or not phrase.de.strip()] == []


def test_both_languages_fill_in_the_same():
    assert [(where, phrase) for where, phrase in phrases() if fields(phrase.en) != fields(phrase.de)] == []


def test_sentences_are_translated():
    assert [(where, phrase) for where, phrase in phrases() if phrase.en == phrase.de and phrase.en.count(" ") > 2 and "{" not in phrase.en] == []
