from pathlib import Path

import pytest

from kundig.sources.encoding import detected

FEW_WORDS = "Vorgang;Tätigkeit;Region\n" + "1;Prüfung;Süd\n2;Rückfrage;Nord\n" * 200


@pytest.mark.parametrize(("text", "encoding"), [
    (FEW_WORDS, "cp1252"),
    ("name;ort\nMüller;Köln\nStraßer;Gräfelfing\n", "cp1252"),
    (FEW_WORDS, "cp850"),
    ("preis;ware\n12 €;Käse\n", "cp1252"),
    (FEW_WORDS, "utf-8"),
])  # fmt: skip
def test_the_same_few_german_words_are_read_as_they_were_written(text, encoding):
    written = text.encode(encoding)
    assert written.decode(detected(written, Path("words.csv"))) == text
