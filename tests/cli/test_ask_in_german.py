"""`kundig ask --language de`: the answer as a German reader reads it."""

import csv

import pytest

from tests.cli.test_ask import kundig

COMPANY = """
company: {name: Nord, timezone: Europe/Berlin}
sources:
  calls:
    read: {csv: "calls.csv"}
    events: {kind: call, subject: "crm:{who}", at: at}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nord")
    (folder / "kundig.yaml").write_text(COMPANY)
    # Ada calls once a week, and more than a thousand times in the last.
    days = [f"2026-03-{day:02} 10:00" for day in (1, 8, 15, 22, 29)] + [f"2026-04-05 {n // 60:02}:{n % 60:02}" for n in range(1200)]
    (folder / "calls.csv").write_text("\n".join(["who,at", *(f"ada,{day}" for day in days)]))
    kundig(folder, "import")
    return folder


def lines(folder, *words, **environment):
    return [line.rstrip() for line in kundig(folder, "ask", *words, **environment).stdout.splitlines()]


def test_question_headings_codes_numbers_and_sentences_are_german(folder):
    assert lines(folder, "what_changed", "--language", "de", "--as-of", "2026-04-05", COLUMNS="150") == [
        "Was hat sich diese Woche geändert, über das Rauschen hinaus?",
        "Aufgeteilt nach: Kunden · Tage: 7 · Davor: 12 · Vertrauensniveau: 0,95 · n = 1.200 · Stand 2026-04-05 21:59 UTC",
        "",
        "Rang  Satz                                         Urteil  Zahl    Von       Wert  Üblich    von    bis  Zustand      n  Kunden      q",
        "   1  Anruf: 1.200 in 7 Tagen, sonst 1 (1 Kunde).  mehr    Anzahl  Anruf  1.200,0   1,000  0,000  6,354  ok       1.200       1  0,000",
        "",
        "kundig ask foresight.what_changed --help sagt, wie das definiert ist.",
    ]


def test_states_are_german_and_what_found_no_room_is_named(folder):
    assert lines(folder, "renewal_forecast", "--language=de", COLUMNS="60") == [
        "Wie viel des heute wiederkehrenden Betrags geht im kommenden",
        "Halbjahr verloren oder kommt hinzu, und trafen frühere",
        "Vorhersagen zu?",
        "Schnappschüsse: 24 · Vertrauensniveau: 0,95 · n = 0",
        "",
        "Teil     Erstellt am       Betrag  Zustand       n",
        "kommend  2026-04-05 17:59    0,00  kein Vertrag  0",
        "",
        "1 weitere Spalte fand keinen Platz: Gekündigt; --format csv",
        "gibt alle",
        "",
        "In kundig.yaml festgelegt: journeys: – · calendar: –",
        "",
        "kundig ask foresight.renewal_forecast --help sagt, wie das",
        "definiert ist.",
    ]


def test_a_file_keeps_its_headings_and_codes_and_tells_texts_in_german(folder):
    [row] = csv.DictReader(kundig(folder, "ask", "what_changed", "--language", "de", "--format", "csv").stdout.splitlines())
    assert (row["verdict"], row["of"], row["sentence"]) == ("more", "call", "Anruf: 1.200 in 7 Tagen, sonst 1 (1 Kunde).")


def test_a_screen_speaks_one_language_and_the_files_of_a_german_company_german(folder, tmp_path):
    (tmp_path / "kundig.yaml").write_text(COMPANY.replace("name: Nord", "name: Nord, language: de"))
    (tmp_path / "calls.csv").write_text((folder / "calls.csv").read_text())
    kundig(tmp_path, "import")
    screen = lines(tmp_path, "what_changed", "--as-of", "2026-04-05", COLUMNS="150")
    [row] = csv.DictReader(kundig(tmp_path, "ask", "what_changed", "--as-of", "2026-04-05", "--format", "csv").stdout.splitlines())
    assert (screen[4][6:52], row["sentence"]) == ("call: 1,200 in 7 days, usually 1 (1 customer).", "Anruf: 1.200 in 7 Tagen, sonst 1 (1 Kunde).")


def test_a_language_that_nobody_translated_is_refused_with_those_there_are(folder):
    assert kundig(folder, "ask", "what_changed", "--language", "fr", code=1).stderr == "kundig: --language does not know 'fr'; there are: de, en\n"


def test_arguments_are_german_too(folder):
    assert lines(folder, "signals", "--language", "de", "--every", "2 weeks", COLUMNS="150")[1] == "Schnappschüsse: 1 · Je: 2 Wochen · n = 1.205"
