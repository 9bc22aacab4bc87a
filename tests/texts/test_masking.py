"""Personal data is covered for display, and what is none stays."""

import pytest

from kundig.texts.masking import masked


@pytest.mark.parametrize(("text", "expected"), [
    ("Rufen Sie 0171 2345678 oder +49 (0)30 1234-567 an", "Rufen Sie [Telefon] oder [Telefon] an"),
    ("ada.kern@example.org schrieb", "[E-Mail] schrieb"),
    ("ada [at] example.org schrieb", "[E-Mail] schrieb"),
    ("DE02120300000000202051 ist meins", "[IBAN] ist meins"),
    ("DE03120300000000202051 ist falsch", "DE03120300000000202051 ist falsch"),
    ("Karte 4111 1111 1111 1111", "Karte [Karte]"),
    ("Meine Kundennummer lautet: 1000123.", "Meine Kundennummer lautet: [Nummer]."),
    ("Guten Tag Ada Kern,", "Guten Tag [Name],"),
    ("Herr Dr. Ben Still war da", "Herr Dr. [Name] war da"),
    ("Viele Grüße Cyd Neu", "Viele Grüße [Name]"),
    ("@ada_k hilft", "[Konto] hilft"),
    ("Am 12.03.2026 um 10:45 für 1.234,50 Euro", "Am 12.03.2026 um 10:45 für 1.234,50 Euro"),
    ("Sehr geehrte Damen und Herren", "Sehr geehrte Damen und Herren"),
])  # fmt: skip
def test_what_tells_who_somebody_is_is_covered(text, expected):
    assert masked(text) == expected


def test_known_names_go_wherever_they_stand_and_own_numbers_as_configured():
    assert masked("Kern hat NW-77812 bestellt", names=["Ada Kern"], numbers=[r"NW-\d{5}"]) == "[Name] hat [Nummer] bestellt"


def test_a_role_sees_what_it_may():
    assert masked("Ada Kern: 0171 2345678", sees={"phone"}, names=["Ada Kern"], language="en") == "[name]: 0171 2345678"
